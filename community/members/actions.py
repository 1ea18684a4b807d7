"""Every change to who is here: inviting, answering, pausing, and what a member sets about themselves."""

import datetime as dt
import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from community.centre import policies
from community.centre.models import centre
from community.kit import audit, limits, mail
from community.kit.errors import Refusal, Refused
from community.kit.ids import new_id
from community.kit.models import AuditEntry
from community.kit.text.addresses import canonical

from . import rules, seams
from .joining.asking import asked_by
from .models import Cohort, Consent, ConsentText, Invitation, InvitationState, User, invitation_expiry
from .people.avatars import Drawing
from .people.names import free_name
from .roles import Role
from .signing_in import devices, twins
from .signing_in.passwords import spellings
from .verbs import MembersVerb

TOO_MANY_NAMES = ngettext_lazy(
    "You have tried several names just now. You can try another name in %(minutes)d minute.",
    "You have tried several names just now. You can try another name in %(minutes)d minutes.",
    "minutes",
)
LETTER_KEY = "invitation "  # and the hash of the link's key


def hash_of(key: str) -> str:
    """Return how the key of an invitation's link is kept: SHA-256 in hex (the key is random, so no salt is needed)."""
    return hashlib.sha256(key.encode()).hexdigest()


def link_of(key: str) -> str:
    """Return the address of the page that answers an invitation."""
    return settings.SITE_URL + reverse("members:invitation", args=[key])


def invite(*, actor: User | None, email: str, role: str = "", cohort: Cohort | None = None) -> tuple[Invitation, str]:
    """Invite one address, with a staff role or as an alumnus; return the invitation and its key, which is kept nowhere.

    `actor` is None when the site is set up. Raises Refused: bad_address, has_account, invited, rate_limited.
    """
    email = canonical(email)
    if role and role not in Role.values:
        raise Refused(Refusal.BAD_ROLE, _("There is no such role."))
    if User.objects.filter(email=email).exists():
        raise has_account()
    try:
        with transaction.atomic():
            unanswered = Invitation.objects.unanswered().filter(email=email).select_for_update().first()
            if unanswered and unanswered.state == InvitationState.PENDING:
                raise is_invited()
            _may_be_written_to(actor, email)
            invitation = unanswered or Invitation(email=email)
            invitation.invited_by, invitation.role, invitation.cohort = actor, role, cohort or invitation.cohort
            key = _renew(invitation)
            audit.record(actor=actor, verb=MembersVerb.INVITE, target=invitation.id)
    except IntegrityError:
        raise is_invited() from None
    return invitation, key


def has_account() -> Refused:
    return Refused(Refusal.HAS_ACCOUNT, _("Somebody with this address is here already."))


def is_invited() -> Refused:
    return Refused(Refusal.INVITED, _("This address has an open invitation. You can send that one again."))


def asked_too_often(again: dt.datetime) -> Refused:
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


def written_to_often(emails: Collection[str]) -> dict[str, dt.datetime]:
    """Return which of `emails` have had as many invitations by letter as they may, and from when on each may have the next."""
    most, window = limits.INVITATION_EMAIL_RATE
    of = {str(pk): email for pk, email in Invitation.objects.filter(email__in=emails).values_list("pk", "email")}
    letters = AuditEntry.objects.filter(verb__in=(MembersVerb.INVITE, MembersVerb.RESEND), target__in=of, at__gt=timezone.now() - window)
    times: dict[str, list[dt.datetime]] = defaultdict(list)
    for target, at in letters.order_by("at").values_list("target", "at"):
        times[of[target]].append(at)
    return {email: each[-most] + window for email, each in times.items() if len(each) >= most}


def _may_be_written_to(actor: User | None, email: str) -> None:
    """Refuse a letter more than an address should get; who sets the site up on its own machine (None) is not counted."""
    if actor and (again := written_to_often([email]).get(email)):
        raise asked_too_often(again)


def resend(*, actor: User, invitation: Invitation) -> str:
    """Send an invitation again with a new key, which it returns; the old link is dead.

    Raises Refused: answered, revoked, rate_limited.
    """
    with transaction.atomic():
        invitation = _unanswered(invitation)
        _may_be_written_to(actor, invitation.email)
        key = _renew(invitation)
        audit.record(actor=actor, verb=MembersVerb.RESEND, target=invitation.id)
    return key


