"""Writes of invitations: inviting, sending again, taking back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.kit import audit, limits, mail
from community.kit.errors import Refusal, Refused
from community.kit.models import AuditEntry
from community.kit.text.addresses import canonical

from .. import rules
from ..models import Cohort, Invitation, InvitationState, User, invitation_expiry
from ..roles import Role
from ..signing_in.link_keys import hash_of, new_key
from ..verbs import MembersVerb
from .do_not_write import asked_not_to_write, left_alone, link_to_stop, withdraw_emails

EMAIL_KEY = "invitation "  # followed by the hash of the link's key


def link_of(key: str) -> str:
    """Return the address of the page that answers an invitation."""
    return settings.SITE_URL + reverse("members:invitation", args=[key])


def invite(
    *, actor: User | None, email: str, role: str = "", cohort: Cohort | None = None, without_reminders: bool = False
) -> tuple[Invitation, str]:
    """Invite one address, with a staff role or as an alumnus; return the invitation and its key, which is not stored.

    `actor` is None when the site is set up. Raises Refused: bad_address, bad_role, forbidden, has_account, invited, rate_limited,
    unwilling.
    """
    email = canonical(email)
    if role and role not in Role.values:
        raise Refused(Refusal.BAD_ROLE, _("There is no such role."))
    _check_role(actor, role)
    if User.objects.filter(email=email).exists():
        raise has_account()
    try:
        with transaction.atomic():
            unanswered = Invitation.objects.unanswered().filter(email=email).select_for_update().first()
            if unanswered and unanswered.state == InvitationState.PENDING:
                raise is_invited()
            if unanswered:
                _check_role(actor, unanswered.role)
            _check_writing(actor, email)
            invitation = unanswered or Invitation(email=email)
            invitation.without_reminders = without_reminders
            invitation.invited_by, invitation.role, invitation.cohort = actor, role, cohort or invitation.cohort
            key = _renew(invitation, email)
            audit.record(actor=actor, verb=MembersVerb.INVITE, target=invitation.id)
    except IntegrityError:
        raise is_invited() from None
    return invitation, key


def has_account() -> Refused:
    return Refused(Refusal.HAS_ACCOUNT, _("Somebody with this address is here already."))


def is_invited() -> Refused:
    return Refused(Refusal.INVITED, _("This address has an open invitation. You can send that one again."))


def invited_too_often(again: dt.datetime) -> Refused:
    sentence = ngettext(
        "This address got %(most)d e-mail in the last %(days)d days. You can write to it again after %(again)s.",
        "This address got %(most)d e-mails in the last %(days)d days. You can write to it again after %(again)s.",
        limits.INVITATION_EMAIL_RATE.most,
    )
    day = formats.date_format(timezone.localtime(again), _("F j, Y, g:i A"))
    return Refused(
        Refusal.RATE_LIMITED,
        sentence % {"most": limits.INVITATION_EMAIL_RATE.most, "days": limits.INVITATION_EMAIL_RATE.within.days, "again": day},
        retry_after=(again - timezone.now()).total_seconds(),
    )


def invitation_limits(emails: Collection[str]) -> dict[str, dt.datetime]:
    """Return, for those of `emails` that had as many e-mails as they may have, when each can have the next."""
    most, window = limits.INVITATION_EMAIL_RATE
    of = {str(pk): str(email) for pk, email in Invitation.objects.filter(email__in=emails).values_list("pk", "email")}
    verbs = (MembersVerb.INVITE, MembersVerb.RESEND, MembersVerb.REMIND)
    sent = AuditEntry.objects.filter(verb__in=verbs, target__in=of, at__gt=timezone.now() - window)
    times: dict[str, list[dt.datetime]] = defaultdict(list)
    for target, at in sent.order_by("at").values_list("target", "at"):
        times[of[target]].append(at)
    return {email: each[-most] + window for email, each in times.items() if len(each) >= most}


def _check_role(actor: User | None, role: str) -> None:
    """Raise Refused: forbidden where an invitation gives a role, and `actor` may give none."""
    if not rules.may_invite_as(actor, role):
        raise Refused(Refusal.FORBIDDEN, _("This invitation gives a role. Only an admin can change it."))


def _check_writing(actor: User | None, email: str) -> None:
    """Raise Refused: unwilling, or rate_limited where `email` had enough e-mails. Setting up the site (`actor` None) is not counted."""
    if asked_not_to_write([email]):
        raise left_alone()
    if actor and (again := invitation_limits([email]).get(email)):
        raise invited_too_often(again)


def resend(*, actor: User, invitation: Invitation) -> str:
    """Send an invitation again with a new key, which it returns; the old link stops working.

    Raises Refused: answered, forbidden, revoked, unwilling, rate_limited; invalid, for a card.
    """
    with transaction.atomic():
        invitation = _unanswered(actor, invitation)
        if invitation.email is None:
            raise Refused(Refusal.INVALID, _("A card can't be sent."))
        _check_writing(actor, invitation.email)
        key = _renew(invitation, invitation.email)
        audit.record(actor=actor, verb=MembersVerb.RESEND, target=invitation.id)
    return key


def revoke(*, actor: User | None, invitation: Invitation) -> None:
    """Take an invitation back: its links, or the code of a card, stop working. Raises Refused: answered, forbidden, revoked."""
    with transaction.atomic():
        invitation = _unanswered(actor, invitation)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        withdraw_emails(invitation)
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


def _renew(invitation: Invitation, address: str) -> str:
    """Give the invitation a fresh key and time, and queue its e-mail; return the key. Earlier links, those of reminders too, are over."""
    key = new_key()
    withdraw_emails(invitation)
    invitation.key_hash, invitation.bounced_at = hash_of(key), None
    invitation.sent_at, invitation.expires_at = timezone.now(), invitation_expiry()
    invitation.save()
    context = {"link": link_of(key), "days": limits.INVITATION_LIFETIME.days, "unsubscribe": link_to_stop(address)}
    mail.send("invitation", to=address, context=context, key=EMAIL_KEY + invitation.key_hash, about=invitation.id)
    return key
