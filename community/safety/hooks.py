"""What this room gives to the rooms below it."""

import datetime as dt

from django.db.models import QuerySet

from community.centre import retention

from .models import Report


def _decided(before: dt.datetime) -> QuerySet[Report]:
    return Report.objects.filter(state=Report.State.CLOSED, decided_at__lt=before)


retention.register("keep_reports", _decided)
