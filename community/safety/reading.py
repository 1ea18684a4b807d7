"""What this room shows: the desk's queue and cases, and to a member their notes, reports and blocks."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.kit import limits
from community.kit.ids import as_id
from community.kit.text.order import by_name
from community.members.models import User

from . import contacts
from .models import Block, Report, ReportQuerySet


@dataclass(frozen=True)
class ReportedMessage:
    """A message in a report. `author` is None where their account was erased."""

    author: User | None
    text: str
    sent: dt.datetime
    reported: bool


def unread_notes(member: User) -> int:
    """How many notes of moderators `member` has not marked as read."""
    return Report.objects.notes_to(member).filter(note_read_at=None).count()


def unseen_answers(member: User) -> int:
    """How many decisions on reports of `member` they have not seen yet."""
    return Report.objects.answers_to(member).count()


def queue(person: User) -> ReportQuerySet:
    """The open reports that `person` may decide on, the most urgent first."""
    return Report.objects.open().on_desk_of(person).by_urgency()


def neighbors(person: User, report: Report) -> tuple[Any, Any]:
    """Return the ids of the reports before and after this one in the queue, None where there is none."""
    ids = list(queue(person).values_list("pk", flat=True))
    at = ids.index(report.pk) if report.pk in ids else -1
    before = ids[at - 1] if at > 0 else None
    return before, next(iter(ids[at + 1 :]), None)


def waiting(person: User) -> tuple[int, int]:
    """How many reports wait for `person`, and how many of them are urgent."""
    urgent = Count("pk", filter=Q(reason=Report.Reason.DANGER))
    counts = Report.objects.open().on_desk_of(person).aggregate(all=Count("pk"), urgent=urgent)
    return counts["all"], counts["urgent"]


def promised_hours() -> int | None:
    """In how many hours a report is looked at: what the center has set, if that was true of every report of the last 30 days; else None."""
    hours = centre().report_hours
    if not hours:
        return None
    patience, now = dt.timedelta(hours=hours), timezone.now()
    lately = Report.objects.filter(made_at__gt=now - limits.REPORT_PROMISE_WINDOW)
    late = lately.filter(decided_at__gt=F("made_at") + patience) | lately.filter(decided_at=None, made_at__lt=now - patience)
    return None if late.exists() else hours


def reported(report: Report) -> ReportedMessage:
    """What was reported, as it was then."""
    return ReportedMessage(report.author, report.snapshot["text"], dt.datetime.fromisoformat(report.snapshot["sent"]), True)


def reported_messages(report: Report) -> list[ReportedMessage]:
    """What was reported and the messages around it, in the order in which they were sent."""
    snapshot: dict[str, Any] = report.snapshot
    people = User.objects.in_bulk([who for author, _text, _sent in snapshot["around"] if (who := as_id(author))])
    around = [
        ReportedMessage(people.get(as_id(author)), text, dt.datetime.fromisoformat(sent), False)
        for author, text, sent in snapshot["around"]
    ]
    return sorted([*around, reported(report)], key=lambda message: message.sent)


def spaces_of(report: Report, reader: User) -> list[str]:
    """The names of the spaces that reporter and reported person shared, as far as `reader` may know of them."""
    return contacts.names(reader, report.snapshot.get("places", []))


def done_sentence(report: Report) -> str:
    """What the page says after a decision."""
    return {
        Report.Decision.NONE: _("Done. Nothing was changed."),
        Report.Decision.HIDDEN: _("Hidden. The note is there for them to read."),
        Report.Decision.ACTED: _("Done. It's noted that something was done about it."),
    }[Report.Decision(report.decision)]


def blocks_of(member: User) -> list[Block]:
    """Whom `member` has blocked, with the people, by name."""
    return by_name(Block.objects.filter(blocker=member).select_related("blocked"), lambda block: block.blocked.name)
