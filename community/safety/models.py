"""Reports, what a moderator decided on them, and blocks."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from community.kit.ids import new_id
from community.members.models import User
from community.members.roles import HOLDERS, Right


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> "ReportQuerySet":
        """Reports that wait for a decision."""
        return self.filter(state=Report.State.OPEN)

    def on_desk_of(self, person: User) -> "ReportQuerySet":
        """What `person` may read and decide on (`rules.can_decide`, asked of the database)."""
        others = self.exclude(author=person)
        if person.may(Right.MODERATE):
            return others
        moderators = get_user_model().objects.filter(groups__name__in=HOLDERS[Right.MODERATE])
        return others.filter(author__in=moderators) if person.may(Right.MODERATE_MODERATORS) else self.none()

    def by_urgency(self) -> "ReportQuerySet":
        """Danger first, then the oldest."""
        danger = Case(When(reason=Report.Reason.DANGER, then=Value(0)), default=Value(1))
        return self.order_by(danger, "made_at", "id")

    def with_note(self) -> "ReportQuerySet":
        """Decisions with a note to the author."""
        return self.filter(decision=Report.Decision.HIDDEN).exclude(kind_note="")

    def notes_to(self, member: User) -> "ReportQuerySet":
        """Decisions with a note to `member`, the newest first."""
        return self.with_note().filter(author=member).order_by("-decided_at", "-id")

    def answers_to(self, member: User) -> "ReportQuerySet":
        """Decisions on what `member` reported that they have not seen yet."""
        return self.filter(reporter=member, state=Report.State.CLOSED, answer_seen_at=None)


class Report(models.Model):
    """Something that a member reported to the moderators, as it was then, and the decision on it."""

    class Reason(models.TextChoices):
        DANGER = "danger", _("Someone may be in danger")
        SELLING = "selling", _("Selling or sourcing")
        UNKIND = "unkind", _("Unkind or threatening")
        PRIVATE = "private", _("Shares somebody's private details")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for a moderator")
        CLOSED = "closed", _("Looked at")

    class Decision(models.TextChoices):
        NONE = "none", _("No action")
        HIDDEN = "hidden", _("Hide it, with a note to its author")
        ACTED = "acted", _("Something was done about it")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reports_made")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")  # of what is reported
    kind = models.CharField(max_length=20)
    target_id = models.UUIDField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    snapshot = models.JSONField()  # {"text", "where", "sent", "around": [[author id, text, sent], …], "places": [id, …]}, ISO 8601
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    why = models.TextField(max_length=500, blank=True)  # for the other moderators
    kind_note = models.TextField(max_length=1000, blank=True)  # what the author reads
    note_read_at = models.DateTimeField(null=True, blank=True)
    answer_seen_at = models.DateTimeField(null=True, blank=True)  # when the reporter saw the decision

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reporter", "kind", "target_id"], condition=Q(state="open"), name="one_open_report_each"),
            models.CheckConstraint(
                condition=Q(state="open", decision="", decided_at=None) | Q(state="closed", decided_at__isnull=False) & ~Q(decision=""),
                name="a_closed_report_is_decided",
            ),
        ]
        indexes = [models.Index(fields=["state", "made_at"]), models.Index(fields=["kind", "target_id"])]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_urgent(self) -> bool:
        """Somebody may be in danger."""
        return self.reason == self.Reason.DANGER


class Block(models.Model):
    """That `blocker` does not want to see what `blocked` writes. The blocked person is not told."""

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks_made")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_a_person"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="nobody_blocks_themself"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
