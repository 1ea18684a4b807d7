"""Every write to a peer group, its agreement and its memberships. Writes to join requests are in `join`."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from community.kit import audit, limits
from community.kit.errors import Refusal, Refused
from community.kit.text.names import unlike
from community.members.models import User
from community.members.people.names import is_the_house
from community.notifications.actions import mark_read, notify

from . import conversation, rules
from .join import seats
from .join.seats import locked
from .models import Acceptance, AgreementText, JoinRequest, Membership, PeerGroup, lines_of
from .notifying import AGREEMENT
from .verbs import PeersVerb

JOINING_VERBS = (PeersVerb.JOIN, PeersVerb.UNDO_LEAVE)  # each writes a notice into the conversation
TOO_MANY_JOINS = ngettext_lazy(
    "You've joined groups a lot of times just now. You can join again in %(minutes)d minute, or a facilitator can invite you.",
    "You've joined groups a lot of times just now. You can join again in %(minutes)d minutes, or a facilitator can invite you.",
    "minutes",
)


def tidy_agreement(text: str) -> str:
    """Return an agreement with one promise per line, stripped and without empty lines."""
    return "\n".join(lines_of(text))


def not_found() -> Refused:
    return Refused(Refusal.NOT_FOUND, _("That group isn't here, or it isn't open to you."))


def _forbidden() -> Refused:
    return Refused(Refusal.FORBIDDEN, _("Only a facilitator of this group can do that."))


def _agreement_changed() -> Refused:
    return Refused(Refusal.AGREEMENT_CHANGED, _("The agreement changed while you were reading. Here is the new one."))


def _changed_since() -> Refused:
    return Refused(
        Refusal.CHANGED, _("Somebody else changed this in the meantime. Read what it says now; Save replaces it with your text.")
    )


def membership_of(group: PeerGroup, member: User) -> Membership | None:
    return Membership.objects.filter(group=group, member=member).first()


def _current(group: PeerGroup, member: User, otherwise: Refused) -> Membership:
    """Return the member's current membership of this group; raise `otherwise` where there is none."""
    membership = membership_of(group, member)
    if membership is None or not rules.belongs(membership):
        raise otherwise
    return membership


def _not_in_group() -> Refused:
    return Refused(Refusal.NOT_FOUND, _("They aren't in the group."))


def require_manager(actor: User, group: PeerGroup) -> Membership | None:
    """Return the actor's own membership of the group, or None. Raises Refused where they may not manage it: forbidden."""
    mine = membership_of(group, actor)
    if not rules.can_manage(actor, mine):
        raise _forbidden()
    return mine


def save_named(group: PeerGroup, **how: Any) -> None:
    """Save a group with `how` as for `Model.save`. Raises Refused: name_taken, where another request took its name meanwhile."""
    try:
        with transaction.atomic():
            group.save(**how)
    except IntegrityError:
        raise _name_taken() from None


def _available_name(name: str, actor: User, *, group: PeerGroup | None = None) -> str:
    """Return the name, tidied. It is compared with groups that `actor` knows of only, so that "taken" tells of no hidden one.

    Raises Refused: bad_name, name_taken.
    """
    if is_the_house(name):
        raise Refused(Refusal.BAD_NAME, _("That name could be taken for staff. Choose another."))
    others = PeerGroup.objects.visible_to(actor).exclude(pk__in=[group.pk] if group else [])
    return unlike(name, others.values_list("name", flat=True), _name_taken())


def _name_taken() -> Refused:
    return Refused(Refusal.NAME_TAKEN, _("Another group has this name, or one that looks like it. Choose another one."))


def _write_agreement(group: PeerGroup, actor: User) -> None:
    """Store the current agreement as a version."""
    AgreementText.objects.create(group=group, version=group.agreement_version, body=group.agreement, made_by=actor, made_at=timezone.now())


def _record_acceptance(group: PeerGroup, member: User) -> None:
    """Record that a member accepts the current version; the time of the first acceptance stays."""
    text = group.agreement_texts.get(version=group.agreement_version)
    Acceptance.objects.get_or_create(member=member, text=text, defaults={"agreed_at": timezone.now()})


