"""What this room gives to the rooms below it."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from community.kit import mail

from . import actions
from .sessions import limit_by_role

mail.register("invitation", fields=["link", "days"])
mail.register("password_reset", fields=["link"])

user_logged_in.connect(limit_by_role, dispatch_uid="members.limit_by_role")


@receiver(mail.given_up)
def note_bounce(letter: Any, **_: Any) -> None:
    """Remember with the invitation that its letter did not arrive."""
    if letter.letter == "invitation":
        actions.note_bounce(letter_key=letter.key)
