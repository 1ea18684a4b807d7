"""What this room gives to the rooms below it, and what it hears from allauth."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.centre import retention, texts
from community.kit import mail
from community.kit.markdown import to_html

from . import actions, addresses, cohorts, devices, entries  # (their jobs of the clock)
from .models import ConsentDraft, ConsentText, User
from .sessions import limit_by_role

mail.register("invitation", fields=["link", "days"])
mail.register("password_reset", fields=["link"])
mail.register("sign_in_changed", fields=["link"])
mail.register("way_in", fields=["link"])
mail.register("address_asked", fields=["link"])
mail.register("address_confirm", fields=["link", "days"])
mail.register("address_changed")

__all__ = ["addresses", "devices"]

retention.register("keep_invitations", cohorts.unanswered)
retention.register("keep_invitations", cohorts.empty)

texts.register(
    texts.Kind(
        key="consent",
        label=_("What newcomers agree to"),
        about=_("Newcomers agree to the newest version. Everybody else is asked to when they open their next page."),
        editions=ConsentText,
        draft=ConsentDraft,
        html=to_html,
    )
)

user_logged_in.connect(limit_by_role, dispatch_uid="members.limit_by_role")


@receiver(user_logged_in)
def note_sign_in(user: User, **kwargs: Any) -> None:
    """However it was done: with a password, a code, a passkey, or by joining."""
    entries.note(entries.SIGNED_IN, user)


@receiver(mail.given_up)
def note_bounce(letter: Any, **kwargs: Any) -> None:
    """Remember with the invitation that its letter did not arrive."""
    if letter.letter == "invitation":
        actions.note_bounce(letter_key=letter.key)


@receiver(password_changed)
def end_other_sessions(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A changed password signs out everywhere else."""
    entries.note("members.password_changed", user)
    devices.end_all(user, but=request.session.session_key)
    devices.stay_known(request)


@receiver(password_reset)
def end_sessions(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """So does one that was chosen by a letter's link."""
    entries.note("members.password_reset", user)
    devices.end_all(user)
    request.has_mailbox_of = user  # type: ignore[attr-defined]  # members.middleware.note_device reads it