def _open_membership(group: PeerGroup, member: User, *, role: str, agreed_version: int) -> Membership:
    """Begin a membership, or begin it again, and add the member to the conversation."""
    opened = {"role": role, "agreed_version": agreed_version, "joined_at": timezone.now(), "ended_at": None, "ended_by": None}
    membership, _made = Membership.objects.update_or_create(group=group, member=member, defaults=opened)
    if agreed_version:
        _record_acceptance(group, member)
    conversation.add_participant(group, member, role)
    return membership


def _end(membership: Membership, *, by: User) -> None:
    """End a membership and the participation in the conversation. Ended by the member they left, by anybody else they were removed."""
    membership.ended_at, membership.ended_by = timezone.now(), by
    membership.save(update_fields=["ended_at", "ended_by"])
    conversation.end_participation(membership)


def _throttle_joins(member: User) -> None:
    """Refuse a member who has joined too often (limits.JOIN_RATE, over all groups): each time everybody in a group sees a notice."""
    audit.throttle(actor=member, verbs=JOINING_VERBS, rate=limits.JOIN_RATE, sentence=TOO_MANY_JOINS)


def make_group(
    *,
    actor: User,
    name: str,
    purpose: str,
    agreement: str,
    join_policy: str,
    history_visibility: str,
    facilitator: User,
    capacity: int | None = None,
) -> PeerGroup:
    """Create a group with its conversation and first facilitator, who has yet to accept the agreement unless they are the actor.

    Raises Refused: bad_name, forbidden.
    """
    if not rules.can_make(actor):
        raise Refused(Refusal.FORBIDDEN, _("Only a coordinator or an admin can make a group."))
    with transaction.atomic():
        group = PeerGroup(
            name=_available_name(name, actor),
            purpose=purpose,
            agreement=tidy_agreement(agreement),
            join_policy=join_policy,
            capacity=capacity,
            history_visibility=history_visibility,
        )
        save_named(group)
        _write_agreement(group, actor)
        audit.record(actor=actor, verb=PeersVerb.MAKE_GROUP, target=group.pk)
        conversation.open_channel(group)
        agreed = group.agreement_version if facilitator == actor else 0
        _open_membership(group, facilitator, role=Membership.Role.FACILITATOR, agreed_version=agreed)
        notify(AGREEMENT.key, group.pk, actor=actor)
    return group


def change_group(*, actor: User, group: PeerGroup, name: str, purpose: str) -> PeerGroup:
    """Change a group's name and purpose. Raises Refused: bad_name, forbidden, name_taken."""
    with transaction.atomic():
        group = locked(group)
        require_manager(actor, group)
        if (group.name, group.purpose) != (name, purpose):
            group.name = name if name == group.name else _available_name(name, actor, group=group)
            group.purpose = purpose
            save_named(group, update_fields=["name", "purpose"])
            audit.record(actor=actor, verb=PeersVerb.CHANGE_GROUP, target=group.pk)
            conversation.rename_channels(group)
    return group


def change_agreement(*, actor: User, group: PeerGroup, agreement: str) -> PeerGroup:
    """Store a new version of the agreement. Its author has accepted it, the other members are asked to. Raises Refused: forbidden."""
    with transaction.atomic():
        group = locked(group)
        mine = require_manager(actor, group)
        agreement = tidy_agreement(agreement)
        if group.agreement != agreement:
            group.agreement = agreement
            group.agreement_version += 1
            group.save(update_fields=["agreement", "agreement_version"])
            _write_agreement(group, actor)
            if mine is not None and rules.belongs(mine):
                _accept(group, mine)
            audit.record(actor=actor, verb=PeersVerb.CHANGE_AGREEMENT, target=group.pk)
            conversation.add_notice(group, actor, "agreement")
            notify(AGREEMENT.key, group.pk, actor=actor)
    return group


