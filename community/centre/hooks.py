"""What the ground keeps, and how long: the room below has no centre to ask. What of it guests see."""

import datetime as dt

from django.db.models import QuerySet

from community.kit import generation
from community.kit.models import AuditEntry, OutboxEmail, PolicyReport, QueuedEmail

from . import (
    retention,
    tasks,  # noqa: F401  (registers the periodic jobs)
)
from .models import Centre, OwnLine

generation.changes_with(Centre, OwnLine, OutboxEmail)  # a demo's pages say how many e-mails its outbox holds


def _audit(before: dt.datetime) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(at__lt=before).order_by()


def _policy_reports(before: dt.datetime) -> QuerySet[PolicyReport]:
    return PolicyReport.objects.filter(day__lt=before.date())


def _emails(before: dt.datetime) -> QuerySet[QueuedEmail]:
    """E-mails that are no longer on their way: their words are deleted already, what is left says that there was one."""
    return QueuedEmail.objects.exclude(state__in=[QueuedEmail.State.WAITING, QueuedEmail.State.LEAVING]).filter(made_at__lt=before)


def _outbox(before: dt.datetime) -> QuerySet[OutboxEmail]:
    return OutboxEmail.objects.filter(at__lt=before).order_by()


retention.register("keep_audit", _audit)
retention.register("keep_audit", _policy_reports)
retention.register("keep_emails", _emails)
retention.register("keep_emails", _outbox)
