"""Work of the accounts that is done in the background."""

import uuid

from django.conf import settings
from django.urls import reverse
from django_tasks import task

from community.kit import limits, mail
from community.kit.encryption import unseal

from .emails import write_to
from .models import AddressChange, User
from .signing_in import log
from .signing_in.allauth_internals import default_token_generator
from .verbs import MembersVerb


def reset_path(member: User) -> str:
    """Return where on this site `member` can choose a new password: once, within a day."""
    key = {"uidb36": member.pk.hex, "key": default_token_generator.make_token(member)}
    return reverse("account_reset_password_from_key", kwargs=key)


def reset_link(member: User) -> str:
    """Return the same for an e-mail."""
    return settings.SITE_URL + reset_path(member)


@task()
def send_reset(sealed: str) -> None:
    """Send a link for a new password to the sealed address, if somebody here has it, and one for each account that shares the mailbox.

    Looking people up here, and not in the request, makes the page answer alike, and as fast, for every address. A stranger who asks
    again and again fills no mailbox: earlier links work for a day.
    """
    for member in User.objects.reached_at(unseal(sealed)):
        if member.is_active and not log.has_enough_links(member):
            log.note(MembersVerb.RESET_ASKED, member)
            write_to(member, "password_reset", context={"link": reset_link(member)})


@task()
def note_wrong_password(sealed: str) -> None:
    """Record that a wrong password was tried for the sealed address or sign-in name, if somebody here has it."""
    for member in User.objects.signing_in_by(unseal(sealed)):
        log.note(MembersVerb.WRONG_PASSWORD, member)


@task()
def note_wrong_way_back(sealed: str) -> None:
    """Record that a wrong way back was tried for the sealed address or sign-in name, if somebody here has it."""
    for member in User.objects.signing_in_by(unseal(sealed)):
        log.note(MembersVerb.WRONG_WAY_BACK, member)


@task()
def send_address_letters(sealed: str) -> None:
    """Send the e-mails of a change of address to both mailboxes, if there are two; to the new one only where nobody here has it.

    That is looked up here, too, so that the page answers alike for an address that is taken.
    """
    id, confirm_key, stop_key = unseal(sealed)
    change = AddressChange.objects.waiting().select_related("member").filter(pk=uuid.UUID(id)).first()
    if not change:
        return
    stop = settings.SITE_URL + reverse("members:stop_address", args=[stop_key])
    write_to(change.member, "address_asked", context={"link": stop}, key=f"asked {id}")
    if not User.objects.filter(email=change.email).exists():
        link = settings.SITE_URL + reverse("members:confirm_address", args=[confirm_key])
        context = {"link": link, "days": limits.ADDRESS_LINK_LIFETIME.days}
        mail.send("address_confirm", to=change.email, context=context, key=f"confirm {id}", about=change.member.pk)
