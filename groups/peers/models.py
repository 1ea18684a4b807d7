"""Peer groups, their members, join requests and agreements."""

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import register_setting

from community.centre.policies import PolicyDraft, PolicyVersion, draft_panels
from community.kit import limits
from community.kit.ids import new_id
from community.members.models import User
from community.members.roles import Right
from groups.chat.last_words import LastWords
from groups.chat.models import Channel
from groups.chat.reading import ChannelView

CHANNEL_KIND = "group"  # of the channels that groups have


class PeerGroupQuerySet(models.QuerySet["PeerGroup"]):
    def with_membership_of(self, member: User) -> "PeerGroupQuerySet":
        """Each with `is_mine`: whether `member` belongs to it now."""
        mine = Membership.objects.current().filter(group=OuterRef("pk"), member=member)
        return self.annotate(is_mine=Exists(mine))  # type: ignore[no-redef]  # declared on the model

    def visible_to(self, member: User) -> "PeerGroupQuerySet":
        """The groups that `member` may know of: all that are not hidden, their own, and those with their open join request.

        Who may make groups knows of all.
        """
        known = self.with_membership_of(member)
        if member.may(Right.MAKE_GROUPS):
            return known
        requested = JoinRequest.objects.open().filter(group=OuterRef("pk"), member=member)
        return known.filter(~Q(join_policy=PeerGroup.JoinPolicy.HIDDEN) | Q(is_mine=True) | Exists(requested))

    def inside_for(self, member: User) -> "PeerGroupQuerySet":
        """The groups whose roster `member` may read: their own. Who may make groups: all."""
        known = self.with_membership_of(member)
        return known if member.may(Right.MAKE_GROUPS) else known.filter(is_mine=True)  # type: ignore[misc]  # annotated above

    def of(self, member: User) -> "PeerGroupQuerySet":
        """The groups that `member` belongs to."""
        return self.with_membership_of(member).filter(is_mine=True)  # type: ignore[misc]  # annotated above

    def with_size(self) -> "PeerGroupQuerySet":
        """Each with `size`: how many people belong to it now."""
        return self.annotate(size=_count_in_group(Membership.objects.on_roster()))  # type: ignore[no-redef]  # declared on the model

    def with_seats_for(self, member: User | None) -> "PeerGroupQuerySet":
        """Each with `taken`: the seats that `member` cannot have, since others sit there, were offered them or can still undo leaving."""
        leaving = Membership.objects.filter(ended_by=F("member"), ended_at__gte=timezone.now() - limits.LEAVE_UNDO_WINDOW).exclude(
            member=member
        )
        others = JoinRequest.objects.open_offers().exclude(member=member)
        taken = _count_in_group(Membership.objects.on_roster()) + _count_in_group(leaving) + _count_in_group(others)
        return self.annotate(taken=taken)  # type: ignore[no-redef]  # declared on the model

    def with_facilitators(self) -> "PeerGroupQuerySet":
        """Each with `led`: its facilitators' memberships, with their members."""
        led = Membership.objects.leading().select_related("member")
        return self.prefetch_related(Prefetch("memberships", queryset=led, to_attr="led"))  # type: ignore[no-redef]  # declared on the model

    def without_facilitator(self) -> "PeerGroupQuerySet":
        """Those without a facilitator."""
        return self.exclude(Exists(Membership.objects.leading().filter(group=OuterRef("pk"))))


def _count_in_group(rows: models.QuerySet[Any]) -> Coalesce:
    """How many of `rows` belong to the group of the outer query."""
    counted = rows.filter(group=OuterRef("pk")).order_by().values("group").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


