"""What the ground keeps, and how long: the room below has no centre to ask."""

import datetime as dt

from django.db.models import QuerySet

from community.kit.models import AuditEntry, KeptLetter, Letter, PolicyReport

from . import (
    retention,
    tasks,  # noqa: F401  (registers the jobs of the clock)
)


def _audit(before: dt.datetime) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(at__lt=before).order_by()


def _policy_reports(before: dt.datetime) -> QuerySet[PolicyReport]:
    return PolicyReport.objects.filter(day__lt=before.date())


def _letters(before: dt.datetime) -> QuerySet[Letter]:
    """Letters that are over: their words went with them, what is left says that there was one."""
    return Letter.objects.filter(state__in=[Letter.State.SENT, Letter.State.FAILED], made_at__lt=before)


def _kept_letters(before: dt.datetime) -> QuerySet[KeptLetter]:
    return KeptLetter.objects.filter(at__lt=before).order_by()


retention.register("keep_audit", _audit)
retention.register("keep_audit", _policy_reports)
retention.register("keep_letters", _letters)
retention.register("keep_letters", _kept_letters)
