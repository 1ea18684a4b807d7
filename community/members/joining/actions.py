"""Answering an invitation, which makes the account."""

from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.kit import audit
from community.kit.errors import Refusal, Refused
from community.kit.ids import new_id

from .. import seams
from ..invitations.do_not_write import withdraw
from ..models import Consent, ConsentText, Invitation, User
from ..people.avatars import known_drawing
from ..people.names import free_name, free_sign_in_name, unique_name
from ..signing_in.passwords import spellings
from ..verbs import MembersVerb
from .steps import FOURTH, LAST


def answer(
    *,
    invitation: Invitation,
    name: str,
    password: str | None,
    text: ConsentText,
    drawing: str = "",
    sign_in: str = "",
    member_id: UUID | None = None,
) -> User:
    """Make the account that an invitation offers, with consent to `text`, and use the invitation up.

    Without a password they sign in with a passkey that was made for the future `member_id`. Where the invitation has no address, `sign_in`
    is the name that they sign in by.

    Raises Refused: run_out (expired, revoked or answered), has_account, bad_name (the sentence says why), name_taken, bad_sign_in_name,
    sign_in_name_taken, text_changed (a newer text has been published). `password` has been validated.
    """
    hashed = make_password(spellings(password)[0] if password else None)  # slow on purpose, so before the transaction
    with unique_name(), transaction.atomic():
        # Found by the key of the link that was opened: sending the invitation again gave it another, and ended this one.
        fresh = Invitation.objects.open().select_for_update().filter(key_hash=invitation.key_hash).first()
        if not fresh:
            raise Refused(Refusal.RUN_OUT, _("This invitation has run out. Ask the person who sent it for a new one."))
        invitation = fresh
        if invitation.email and User.objects.filter(email=invitation.email).exists():
            raise Refused(Refusal.HAS_ACCOUNT, _("You have an account already. Sign in with it."))
        if ConsentText.objects.filter(version__gt=text.version).exists():
            raise Refused(Refusal.TEXT_CHANGED, _("What you agree to has changed while you were here. Please read it again."))
        site = centre()
        member = User(pk=member_id or new_id(), email=invitation.email, password=hashed, time_zone=site.time_zone, is_demo=site.is_demo)
        member.drawing = known_drawing(drawing)
        member.name = free_name(name, for_staff=bool(invitation.role))
        if not invitation.email:
            member.sign_in_by(free_sign_in_name(sign_in, shown=member.name))
        member.next_step = LAST if invitation.role else FOURTH
        member.save()
        if invitation.email:
            EmailAddress.objects.create(user=member, email=invitation.email, verified=True, primary=True)
        if invitation.role:
            member.groups.add(Group.objects.get(name=invitation.role))
        Consent.objects.create(member=member, text=text)
        # Whoever opened a link that was sent to a phone had it: the number is theirs from now on, to keep or to remove.
        number, invitation.number_sealed, invitation.number_hash = invitation.number, "", None
        invitation.answered_at, invitation.member = timezone.now(), member
        invitation.save(update_fields=["answered_at", "member", "number_sealed", "number_hash"])
        withdraw(invitation)
        audit.record(actor=member, verb=MembersVerb.JOIN, target=invitation.id)
        seams.joined.send(sender=User, member=member, number=number)
    return member