def revoke(*, actor: User | None, invitation: Invitation) -> None:
    """Take an invitation back: its link is dead. Raises Refused(Refusal.ANSWERED or "revoked")."""
    with transaction.atomic():
        invitation = _unanswered(invitation)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        audit.record(actor=actor, verb=MembersVerb.REVOKE, target=invitation.id)


def note_bounce(*, letter_key: str) -> None:
    """Note that the letter sent under `letter_key` was given up; a newer letter of the same invitation has another key."""
    key_hash = letter_key.removeprefix(LETTER_KEY)
    Invitation.objects.filter(key_hash=key_hash, answered_at=None).update(bounced_at=timezone.now())


def _unanswered(invitation: Invitation) -> Invitation:
    fresh = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if fresh.answered_at:
        raise Refused(Refusal.ANSWERED, _("This invitation has been answered."))
    if fresh.revoked_at:
        raise Refused(Refusal.REVOKED, _("This invitation has been taken back."))
    return fresh


def _renew(invitation: Invitation) -> str:
    """Give the invitation a fresh key and time, and queue its letter; return the key."""
    key = secrets.token_urlsafe(32)
    invitation.key_hash, invitation.bounced_at = hash_of(key), None
    invitation.sent_at, invitation.expires_at = timezone.now(), invitation_expiry()
    invitation.save()
    context = {"link": link_of(key), "days": limits.INVITATION_LIFETIME.days}
    mail.send("invitation", to=invitation.email, context=context, key=LETTER_KEY + invitation.key_hash, about=invitation.id)
    return key


def answer(*, key: str, name: str, password: str | None, text: ConsentText, drawing: str = "", member_id: UUID | None = None) -> User:
    """Make the account that an invitation offers, its consent to `text` included; the invitation is used up with it.

    Without a password they sign in by a passkey, which was made for the account's future `member_id`.

    Raises Refused: run_out (unknown, expired, revoked or answered), has_account, bad_name (the sentence says why), name_taken,
    text_changed (a newer text has been published). `password` has been validated.
    """
    hashed = make_password(spellings(password)[0] if password else None)  # slow on purpose, so before the transaction
    taken = Refused(Refusal.NAME_TAKEN, _("Somebody here has that name, or one that looks like it. Choose another."))
    with _taken_name(taken), transaction.atomic():
        invitation = Invitation.objects.open().select_for_update().filter(key_hash=hash_of(key)).first()
        if not invitation:
            raise Refused(Refusal.RUN_OUT, _("This invitation has run out. Ask the person who sent it for a new one."))
        if User.objects.filter(email=invitation.email).exists():
            raise Refused(Refusal.HAS_ACCOUNT, _("You have an account already. Sign in with it."))
        if ConsentText.objects.filter(version__gt=text.version).exists():
            raise Refused(Refusal.TEXT_CHANGED, _("What you agree to has changed while you were here. Please read it again."))
        site = centre()
        member = User(pk=member_id or new_id(), email=invitation.email, password=hashed, time_zone=site.time_zone, is_demo=site.is_demo)
        member.drawing = _known_drawing(drawing)
        member.name = free_name(name, for_staff=bool(invitation.role))
        member.next_step = 5 if invitation.role else 4
        member.save()
        EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
        if invitation.role:
            member.groups.add(Group.objects.get(name=invitation.role))
        Consent.objects.create(member=member, text=text)
        invitation.answered_at, invitation.member = timezone.now(), member
        invitation.save(update_fields=["answered_at", "member"])
        audit.record(actor=member, verb=MembersVerb.JOIN, target=invitation.id)
        seams.joined.send(sender=User, member=member)
    return member


def _known_drawing(drawing: str) -> str:
    if drawing and drawing not in Drawing.values:
        raise Refused(Refusal.BAD_DRAWING, _("There is no such picture."))
    return drawing


@contextmanager
def _taken_name(refusal: Refused) -> Iterator[None]:
    """Turn the database's no, when two people take one name at once, into `refusal`."""
    try:
        yield
    except IntegrityError:
        raise refusal from None


def _count_try(member: User) -> None:
    """Count that a member tries another name, also one that is refused then: each answer tells who is here."""
    with transaction.atomic():
        audit.throttle(actor=member, verbs=(MembersVerb.TRY_NAME,), rate=limits.NAME_CHANGE_RATE, sentence=TOO_MANY_NAMES)
        audit.record(actor=member, verb=MembersVerb.TRY_NAME, target=member.pk)


