"""Every write of this room: reporting, blocking, deciding, and reading what was decided."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import audit, limits
from community.kit.errors import Refusal, Refused
from community.members.models import User
from community.notifications.actions import forget_about, mark_each_read, mark_read, notify

from . import reportable, rules
from .models import Block, Report
from .notifying import ANSWER, NOTE, REPORT
from .verbs import SafetyVerb


def _as_json(thing: reportable.Snapshot) -> dict[str, Any]:
    around = [[author, text, sent.isoformat()] for author, text, sent in thing.around]
    spaces = [str(space) for space in thing.spaces]
    return {"text": thing.text, "where": thing.where, "sent": thing.sent.isoformat(), "around": around, "places": spaces}


def report(*, member: User, kind: str, target_id: UUID, reason: str, note: str = "") -> Report:
    """Report something to the moderators. While the report is open, reporting it again changes the same one.

    Raises Refused: forbidden, not_found, rate_limited.
    """
    thing = reportable.find(kind, member, target_id)
    if thing is None:
        raise Refused(Refusal.NOT_FOUND, _("That is not here, or it is not open to you."))
    if not rules.can_report(member, thing):
        raise Refused(Refusal.FORBIDDEN, _("You can't report yourself, or what you wrote."))
    with transaction.atomic():
        mine = Report.objects.filter(reporter=member)
        same = mine.open().filter(kind=kind, target_id=target_id)
        if (first := same.select_for_update().first()) is not None:
            was_urgent = first.is_urgent
            first.reason, first.note = reason, note
            first.save(update_fields=["reason", "note"])
            if first.is_urgent and not was_urgent:
                notify(REPORT.key, first.pk, actor=member)
            return first
        if mine.filter(made_at__gt=timezone.now() - limits.REPORT_RATE.within).count() >= limits.REPORT_RATE.most:
            raise Refused(Refusal.RATE_LIMITED, _("You have sent many reports today. If someone is in danger, please use Help now."))
        try:
            with transaction.atomic():
                made = Report.objects.create(
                    reporter=member, author=thing.author, kind=kind, target_id=target_id, reason=reason, note=note, snapshot=_as_json(thing)
                )
        except IntegrityError:  # the same report, sent twice at once
            return same.get()
        audit.record(actor=member, verb=SafetyVerb.REPORT, target=made.pk)
        notify(REPORT.key, made.pk, actor=member)
    return made


def block(*, member: User, other: User) -> Block:
    """Stop seeing what `other` writes. They are not told, and it is not in the audit trail.

    Raises Refused: not_found.
    """
    if not rules.can_block(member, other):
        raise Refused(Refusal.NOT_FOUND, _("That person is not here."))
    with transaction.atomic():
        return Block.objects.get_or_create(blocker=member, blocked=other)[0]


def unblock(*, member: User, other: User) -> None:
    """See again what `other` writes."""
    with transaction.atomic():
        Block.objects.filter(blocker=member, blocked=other).delete()


def decide(*, actor: User, report: Report, decision: str, why: str, kind_note: str = "") -> Report:
    """Close a report. Hiding needs a note to the author, and closes the other open reports of the same thing too.

    Raises Refused: closed, empty, forbidden, invalid.
    """
    with transaction.atomic():
        report = _to_decide(report, actor)
        if report.state == Report.State.CLOSED:
            raise Refused(Refusal.CLOSED, _("Someone has already decided on this report."))
        if decision not in rules.decisions_on(report):
            raise Refused(Refusal.INVALID, _("Choose what to do."))
        if not why.strip():
            raise Refused(Refusal.EMPTY, _("Write down why."))
        hides = decision == Report.Decision.HIDDEN
        if hides and not kind_note.strip():
            raise Refused(Refusal.EMPTY, _("Write a note to the author."))
        report.state, report.decision, report.why = Report.State.CLOSED, Report.Decision(decision), why.strip()
        report.decided_by, report.decided_at = actor, timezone.now()
        report.kind_note = kind_note.strip() if hides else ""
        report.save(update_fields=["state", "decision", "why", "decided_by", "decided_at", "kind_note"])
        closed = [report]
        if hides:
            reportable.hide(report.kind, actor=actor, id=report.target_id, note=report.kind_note)
            notify(NOTE.key, report.pk, actor=actor)
            closed += _close_others(report)
        for each in closed:
            forget_about(each.pk, REPORT.key)
            notify(ANSWER.key, each.pk, actor=actor)
        audit.record(actor=actor, verb=SafetyVerb.DECIDE, target=report.pk)
    return report


def take_back(*, actor: User, report: Report) -> Report:
    """Reopen a report that `actor` closed a moment ago, and those closed with it. What was hidden is shown again.

    Raises Refused: forbidden, reported_again, too_late.
    """
    with transaction.atomic():
        report = _to_decide(report, actor)
        if report.decided_by != actor or report.decided_at is None or report.decided_at < timezone.now() - limits.DECISION_UNDO_WINDOW:
            raise Refused(Refusal.TOO_LATE, _("This can't be taken back anymore."))
        decided = Report.objects.filter(kind=report.kind, target_id=report.target_id, state=Report.State.CLOSED)
        together = decided.filter(decided_by=actor, decided_at=report.decided_at)
        reopened = list(together.values_list("pk", flat=True))
        hidden = decided.filter(decision=Report.Decision.HIDDEN)
        if report.decision == Report.Decision.HIDDEN and not hidden.exclude(pk__in=together).exists():
            reportable.show(report.kind, actor=actor, id=report.target_id)
        try:
            with transaction.atomic():
                together.update(
                    state=Report.State.OPEN, decision="", why="", kind_note="", decided_by=None, decided_at=None,
                    note_read_at=None, answer_seen_at=None,
                )  # fmt: skip
        except IntegrityError:  # its reporter has reported it again meanwhile
            raise Refused(Refusal.REPORTED_AGAIN, _("It was reported again in the meantime: decide on the new report.")) from None
        for each in reopened:
            forget_about(each, ANSWER.key, NOTE.key)
            notify(REPORT.key, each, actor=actor)
        audit.record(actor=actor, verb=SafetyVerb.TAKE_BACK, target=report.pk)
    report.refresh_from_db()
    return report


def _to_decide(report: Report, actor: User) -> Report:
    """The report, read afresh and locked. Raises Refused(Refusal.FORBIDDEN) where it is not for `actor` to decide."""
    locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not rules.can_decide(actor, locked):
        raise Refused(Refusal.FORBIDDEN, _("You can't decide on this report."))
    return locked


def _close_others(decided: Report) -> list[Report]:
    """Close the other open reports of the same thing, and return them."""
    others = list(Report.objects.open().filter(kind=decided.kind, target_id=decided.target_id).select_for_update())
    Report.objects.filter(pk__in=[other.pk for other in others]).update(
        state=Report.State.CLOSED, decision=decided.decision, why=decided.why,
        decided_by=decided.decided_by, decided_at=decided.decided_at,
    )  # fmt: skip
    return others


def record_view(*, actor: User, report: Report) -> None:
    """Record that somebody at the desk reads a case."""
    with transaction.atomic():
        audit.record(actor=actor, verb=SafetyVerb.VIEW, target=report.pk)
        mark_read(actor, REPORT.key, about=report.pk)


def read_note(*, member: User, report: Report) -> None:
    """Record that the author has read a moderator's note."""
    with transaction.atomic():
        Report.objects.notes_to(member).filter(pk=report.pk, note_read_at=None).update(note_read_at=timezone.now())
        mark_read(member, NOTE.key, about=report.pk)


def see_answers(*, member: User, reports: Collection[Report]) -> None:
    """Record that the reporter has seen the decisions on these reports."""
    unseen = [report.pk for report in reports if report.state == Report.State.CLOSED and report.answer_seen_at is None]
    if unseen:
        with transaction.atomic():
            Report.objects.answers_to(member).filter(pk__in=unseen).update(answer_seen_at=timezone.now())
            mark_each_read(member, [ANSWER.key], unseen)


def reword_copies(reports: QuerySet[Report], reword: Callable[[str], str], *, around: bool = True) -> None:
    """Change the copies in reports, one after another: the text and, unless `around` is false, those around it."""
    for pk in reports.values_list("pk", flat=True):
        with transaction.atomic():
            report = Report.objects.select_for_update(no_key=True).filter(pk=pk).first()
            if report is None:
                continue
            kept = report.snapshot
            near = [[author, reword(text), sent] for author, text, sent in kept["around"]] if around else kept["around"]
            report.snapshot = kept | {"text": reword(kept["text"]), "around": near}
            if report.snapshot != kept:
                report.save(update_fields=["snapshot"])
