"""What this room gives to the rooms below it, and that people can be reported."""

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from community.centre import retention
from community.members.models import User

from . import meeting, reportable
from .models import Report
from .reportable import Snapshot


def _decided(before: dt.datetime) -> QuerySet[Report]:
    return Report.objects.filter(state=Report.State.CLOSED, decided_at__lt=before)


retention.register("keep_reports", _decided)


def find_person(reporter: User, id: UUID) -> Snapshot | None:
    """A person whom this reporter has met: their name, as it is now, and the lines that they wrote to this reporter alone."""
    person = User.objects.filter(pk=id).first()
    met = meeting.meetings(reporter, person) if person else []
    if person is None or not met:
        return None
    places = {each.place for each in met}
    lines = sorted((each.written, each.line) for each in met if each.line and each.written)
    around = [(str(person.pk), line, written) for written, line in lines]
    return Snapshot(person, ", ".join(meeting.names(reporter, places)), person.name, timezone.now(), around, places)


reportable.register("person", find=find_person)