def change_profile(*, member: User, name: str, time_zone: str, drawing: str) -> None:
    """Set the name and the picture that people here see, and the zone in which times are shown.

    Raises Refused: bad_name, name_taken, bad_drawing, or rate_limited after five other names in an hour.
    """
    is_new = name.strip() != member.name
    if is_new:
        _count_try(member)
    taken = Refused(Refusal.NAME_TAKEN, _("Somebody here has that name, or one that looks like it. Choose another."))
    with asked_by(member) if is_new else nullcontext(), _taken_name(taken), transaction.atomic():
        was, member.name = (member.name, member.drawing), free_name(name, member=member, for_staff=member.is_staff)
        member.drawing, member.time_zone = _known_drawing(drawing), time_zone
        member.save(update_fields=["name", "name_key", "drawing", "time_zone"])
        if (member.name, member.drawing) != was:
            seams.renamed.send(sender=User, member=member)


def set_discretion(*, member: User, cover_after: int, leave_by_keys: bool) -> None:
    """Set after how many seconds out of sight the member's pages are covered, and whether the Shift key leaves."""
    member.cover_after, member.leave_by_keys = cover_after, leave_by_keys
    member.save(update_fields=["cover_after", "leave_by_keys"])


def set_conversation(*, member: User, aloud: str, enter_key: str, shows_writing: bool) -> None:
    """Set how the member's conversations are read aloud and written in; within two seconds others see, or do not, when they write."""
    member.aloud, member.enter_key, member.shows_writing = aloud, enter_key, shows_writing
    member.save(update_fields=["aloud", "enter_key", "shows_writing"])


def set_welcoming(*, member: User, may_welcome: bool) -> None:
    """Say whether staff may name this member to newcomers as somebody to say hello to."""
    with transaction.atomic():
        User.objects.filter(pk=member.pk).update(may_welcome=may_welcome)


def _in_turn(actor: User) -> User:
    """The actor read afresh, one such act after another: of two admins who turn on each other at once, the second is none any more."""
    Group.objects.select_for_update().get(name=Role.ADMIN)
    return User.objects.get(pk=actor.pk)


def keep_an_admin(member: User) -> None:
    """Refuse what would leave the site without an admin: asked `_in_turn`, before `member` stops being one who can sign in.

    Raises Refused(Refusal.LAST_ADMIN).
    """
    if [admin.pk for admin in User.objects.active().filter(groups__name=Role.ADMIN)] == [member.pk]:
        raise Refused(Refusal.LAST_ADMIN, _("%(name)s is the only admin. Make somebody else an admin first.") % {"name": member})


def suspend(*, actor: User, member: User) -> None:
    """Pause an account: its owner sees nothing but that it is paused. Raises Refused: forbidden, last_admin, self."""
    with transaction.atomic():
        if not rules.may_pause(_in_turn(actor)):
            raise Refused(Refusal.FORBIDDEN, _("You can no longer pause accounts."))
        keep_an_admin(member)
        if actor.pk == member.pk:
            raise Refused(Refusal.SELF, _("You cannot pause your own account."))
        if User.objects.filter(pk=member.pk, suspended_at=None).update(suspended_at=timezone.now()):
            audit.record(actor=actor, verb=MembersVerb.SUSPEND, target=member.pk)


def let_back(*, actor: User, member: User) -> None:
    """End the pause of an account."""
    with transaction.atomic():
        if User.objects.filter(pk=member.pk).exclude(suspended_at=None).update(suspended_at=None):
            audit.record(actor=actor, verb=MembersVerb.LET_BACK, target=member.pk)


def check_closing(*, actor: User, member: User) -> None:
    """Raise Refused where `actor` may not close the account of `member`: forbidden, last_admin, self."""
    if not rules.may_close(actor):
        raise Refused(Refusal.FORBIDDEN, _("Only an admin can close an account."))
    keep_an_admin(member)
    if actor.pk == member.pk:
        raise Refused(Refusal.SELF, _("You cannot close your own account. Another admin can."))