def change(*, actor: User, group: PeerGroup, name: str, purpose: str, agreement: str, etag: str) -> PeerGroup:
    """Change a group's name, purpose and agreement, unless they were changed since `etag` was read (`PeerGroup.etag`).

    Raises Refused: bad_name, changed, forbidden, name_taken.
    """
    with transaction.atomic():
        group = locked(group)
        wanted = (name, purpose, tidy_agreement(agreement))
        if etag != group.etag and wanted != (group.name, group.purpose, group.agreement):
            require_manager(actor, group)
            raise _changed_since()
        change_group(actor=actor, group=group, name=name, purpose=purpose)
        return change_agreement(actor=actor, group=group, agreement=agreement)


def _accept(group: PeerGroup, membership: Membership) -> None:
    membership.agreed_version = group.agreement_version
    membership.save(update_fields=["agreed_version"])
    _record_acceptance(group, membership.member)
    mark_read(membership.member, AGREEMENT.key, about=group.pk)


def accept(*, member: User, group: PeerGroup, agreed_version: int) -> Membership:
    """Record that a member accepts version `agreed_version`. Raises Refused: agreement_changed, not_found."""
    with transaction.atomic():
        group = locked(group)
        membership = _current(group, member, not_found())
        if agreed_version != group.agreement_version:
            raise _agreement_changed()
        _accept(group, membership)
    return membership


def join(*, member: User, group: PeerGroup, agreed_version: int) -> Membership:
    """Join an open group, or accept an offered seat, by accepting version `agreed_version` of the agreement. Idempotent.

    Without an offer, at most as often as limits.JOIN_RATE.

    Raises Refused: agreement_changed, closed, full, not_found, rate_limited, removed.
    """
    with transaction.atomic():
        group = locked(group)
        membership = membership_of(group, member)
        if membership is not None and rules.belongs(membership):
            return membership
        seats.offer_free_seats(group)
        group = seats.counted(group, member)
        join_request = group.join_requests.filter(member=member).first()
        if not User.objects.active().filter(pk=member.pk).exists():  # suspended or closed during the request
            raise not_found()
        if not rules.can_join(group, membership, join_request):
            raise _why_closed(group, membership, join_request)
        if agreed_version != group.agreement_version:
            raise _agreement_changed()
        if join_request is None or not join_request.is_open_offer:
            _throttle_joins(member)
        membership = _join(group, member, agreed_version=agreed_version)
        audit.record(actor=member, verb=PeersVerb.JOIN, target=group.pk)
    return membership


def _join(group: PeerGroup, member: User, *, agreed_version: int) -> Membership:
    """Begin the membership, and close the open join request."""
    for join_request in group.join_requests.open().filter(member=member):
        seats.move(join_request, JoinRequest.State.CAME)
    return _open_membership(group, member, role=Membership.Role.MEMBER, agreed_version=agreed_version)


def _why_closed(group: PeerGroup, membership: Membership | None, join_request: JoinRequest | None) -> Refused:
    """Return why somebody cannot join."""
    is_expected = join_request is not None and join_request.is_open
    if group.join_policy == PeerGroup.JoinPolicy.HIDDEN and not is_expected:
        return not_found()
    if membership is not None and membership.was_removed:
        return Refused(Refusal.REMOVED, _("Your membership was ended. You can be invited again."))
    if group.join_policy == PeerGroup.JoinPolicy.OPEN:
        return Refused(Refusal.FULL, _("The group is full right now. You can wait for a place."))
    return Refused(Refusal.CLOSED, _("That place isn't open to you anymore. Below is how people join this group now."))


def leave(*, member: User, group: PeerGroup) -> Membership:
    """End one's own membership; it can be undone within limits.LEAVE_UNDO_WINDOW. Raises Refused: not_found."""
    with transaction.atomic():
        group = locked(group)
        membership = _current(group, member, not_found())
        audit.record(actor=member, verb=PeersVerb.LEAVE, target=group.pk)
        _end(membership, by=member)
    return membership


def leave_every_group(*, member: User) -> None:
    """End all memberships and join requests of somebody whose account is closed. Groups see the same notice as when a member leaves."""
    with transaction.atomic():
        inside = Q(pk__in=Membership.objects.current().filter(member=member).values("group"))
        requested = Q(pk__in=JoinRequest.objects.open().filter(member=member).values("group"))
        # In the order of their ids, which is also that of their channels': whoever locks several does it in that order.
        for known in PeerGroup.objects.filter(inside | requested).order_by("pk"):
            group = locked(known)
            membership = membership_of(group, member)
            if membership is not None and rules.belongs(membership):  # not removed since
                _end(membership, by=member)
            for join_request in group.join_requests.open().filter(member=member):
                seats.move(join_request, JoinRequest.State.TAKEN_BACK)
            seats.offer_free_seats(group)


