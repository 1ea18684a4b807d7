"""Peer groups and who belongs to them."""

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import register_setting

from community.centre.texts import Draft, Edition, draft_panels
from community.kit.ids import new_id
from community.members.roles import Right

UNDO = dt.timedelta(minutes=10)  # for how long a member can take their own leaving back


class PeerGroupQuerySet(models.QuerySet["PeerGroup"]):
    def with_membership_of(self, member: Any) -> "PeerGroupQuerySet":
        """Each with `is_mine`: whether `member` belongs to it now."""
        mine = Membership.objects.current().filter(group=OuterRef("pk"), member=member)
        return self.annotate(is_mine=Exists(mine))  # type: ignore[no-redef]  # declared on the model

    def visible_to(self, member: Any) -> "PeerGroupQuerySet":
        """The groups that `member` may know of: open ones, those they belong to, and to an admin all."""
        known = self.with_membership_of(member)
        return known if member.may(Right.MAKE_GROUPS) else known.filter(Q(door=PeerGroup.Door.OPEN) | Q(is_mine=True))

    def inside_for(self, member: Any) -> "PeerGroupQuerySet":
        """The groups whose roster `member` may ask for: their own, and to an admin all."""
        known = self.with_membership_of(member)
        return known if member.may(Right.MAKE_GROUPS) else known.filter(is_mine=True)  # type: ignore[misc]  # annotated above

    def of(self, member: Any) -> "PeerGroupQuerySet":
        """The groups that `member` belongs to."""
        return self.with_membership_of(member).filter(is_mine=True)  # type: ignore[misc]  # annotated above

    def with_size(self) -> "PeerGroupQuerySet":
        """Each with `size`: how many people belong to it now."""
        people = Membership.objects.here().filter(group=OuterRef("pk")).order_by().values("group").annotate(n=Count("pk")).values("n")
        return self.annotate(size=Coalesce(Subquery(people), 0))  # type: ignore[no-redef]  # declared on the model

    def with_facilitators(self) -> "PeerGroupQuerySet":
        """Each with `led`: the memberships of its facilitators with their people, by name."""
        led = Membership.objects.here().filter(role=Membership.Role.FACILITATOR).select_related("member").order_by("member__name")
        return self.prefetch_related(Prefetch("memberships", queryset=led, to_attr="led"))


class PeerGroup(models.Model):
    """A circle of members with a purpose, an agreement and facilitators who look after it."""

    class Door(models.TextChoices):
        OPEN = "open", _("Open: every member sees it and may join")
        HIDDEN = "hidden", _("Hidden: only those who are added know that it exists")

    class Past(models.TextChoices):
        ALL = "all", _("everything that was written before")
        JOINING = "joining", _("what is written from the day they join")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=60)
    purpose = models.CharField(_("purpose"), max_length=200, help_text=_("One sentence: whom the group is for."))
    agreement = models.TextField(_("agreement"), max_length=2000, help_text=_("What members promise one another, a line each."))
    agreement_version = models.PositiveIntegerField(default=1, editable=False)
    door = models.CharField(_("who may join"), max_length=10, choices=Door.choices, default=Door.OPEN)
    past = models.CharField(_("newcomers see"), max_length=10, choices=Past.choices, default=Past.ALL)
    made_at = models.DateTimeField(auto_now_add=True)

    # What the querysets above and the list of groups add to a row.
    is_mine: bool
    size: int
    size_in_words: str

    objects = PeerGroupQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        # Only among open groups: "that name is taken" would tell of a hidden one.
        constraints = [models.UniqueConstraint(fields=["name"], condition=Q(door="open"), name="one_open_group_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def edition(self) -> str:
        """A short name for what the group says of itself now: another one after any change of it."""
        return hashlib.sha256("\x00".join((self.name, self.purpose, self.agreement)).encode()).hexdigest()[:16]

    @property
    def agreement_lines(self) -> list[str]:
        """The agreement, a promise a line, without empty ones."""
        return [line.strip() for line in self.agreement.splitlines() if line.strip()]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def here(self) -> "MembershipQuerySet":
        """Those that have not ended, of people whose account is open: whom a roster shows."""
        return self.current().filter(member__is_active=True)

    def left_lately(self, member: Any) -> "MembershipQuerySet":
        """Those that `member` ended by themselves and can still take back."""
        return self.filter(member=member, ended_by=member, ended_at__gte=timezone.now() - UNDO)


class Membership(models.Model):
    """That a member belongs to a group, from when, and what they agreed to. One row a member and group, kept when it ends."""

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
        """Facilitates the group now."""
        return self.ended_at is None and self.role == self.Role.FACILITATOR

    @property
    def was_removed(self) -> bool:
        """Ended by somebody else."""
        return self.ended_at is not None and self.ended_by_id != self.member_id

    @property
    def undo_until(self) -> dt.datetime | None:
        """Until when a leaving of one's own can be taken back."""
        return self.ended_at + UNDO if self.ended_at and not self.was_removed else None


class AgreementText(Edition):
    """One version of the agreement that a new group is offered, a promise a line. A group's own agreement is its own."""


@register_setting(icon="list-ul")
class AgreementDraft(Draft):
    """The next version of it, while admins write it."""

    body = models.TextField(_("text"), max_length=2000, blank=True)

    panels = draft_panels("agreement", _("What members promise one another, a line each."))

    class Meta:
        verbose_name = _("agreement for new groups")