class PeerGroup(models.Model):
    """A circle of members with a purpose, an agreement and facilitators who look after it."""

    class JoinPolicy(models.TextChoices):
        OPEN = "open", _("Open: every member sees it and may join")
        ASK = "ask", _("Ask: every member sees it and may ask a facilitator")
        INVITED = "invited", _("By invitation: every member sees it, and a facilitator invites")
        HIDDEN = "hidden", _("Hidden: only its people and those who are invited know that it exists")

    class HistoryVisibility(models.TextChoices):
        ALL = "all", _("everything that was written before they came")
        JOINING = "joining", _("only what's written after they join")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=60)
    purpose = models.CharField(_("purpose"), max_length=200, help_text=_("One sentence: who the group is for."))
    agreement = models.TextField(_("agreement"), max_length=2000, help_text=_("What members promise one another, one per line."))
    agreement_version = models.PositiveIntegerField(default=1, editable=False)
    join_policy = models.CharField(_("who may join"), max_length=10, choices=JoinPolicy.choices, default=JoinPolicy.OPEN)
    capacity = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)  # None: no limit
    history_visibility = models.CharField(
        _("newcomers see"), max_length=10, choices=HistoryVisibility.choices, default=HistoryVisibility.ALL
    )
    history_visible_from = models.DateTimeField(null=True, blank=True, editable=False)  # anything older stays closed to newcomers
    made_at = models.DateTimeField(auto_now_add=True)
    channels: models.ManyToManyField[Channel, "GroupChannel"] = models.ManyToManyField(
        Channel, through="GroupChannel", related_name="groups", related_query_name="group"
    )

    # Added by the querysets above and by `reading.groups_for`.
    is_mine: bool
    size: int
    size_in_words: str
    taken: int
    join_request: "JoinRequest | None"
    conversation: ChannelView | None
    last_words: LastWords | None
    led: "list[Membership]"

    objects = PeerGroupQuerySet.as_manager()

    class Meta:
        # Not among hidden groups: "that name is taken" would tell of one.
        constraints = [models.UniqueConstraint(fields=["name"], condition=~Q(join_policy="hidden"), name="one_listed_group_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        """A hash of the group's name, purpose and agreement, by which a form knows that they were changed since it was shown."""
        return hashlib.sha256("\x00".join((self.name, self.purpose, self.agreement)).encode()).hexdigest()[:16]

    @property
    def join_rules_etag(self) -> str:
        """The same for the join policy, history visibility and capacity."""
        return f"{self.join_policy}-{self.history_visibility}-{self.capacity or 'any'}"

    @property
    def is_full(self) -> bool:
        """No seat is free for the member whom `with_seats_for` was given."""
        return self.capacity is not None and self.taken >= self.capacity

    @property
    def agreement_lines(self) -> list[str]:
        """The promises of the agreement."""
        return lines_of(self.agreement)


def lines_of(agreement: str) -> list[str]:
    """Return the promises of an agreement, stripped and without empty ones."""
    return [line.strip() for line in agreement.splitlines() if line.strip()]


class GroupChannel(models.Model):
    """That a channel is a group's."""

    group = models.ForeignKey(PeerGroup, on_delete=models.CASCADE)
    channel = models.OneToOneField(Channel, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"{self.channel} of {self.group}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def on_roster(self) -> "MembershipQuerySet":
        """Current ones of members whose account is open: what a roster shows."""
        return self.current().filter(member__is_active=True)

    def leading(self) -> "MembershipQuerySet":
        """Those of facilitators whose account is open and not suspended: they read join requests and answer them."""
        return self.on_roster().filter(role=Membership.Role.FACILITATOR, member__suspended_at=None)

    def must_agree(self) -> "MembershipQuerySet":
        """Those of members who have not accepted their group's current agreement."""
        return self.current().exclude(agreed_version=F("group__agreement_version"))

    def left_recently(self, member: User) -> "MembershipQuerySet":
        """Those that `member` ended themselves and can still undo."""
        return self.filter(member=member, ended_by=member, ended_at__gte=timezone.now() - limits.LEAVE_UNDO_WINDOW)


class Membership(models.Model):
    """That a member belongs to a group, since when, and what they agreed to. One row per member and group, which stays when it ends."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        FACILITATOR = "facilitator", _("Facilitator")

    group = models.ForeignKey(PeerGroup, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MEMBER)
    agreed_version = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "member"], name="one_membership_a_group")]
        indexes = [models.Index(fields=["member", "ended_at"])]

    def __str__(self) -> str:
        return f"{self.member} in {self.group}"

    @property
    def leads(self) -> bool:
        """Is a current facilitator's."""
        return self.ended_at is None and self.role == self.Role.FACILITATOR

    @property
    def was_removed(self) -> bool:
        """Ended by somebody else."""
        return self.ended_at is not None and self.ended_by_id != self.member_id


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def open(self) -> "JoinRequestQuerySet":
        """Those that are asked, waiting or offered."""
        return self.filter(state__in=JoinRequest.OPEN)

    def of_active_members(self) -> "JoinRequestQuerySet":
        """Those of members whose account is open and not suspended."""
        return self.filter(member__is_active=True, member__suspended_at=None)

    def asked(self) -> "JoinRequestQuerySet":
        """Requests that a facilitator still has to answer, oldest first."""
        return self.of_active_members().filter(state=JoinRequest.State.ASKED).order_by("made_at", "pk")

    def waiting(self) -> "JoinRequestQuerySet":
        """The waiting list, next one first."""
        return self.of_active_members().filter(state=JoinRequest.State.WAITING).order_by("made_at", "pk")

    def open_offers(self) -> "JoinRequestQuerySet":
        """Offers that can still be accepted: each holds a seat."""
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()), state=JoinRequest.State.OFFERED)

    def overdue(self) -> "JoinRequestQuerySet":
        """Offers that have run out."""
        return self.filter(until__lte=timezone.now(), state=JoinRequest.State.OFFERED)

    def decided(self) -> "JoinRequestQuerySet":
        """Requests that others or time decided, but for groups that are hidden by now."""
        return self.filter(state__in=JoinRequest.DECIDED).exclude(group__join_policy=PeerGroup.JoinPolicy.HIDDEN)

    def unseen_decisions_of(self, member: User) -> "JoinRequestQuerySet":
        """Those decided ones of `member` that they have not seen."""
        return self.decided().filter(member=member, seen_at=None)


class JoinRequest(models.Model):
    """That somebody asked for a seat in a group, waits for one or was offered one. One row per member and group, used again."""

    class Origin(models.TextChoices):
        ASKED = "asked"
        WAITED = "waited"
        INVITED = "invited"
        SUGGESTED = "suggested"  # by staff, to a cohort

    class State(models.TextChoices):
        ASKED = "asked"  # a facilitator still has to answer
        WAITING = "waiting"  # for a seat
        OFFERED = "offered"  # a seat is theirs if they accept the agreement
        CAME = "came"
        TAKEN_BACK = "taken back"  # by the member, who withdrew the request, left the waiting list or declined the offer
        REFUSED = "refused"  # a facilitator said no
        WITHDRAWN = "withdrawn"  # by a facilitator, who withdrew the offer or took them off the waiting list
        LAPSED = "lapsed"  # the offer ran out and went to the next

    OPEN = (State.ASKED, State.WAITING, State.OFFERED)
    DECIDED = (State.REFUSED, State.WITHDRAWN, State.LAPSED)  # by others or by time; the member is shown it once

    group = models.ForeignKey(PeerGroup, on_delete=models.CASCADE, related_name="join_requests")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="join_requests")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    message = models.CharField(max_length=200, blank=True)  # to the facilitators; deleted once it is answered
    answer = models.CharField(max_length=200, blank=True)  # from a facilitator
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()  # gives the position on the waiting list
    changed_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)  # of an offer; None: no end
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        db_table = "peers_arrival"
        constraints = [models.UniqueConstraint(fields=["group", "member"], name="one_join_request_a_group")]
        indexes = [models.Index(fields=["member", "state"])]

    def __str__(self) -> str:
        return f"{self.member} to {self.group}"

    @property
    def is_open(self) -> bool:
        """Asked, waiting or offered."""
        return self.state in self.OPEN

    @property
    def is_open_offer(self) -> bool:
        """Is an offer that can be accepted now."""
        return self.state == self.State.OFFERED and (self.until is None or self.until > timezone.now())

    @property
    def ask_again_from(self) -> dt.datetime | None:
        """When the member may ask again after a no; None where nobody said no."""
        return self.changed_at + limits.ASK_AGAIN_AFTER if self.state == self.State.REFUSED else None


