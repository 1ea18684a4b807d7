"""Reporting, blocking and deciding."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.kit import audit
from community.kit.errors import Refused

from . import reportable, rules
from .models import Block, Report


def _line(line: Any) -> dict[str, Any]:
    return {"author": str(line.author.pk) if line.author else None, "text": line.text, "sent": line.sent.isoformat()}


@transaction.atomic
def report(*, reporter: Any, kind: str, target: UUID, reason: str, words: str) -> Report:
    """Ask a moderator to look at a thing that `reporter` can see; asking again while it waits is the same report."""
    entry = reportable.of(kind)
    seen = entry.find(reporter, target) if entry else None
    if seen is None:
        raise Refused("not_found", _("That is not here, or it is not open to you."))
    snapshot = {**_line(seen), "where": seen.where, "around": [_line(line) for line in seen.around]}
    fields = {"reason": reason, "words": words, "snapshot": snapshot, "author": seen.author}
    waiting, _made = Report.objects.update_or_create(reporter=reporter, kind=kind, target=target, decision="", defaults=fields)
    return waiting


@transaction.atomic
def decide(*, actor: Any, report: Report, hide: bool, note: str) -> Report:
    """Close a report, and every other open one about the same thing: hide it with a note to its author, or leave it."""
    report = Report.objects.select_for_update().get(pk=report.pk)
    if not rules.can_decide(actor, report):
        raise Refused("forbidden", _("Somebody else has to decide on this one."))
    if report.decision:
        raise Refused("decided", _("Somebody has decided on this meanwhile."))
    if hide and not note.strip():
        raise Refused("empty", _("Write the person a few words."))
    entry = reportable.of(report.kind)
    if hide and entry:
        entry.hide(actor=actor, id=report.target)
    decision = Report.Decision.HIDDEN if hide else Report.Decision.NONE
    same = Report.objects.filter(kind=report.kind, target=report.target, decision="")
    same.exclude(pk=report.pk).update(decision=decision, decided_by=actor, decided_at=timezone.now(), note_read_at=timezone.now())
    report.decision, report.decided_by, report.decided_at = decision, actor, timezone.now()
    report.note = note.strip() if hide else ""
    report.save()
    audit.record(actor=actor, verb=f"safety.decide_{decision}", target=report.pk)
    return report


def look(*, actor: Any, report: Report) -> None:
    """Note that a moderator opened a case."""
    audit.record(actor=actor, verb="safety.look", target=report.pk)


def read_notes(*, member: Any) -> None:
    """Note that a member has opened the moderators' notes to them."""
    Report.objects.filter(author=member, decision=Report.Decision.HIDDEN, note_read_at=None).update(note_read_at=timezone.now())


def block(*, blocker: Any, blocked: Any) -> None:
    """Stop reading a member; they are not told."""
    if blocker == blocked:
        raise Refused("forbidden", _("You cannot block yourself."))
    Block.objects.get_or_create(blocker=blocker, blocked=blocked)


def unblock(*, blocker: Any, blocked: Any) -> None:
    """Read a member again."""
    Block.objects.filter(blocker=blocker, blocked=blocked).delete()
