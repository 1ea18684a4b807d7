"""The staff roles and what each may do: the one place from which rules, pages and the words on them take it.

A role is a Django group, so that Wagtail's permissions hang on the same thing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    PUBLISHER = "publisher", _("Publisher")
    REVIEWER = "reviewer", _("Reviewer")
    MODERATOR = "moderator", _("Moderator")
    COORDINATOR = "coordinator", _("Coordinator")
    ADMIN = "admin", _("Admin")


class Right(models.TextChoices):
    """What somebody may do beyond what every member may."""

    INVITE = (
        "invite",
        _(
            "invite people, see the addresses that were invited, and take invitations back; see everybody's name, their roles, when they "
            "joined and whose account is paused, who is in no group yet, who is new and has written nothing, and whose first message "
            "nobody has answered"
        ),
    )
    WRITE_AGAIN = "write_again", _("let somebody be invited who had asked for no more e-mails, when they ask to be")
    PAUSE = "pause", _("pause accounts and let people back in")
    CLOSE = "close", _("close accounts for good")
    HELP_IN = (
        "help_in",
        _("help people who can't sign in: take their second step off, enter a new address, or give a code in person; they are told"),
    )
    APPOINT = "appoint", _("give roles and take them away")
    MAKE_GROUPS = (
        "make_groups",
        _(
            "make groups and suggest them to people, choose who may join and who facilitates them, answer people who ask to join, "
            "remove members, see every group and who is in it, but nothing that is said there; each look is noted"
        ),
    )
    SET_UP = "set_up", _("change the center's settings, and publish the texts that people agree to")
    WRITE = "write", _("write, publish and schedule articles, with pictures and documents")
    EVERY_AUDIENCE = "every_audience", _("write for every group, also for hidden ones")
    ANNOUNCE = "announce", _("write announcements to all members or to groups and, if they also invite people, to a cohort")
    REVIEW = "review", _("read articles that are not published yet, and say that they have reviewed them as a clinician")
    MODERATE = "moderate", _("read what was reported, with a few messages around it, and hide messages with a note")
    MODERATE_MODERATORS = "moderate_moderators", _("read and hide, in the same way, what a moderator wrote and somebody reported")


HOLDERS: dict[Right, frozenset[Role]] = {
    Right.INVITE: frozenset({Role.COORDINATOR, Role.ADMIN}),
    Right.WRITE_AGAIN: frozenset({Role.ADMIN}),
    Right.PAUSE: frozenset({Role.ADMIN}),
    Right.CLOSE: frozenset({Role.ADMIN}),
    Right.HELP_IN: frozenset({Role.ADMIN}),
    Right.APPOINT: frozenset({Role.ADMIN}),
    Right.MAKE_GROUPS: frozenset({Role.COORDINATOR, Role.ADMIN}),
    Right.SET_UP: frozenset({Role.ADMIN}),
    Right.WRITE: frozenset({Role.PUBLISHER, Role.ADMIN}),
    Right.EVERY_AUDIENCE: frozenset({Role.ADMIN}),
    Right.ANNOUNCE: frozenset({Role.PUBLISHER, Role.COORDINATOR, Role.ADMIN}),
    Right.REVIEW: frozenset({Role.REVIEWER}),
    Right.MODERATE: frozenset({Role.MODERATOR}),
    Right.MODERATE_MODERATORS: frozenset({Role.ADMIN}),
}

# What decides over others needs proof of the last minutes. A moderator's decisions can be reviewed, and cannot wait.
PROVEN = frozenset({Right.PAUSE, Right.CLOSE, Right.HELP_IN, Right.APPOINT, Right.SET_UP})


def rights_of(role: Role) -> list[Right]:
    """What `role` brings, in the order of the list."""
    return [right for right in Right if role in HOLDERS[right]]


@dataclass(frozen=True)
class LocalRole:
    """A role that is held in a group, not in the whole site: `held(member)` returns the groups as (name, URL)."""

    label: Any
    may: Any
    held: Callable[[Any], list[tuple[str, str]]]


LOCAL: list[LocalRole] = []


def register(label: Any, *, may: Any, held: Callable[[Any], list[tuple[str, str]]]) -> None:
    """Show a role that a room above gives out itself on the page of a person's roles."""
    LOCAL.append(LocalRole(label, may, held))
