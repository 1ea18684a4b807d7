"""Reports and what was decided on them, and blocks."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.kit.ids import new_id


class Reason(models.TextChoices):
    DANGER = "danger", _("Someone may be in danger")
    UNKIND = "unkind", _("Unkind or threatening")
    PRIVATE = "private", _("Shares somebody's private details")
    SELLING = "selling", _("Selling, or saying where to get something")
    OTHER = "other", _("Something else")


class ReportQuerySet(models.QuerySet["Report"]):
    def waiting(self) -> "ReportQuerySet":
        """Those that nobody has decided on, where someone may be in danger first, then the oldest."""
        urgent = models.Case(models.When(reason=Reason.DANGER, then=0), default=1)
        return self.filter(decision="").order_by(urgent, "made_at")

    def decided(self) -> "ReportQuerySet":
        return self.exclude(decision="").order_by("-decided_at")


class Report(models.Model):
    """That somebody asks a moderator to look at something. The snapshot keeps what they saw, whatever becomes of it.

    `snapshot`: {"author": member id or None, "where": str, "text": str, "sent": ISO 8601,
    "around": [{"author": member id or None, "text": str, "sent": ISO 8601}]}. Names are looked up, never copied.
    """

    class Decision(models.TextChoices):
        NONE = "none", _("Nothing to do")
        HIDDEN = "hidden", _("Hidden")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reports")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=20)
    target = models.UUIDField()
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    words = models.TextField(_("in your words"), max_length=1000, blank=True)
    snapshot = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)  # to the author, from the moderators
    note_read_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reporter", "kind", "target"], condition=Q(decision=""), name="one_open_report_a_reporter")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Block(models.Model):
    """That one member does not want to read another. Nobody but the blocker learns of it."""

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_a_person"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="nobody_blocks_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"