def close_account(*, actor: User, member: User) -> None:
    """Close an account for good: nobody signs in with it, its groups are left, its address is forgotten. What they wrote stays.

    Their name stays too, so that nobody else can pass for who wrote that. Raises what `check_closing` raises.
    """
    with transaction.atomic():
        _in_turn(actor)
        both = User.objects.select_for_update(no_key=True).filter(pk__in={actor.pk, member.pk}).in_bulk()
        actor, member = both[actor.pk], both[member.pk]
        check_closing(actor=actor, member=member)
        if not member.is_active:
            return
        # Before the address: changing it locks the row also against what they write just now, in channels that this needs.
        seams.closing.send(sender=User, member=member)
        address = member.email
        _forget_address(member)
        devices.end_all(member)
        Authenticator.objects.filter(user=member).delete()
        member.sign_in_helps.all().delete()
        member.is_active = False
        member.set_unusable_password()
        member.save(update_fields=["email", "password", "is_active"])
        twins.part(member, address)
        member.groups.clear()
        audit.record(actor=actor, verb=MembersVerb.CLOSE_ACCOUNT, target=member.pk)


def _forget_address(member: User) -> None:
    """Put an address that nobody can have in the place of theirs, and delete what else holds theirs."""
    invitations = Invitation.objects.filter(Q(email=member.email) | Q(member=member)).exclude(member__twin_of=member)
    is_shared = member.twin_of_id is not None or member.twins.exists()
    mail.forget(about=[member.pk, *invitations.values_list("pk", flat=True)], address="" if is_shared else member.email)
    invitations.delete()
    EmailAddress.objects.filter(user=member).delete()
    member.address_changes.all().delete()
    member.email = f"{member.pk}@closed.invalid"


def _appointing(actor: User, member: User) -> tuple[User, User]:
    """Both read afresh. Raises Refused(Refusal.FORBIDDEN) where the actor may not appoint."""
    actor, member = _in_turn(actor), User.objects.get(pk=member.pk)
    if not rules.may_appoint(actor):
        raise Refused(Refusal.FORBIDDEN, _("You can no longer give roles."))
    return actor, member


def give_role(*, actor: User, member: User, role: Role) -> None:
    """Give somebody a staff role, from their next request on. Raises Refused: forbidden, away (their account is not open)."""
    with transaction.atomic():
        actor, member = _appointing(actor, member)
        if not member.is_active or member.is_suspended:
            raise Refused(Refusal.AWAY, _("%(name)s's account is not open, so it can be given no role.") % {"name": member})
        if role not in member.roles:
            member.groups.add(Group.objects.get(name=role))
            devices.limit(member)
            audit.record(actor=actor, verb=MembersVerb(f"members.give_{role}"), target=member.pk)


def take_role(*, actor: User, member: User, role: Role) -> None:
    """Take a staff role away, from their next request on. Raises Refused: forbidden, last_admin, self."""
    with transaction.atomic():
        actor, member = _appointing(actor, member)
        if role == Role.ADMIN:
            keep_an_admin(member)
        if not rules.may_take(actor, member, role):
            raise Refused(Refusal.SELF, _("You cannot take this role from yourself. Another admin can."))
        if role in member.roles:
            member.groups.remove(Group.objects.get(name=role))
            audit.record(actor=actor, verb=MembersVerb(f"members.take_{role}"), target=member.pk)


def agree(*, member: User, version: int) -> None:
    """Note that somebody agrees to the newest text. Raises Refused(Refusal.CHANGED) where a newer one was published meanwhile."""
    with transaction.atomic():
        newest = ConsentText.objects.latest()
        if newest.version != version:
            raise Refused(Refusal.CHANGED, _("A newer version was published meanwhile. Please read that one."))
        Consent.objects.get_or_create(member=member, text=newest)


def publish_text(*, actor: User, kind: policies.Kind, edition: str) -> None:
    """Publish the draft of a text as its next version, if it still is this `edition`. Raises Refused: forbidden, changed, empty."""
    if not rules.may_set_up(actor):
        raise Refused(Refusal.FORBIDDEN, _("Only an admin can publish this."))
    with transaction.atomic():
        draft, newest = kind.draft._default_manager.select_for_update().get(), kind.newest()
        if draft.edition != edition:
            raise Refused(Refusal.CHANGED, _("Somebody has changed the draft meanwhile. Read it again, then publish it."))
        if not draft.is_new(newest):
            raise Refused(Refusal.EMPTY, _("There is nothing new to publish."))
        made = kind.editions._default_manager.create(version=newest.version + 1 if newest else 1, body=draft.body)
        audit.record(actor=actor, verb=MembersVerb.PUBLISH_TEXT, target=f"{kind.key} {made.version}")
