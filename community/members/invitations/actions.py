"""Writes of invitations: inviting, sending again, taking back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community.kit import audit, limits, mail
from community.kit.encryption import seal
from community.kit.errors import Refusal, Refused
from community.kit.models import AuditEntry
from community.kit.text.addresses import canonical

from .. import rules
from ..models import Cohort, Invitation, InvitationState, User, invitation_expiry
from ..roles import Role
from ..signing_in.link_keys import hash_of, new_key
from ..texting.numbers import canonical as canonical_number
from ..texting.numbers import hash_of as hash_of_number
from ..texting.numbers import is_number
from ..verbs import MembersVerb
from . import texts
from .do_not_write import asked_not_to_write, left_alone, link_to_stop, withdraw

STAFF_BY_EMAIL = gettext_lazy("Staff need an e-mail address.")
NO_CONSENT = gettext_lazy("Text messages go only to people who agreed to get them. Ask them first, then check this box.")
EMAIL_KEY = "invitation "  # followed by the hash of the link's key


def link_of(key: str) -> str:
    """Return the address of the page that answers an invitation."""
    return settings.SITE_URL + reverse("members:invitation", args=[key])


def invite(
    *,
    actor: User | None,
    email: str = "",
    number: str = "",
    may_text: bool = False,
    role: str = "",
    cohort: Cohort | None = None,
    without_reminders: bool = False,
) -> tuple[Invitation, str]:
    """Invite one e-mail address, or one phone number; return the invitation and its key, which is not stored.

    They come as an alumnus or, by e-mail, with a staff role. `actor`, who is None when the site is set up, says with `may_text` that the
    number's owner agreed to get text messages, which is recorded.

    Raises Refused: bad_address, bad_role, forbidden, has_account, invited, rate_limited, unwilling; for a number, invalid.
    """
    address = _textable(number, may_text=may_text, role=role) if number else canonical(email)
    if role and role not in Role.values:
        raise Refused(Refusal.BAD_ROLE, _("There is no such role."))
    _check_role(actor, role)
    if User.objects.filter(email=address).exists():
        raise has_account()
    try:
        with transaction.atomic():
            unanswered = Invitation.objects.unanswered().to([address]).select_for_update().first()
            if unanswered and unanswered.state == InvitationState.PENDING:
                raise is_invited(address)
            if unanswered:
                _check_role(actor, unanswered.role)
            _check_writing(actor, address)
            invitation = unanswered or Invitation(email=None if number else address)
            if number:
                invitation.number_sealed, invitation.number_hash = seal(address), hash_of_number(address)
            invitation.without_reminders = without_reminders
            invitation.invited_by, invitation.role, invitation.cohort = actor, role, cohort or invitation.cohort
            key = _renew(invitation)
            audit.record(actor=actor, verb=MembersVerb.INVITE, target=invitation.id)
            if number:
                audit.record(actor=actor, verb=MembersVerb.NOTE_TEXTS_AGREED, target=invitation.id)
    except IntegrityError:
        raise is_invited(address) from None
    return invitation, key


def _textable(typed: str, *, may_text: bool, role: str) -> str:
    """Return a number in E.164 where a member may be invited there. Raises Refused: invalid."""
    number = canonical_number(typed)
    if not settings.SMS_URL:
        raise no_texts()
    if role:
        raise Refused(Refusal.INVALID, str(STAFF_BY_EMAIL))
    if not may_text:
        raise Refused(Refusal.INVALID, str(NO_CONSENT))
    return number


def no_texts() -> Refused:
    return Refused(Refusal.INVALID, _("This center doesn't send text messages at the moment."))


def has_account() -> Refused:
    return Refused(Refusal.HAS_ACCOUNT, _("Somebody with this address is here already."))


def is_invited(address: str) -> Refused:
    of_text = _("This number has an open invitation. You can send that one again.")
    return Refused(
        Refusal.INVITED, of_text if is_number(address) else _("This address has an open invitation. You can send that one again.")
    )


def invited_too_often(address: str, again: dt.datetime) -> Refused:
    of_emails = ngettext(
        "This address got %(most)d e-mail in the last %(days)d days. You can write to it again after %(again)s.",
        "This address got %(most)d e-mails in the last %(days)d days. You can write to it again after %(again)s.",
        limits.INVITATION_EMAIL_RATE.most,
    )
    of_texts = ngettext(
        "This number got %(most)d text message in the last %(days)d days. You can write to it again after %(again)s.",
        "This number got %(most)d text messages in the last %(days)d days. You can write to it again after %(again)s.",
        limits.INVITATION_EMAIL_RATE.most,
    )
    sentence = of_texts if is_number(address) else of_emails
    day = formats.date_format(timezone.localtime(again), _("F j, Y, g:i A"))
    return Refused(
        Refusal.RATE_LIMITED,
        sentence % {"most": limits.INVITATION_EMAIL_RATE.most, "days": limits.INVITATION_EMAIL_RATE.within.days, "again": day},
        retry_after=(again - timezone.now()).total_seconds(),
    )


def invitation_limits(addresses: Collection[str]) -> dict[str, dt.datetime]:
    """Return, for those e-mail addresses and phone numbers that were written to as often as may be, when each can be again."""
    most, window = limits.INVITATION_EMAIL_RATE
    of = {str(each.pk): each.address for each in Invitation.objects.to(addresses)}
    verbs = (MembersVerb.INVITE, MembersVerb.RESEND, MembersVerb.REMIND)
    sent = AuditEntry.objects.filter(verb__in=verbs, target__in=of, at__gt=timezone.now() - window)
    times: dict[str, list[dt.datetime]] = defaultdict(list)
    for target, at in sent.order_by("at").values_list("target", "at"):
        times[of[target]].append(at)
    return {address: each[-most] + window for address, each in times.items() if len(each) >= most}


def _check_role(actor: User | None, role: str) -> None:
    """Raise Refused: forbidden where an invitation gives a role, and `actor` may give none."""
    if not rules.may_invite_as(actor, role):
        raise Refused(Refusal.FORBIDDEN, _("This invitation gives a role. Only an admin can change it."))


def _check_writing(actor: User | None, address: str) -> None:
    """Raise Refused: unwilling, or rate_limited where enough went there. Setting up the site (`actor` None) is not counted."""
    if asked_not_to_write([address]):
        raise left_alone()
    if actor and (again := invitation_limits([address]).get(address)):
        raise invited_too_often(address, again)


def resend(*, actor: User, invitation: Invitation) -> str:
    """Send an invitation again with a new key, which it returns; the old link stops working.

    Raises Refused: answered, forbidden, revoked, unwilling, rate_limited; invalid, for a card, or a phone while no texts leave.
    """
    with transaction.atomic():
        invitation = _unanswered(actor, invitation)
        if not invitation.address:
            raise Refused(Refusal.INVALID, _("A card can't be sent."))
        if invitation.number and not settings.SMS_URL:
            raise no_texts()
        _check_writing(actor, invitation.address)
        key = _renew(invitation)
        audit.record(actor=actor, verb=MembersVerb.RESEND, target=invitation.id)
    return key


def revoke(*, actor: User | None, invitation: Invitation) -> None:
    """Take an invitation back: its links, or the code of a card, stop working. Raises Refused: answered, forbidden, revoked."""
    with transaction.atomic():
        invitation = _unanswered(actor, invitation)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        withdraw(invitation)
        audit.record(actor=actor, verb=MembersVerb.REVOKE, target=invitation.id)


def note_bounce(*, email_key: str) -> None:
    """Note that the e-mail with `email_key` could not be delivered. One that was sent before the invitation was sent again says nothing."""
    found = Invitation.objects.of_link(email_key.removeprefix(EMAIL_KEY))
    found.filter(answered_at=None).update(bounced_at=timezone.now())


def _unanswered(actor: User | None, invitation: Invitation) -> Invitation:
    fresh = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if fresh.answered_at:
        raise Refused(Refusal.ANSWERED, _("This invitation has been answered."))
    if fresh.revoked_at:
        raise Refused(Refusal.REVOKED, _("This invitation has been taken back."))
    _check_role(actor, fresh.role)
    return fresh


def _renew(invitation: Invitation) -> str:
    """Give the invitation a fresh key and time, and queue its message; return the key. Earlier links, those of reminders too, are over."""
    key = new_key()
    withdraw(invitation)
    invitation.key_hash, invitation.bounced_at = hash_of(key), None
    invitation.sent_at, invitation.expires_at = timezone.now(), invitation_expiry()
    invitation.without_reminders = bool(invitation.without_reminders)  # None no more: this e-mail has the link that ends them
    invitation.save()
    if invitation.email:
        context = {"link": link_of(key), "days": limits.INVITATION_LIFETIME.days, "unsubscribe": link_to_stop(invitation.email)}
        mail.send("invitation", to=invitation.email, context=context, key=EMAIL_KEY + invitation.key_hash, about=invitation.id)
    else:
        texts.queue(invitation, link_of(key))
    return key
