"""What a change of a group's join rules means, in words: for outsiders, for open join requests, and for members."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import PeerGroup


def describe(group: PeerGroup, *, join_policy: str, capacity: int | None, history_visibility: str) -> list[str]:
    """Return what changes for whom, in sentences; an empty list where nothing changes. The group comes with `taken`."""
    sentences: list[str] = []
    if join_policy != group.join_policy:
        sentences += _policy_sentences(group, join_policy)
    if history_visibility != group.history_visibility:
        sentences += _history_sentences(history_visibility)
    if capacity != group.capacity:
        sentences += _seat_sentences(group, capacity)
    return sentences


def _policy_sentences(group: PeerGroup, join_policy: str) -> Iterator[str]:
    if group.join_policy == PeerGroup.JoinPolicy.HIDDEN:
        yield _(
            "All members can see that this group exists: its name, purpose and agreement, who facilitates it, and about how many "
            "are in it. They see no other names, and nothing that was written."
        )
    yield {
        PeerGroup.JoinPolicy.OPEN: _("Every member can join right away, by accepting the agreement."),
        PeerGroup.JoinPolicy.ASK: _("Members can ask to join. Facilitators, coordinators and admins read the request and answer it."),
        PeerGroup.JoinPolicy.INVITED: _("Members can neither join nor ask. Facilitators, coordinators and admins invite them."),
        PeerGroup.JoinPolicy.HIDDEN: _("Members who aren't in this group no longer find it. Anyone who knew of it may remember it."),
    }[PeerGroup.JoinPolicy(join_policy)]
    if join_policy == PeerGroup.JoinPolicy.OPEN and (asked := group.join_requests.asked().count()):
        yield ngettext(
            "%(count)d person has asked to join: they are offered a place, in the order they asked.",
            "%(count)d people have asked to join: they are offered a place, in the order they asked.",
            asked,
        ) % {"count": asked}
    elif group.join_requests.open().exists():
        yield _(
            "Nothing changes for people on their way in: those who asked get an answer, "
            "those who are invited or on the waiting list stay so."
        )
    yield _("Everybody in the group stays. The conversation tells them who may join now.")


def _history_sentences(history_visibility: str) -> Iterator[str]:
    if history_visibility == PeerGroup.HistoryVisibility.ALL:
        yield _("People who join later see what's written from now on, even before they join. Anything older stays closed to them.")
    else:
        yield _("People who join later see only what's written after they join.")
    yield _("Everybody in the group sees as much as before. The conversation tells them what newcomers see.")


def _seat_sentences(group: PeerGroup, capacity: int | None) -> Iterator[str]:
    if capacity is not None and capacity < group.taken:
        words = _("%(taken)d places are taken. Nobody has to leave, but nobody else can join while %(places)d or more are taken.")
        yield words % {"taken": group.taken, "places": capacity}
    elif group.join_requests.waiting().exists():
        yield _("People on the waiting list are offered each free place right away, one after another.")
