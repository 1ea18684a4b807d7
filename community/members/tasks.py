"""Work of the accounts that is done in the background."""

from allauth.account.forms import default_token_generator
from django.conf import settings
from django.urls import reverse
from django_tasks import task

from community.kit import mail
from community.kit.clock import every
from community.kit.sealed import unseal

from . import cohorts
from .models import User


@every(3600)
def forget_invitations() -> None:
    """Let go of invitations that were never answered."""
    cohorts.forget_unanswered()


@task()
def send_reset(sealed: str) -> None:
    """Send a link for a new password to the sealed address, if somebody here has it.

    Looking the person up here, and not while they wait, makes the page answer alike, and as fast, for every address.
    """
    member = User.objects.filter(email=unseal(sealed), is_active=True).first()
    if member:
        key = {"uidb36": member.pk.hex, "key": default_token_generator.make_token(member)}
        link = settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)
        mail.send("password_reset", to=member.email, context={"link": link}, about=member.pk)
