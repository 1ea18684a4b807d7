"""What this room shows: the desk's queue and cases, and to a member their notes, reports and blocks."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from community.kit.ids import as_id
from community.members.models import User

from .models import Block, Report, ReportQuerySet


@dataclass(frozen=True)
class Line:
    """One thing that was said. `author` is None where their account is gone."""

    author: User | None
    text: str
    sent: dt.datetime
    reported: bool


def unread_notes(member: User) -> int:
    """How many notes of moderators `member` has not marked as read."""
    return Report.objects.notes_to(member).filter(note_read_at=None).count()


def queue(person: User) -> ReportQuerySet:
    """The open reports that `person` may decide on, the most urgent first."""
    return Report.objects.open().on_desk_of(person).by_urgency()


def waiting(person: User) -> tuple[int, int]:
    """How many reports wait for `person`, and how many of them are urgent."""
    urgent = Count("pk", filter=Q(reason=Report.Reason.DANGER))
    counts = Report.objects.open().on_desk_of(person).aggregate(all=Count("pk"), urgent=urgent)
    return counts["all"], counts["urgent"]


def lines(report: Report) -> list[Line]:
    """What was reported and what stood around it, in the order in which it was sent."""
    kept: dict[str, Any] = report.snapshot
    people = User.objects.in_bulk([who for author, _text, _sent in kept["around"] if (who := as_id(author))])
    said = [Line(people.get(as_id(author)), text, dt.datetime.fromisoformat(sent), False) for author, text, sent in kept["around"]]
    said.append(Line(report.author, kept["text"], dt.datetime.fromisoformat(kept["sent"]), True))
    return sorted(said, key=lambda line: line.sent)


def sent_at(report: Report) -> dt.datetime:
    """When what was reported was sent."""
    return dt.datetime.fromisoformat(report.snapshot["sent"])


def blocks_of(member: User) -> list[Block]:
    """Whom `member` has blocked, with the people, by name."""
    return list(Block.objects.filter(blocker=member).select_related("blocked").order_by("blocked__name"))