class AgreementText(models.Model):
    """One version of a group's agreement. Never changes."""

    group = models.ForeignKey(PeerGroup, on_delete=models.CASCADE, related_name="agreement_texts")
    version = models.PositiveIntegerField()
    body = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()

    # Added by `views.agreement` for one reader.
    is_accepted: bool
    accepted_at: dt.datetime | None

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["group", "version"], name="one_agreement_text_a_version")]

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def lines(self) -> list[str]:
        """Its promises."""
        return lines_of(self.body)


class Acceptance(models.Model):
    """That a member accepted a version, and when; without a time where that was before times were stored."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="acceptances")
    text = models.ForeignKey(AgreementText, on_delete=models.CASCADE, related_name="acceptances")
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "text"], name="acceptance_once_a_version")]

    def __str__(self) -> str:
        return f"{self.member}: {self.text}"


class NewAgreement(PolicyVersion):
    """One version of the agreement that a new group starts with, one promise per line."""


@register_setting(icon="list-ul")
class AgreementDraft(PolicyDraft):
    """The next version of `NewAgreement`, while admins write it."""

    body = models.TextField(_("text"), max_length=2000, blank=True)

    panels = draft_panels("agreement", _("What members promise one another, one per line."))

    class Meta:
        verbose_name = _("agreement for new groups")


class Suggestion(models.Model):
    """That staff suggest a group to a cohort: each of its members is offered a seat when they join the site."""

    group = models.ForeignKey(PeerGroup, on_delete=models.CASCADE, related_name="suggestions")
    cohort = models.ForeignKey("members.Cohort", on_delete=models.CASCADE, related_name="suggestions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "cohort"], name="one_suggestion_a_cohort")]

    def __str__(self) -> str:
        return f"{self.group} to {self.cohort}"
