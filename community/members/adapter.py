"""How django-allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by answering an invitation, never by signing up, and allauth sends no letters of its own."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address or the password is not right. Check both and try again."),
        "too_many_login_attempts": _("You have tried several times. Please wait five minutes, then try again."),
        "enter_current_password": _("That is not your present password. Type it again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Letters leave through community.kit.mail alone; see members.tasks for the one that allauth would send."""
        raise LookupError(f"allauth's letter {template_prefix} is not registered.")