def undo_leave(*, member: User, group: PeerGroup) -> Membership:
    """Undo leaving within limits.LEAVE_UNDO_WINDOW: the membership continues with its role and date of joining.

    Nobody else was given the seat in that time.

    Raises Refused: not_found, rate_limited, too_late.
    """
    with transaction.atomic():
        group = locked(group)
        membership = membership_of(group, member)
        if membership is None or membership.was_removed:
            raise not_found()
        if membership.ended_at is None:
            return membership
        if membership.ended_at < timezone.now() - limits.LEAVE_UNDO_WINDOW:
            raise Refused(Refusal.TOO_LATE, _("You left more than ten minutes ago. The group’s page says how you can come back."))
        if not User.objects.active().filter(pk=member.pk).exists():
            raise not_found()
        _throttle_joins(member)
        membership.ended_at, membership.ended_by = None, None
        membership.save(update_fields=["ended_at", "ended_by"])
        for join_request in group.join_requests.open().filter(member=member):
            seats.move(join_request, JoinRequest.State.CAME)
        audit.record(actor=member, verb=PeersVerb.UNDO_LEAVE, target=group.pk)
        conversation.add_participant(group, member, membership.role, returning=True)
    return membership


def remove(*, actor: User, group: PeerGroup, member: User) -> Membership:
    """End somebody else's membership. Raises Refused: forbidden, not_found."""
    with transaction.atomic():
        group = locked(group)
        mine = require_manager(actor, group)
        membership = _current(group, member, _not_in_group())
        if not rules.can_remove(actor, mine, membership):
            raise Refused(Refusal.FORBIDDEN, _("You can't remove this person. A coordinator or an admin can."))
        audit.record(actor=actor, verb=PeersVerb.REMOVE, target=member.pk)
        _end(membership, by=actor)
        seats.offer_free_seats(group)
    return membership


def record_roster_view(*, actor: User, group: PeerGroup) -> None:
    """Record in the audit trail that somebody from outside the group read its roster."""
    with transaction.atomic():
        audit.record(actor=actor, verb=PeersVerb.VIEW_ROSTER, target=group.pk)


def appoint(*, actor: User, group: PeerGroup, member: User, role: str) -> Membership:
    """Give a member of the group the role `role` (`Membership.Role`). Raises Refused: away, forbidden, not_found."""
    with transaction.atomic():
        # Before the group, as those lock them who close accounts: nobody begins to facilitate who has just asked to go.
        is_here = bool(User.objects.active().select_for_update(no_key=True).filter(pk=member.pk))
        group = locked(group)
        if not rules.can_make(actor):
            raise Refused(Refusal.FORBIDDEN, _("Only a coordinator or an admin can choose who facilitates."))
        membership = _current(group, member, _not_in_group())
        if role == Membership.Role.FACILITATOR and not is_here:
            raise Refused(Refusal.AWAY, _("%(name)s's account is not open, so they can't look after a group.") % {"name": member})
        if membership.role != role:
            _give_role(membership, Membership.Role(role))
            audit.record(actor=actor, verb=PeersVerb.APPOINT, target=member.pk)
    return membership


def step_down(*, member: User, group: PeerGroup) -> Membership:
    """Stop facilitating, and stay in the group. Raises Refused: not_found."""
    with transaction.atomic():
        group = locked(group)
        membership = membership_of(group, member)
        if membership is None or not rules.can_step_down(membership):
            raise not_found()
        _give_role(membership, Membership.Role.MEMBER)
        audit.record(actor=member, verb=PeersVerb.STEP_DOWN, target=group.pk)
    return membership


def _give_role(membership: Membership, role: Membership.Role) -> None:
    membership.role = role
    membership.save(update_fields=["role"])
    conversation.change_role(membership)
