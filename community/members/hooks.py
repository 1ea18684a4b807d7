"""What this room gives to the rooms below it."""

from typing import Any

from django.dispatch import receiver

from community.kit import mail

from . import actions

mail.register("invitation", fields=["link", "days"])
mail.register("password_reset", fields=["link"])


@receiver(mail.given_up)
def note_bounce(letter: Any, **_: Any) -> None:
    """Remember with the invitation that its letter did not arrive."""
    if letter.letter == "invitation":
        actions.note_bounce(letter_key=letter.key)
