"""What this room notifies of: a report that waits, the answer to one's own, and a moderator's note. None of them names anybody."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.members.models import User
from community.members.roles import Right
from community.notifications import kinds
from community.notifications.actions import forget_about
from community.notifications.kinds import NotificationKind, Pair, Shown

from . import rules
from .models import Report

# ------------------------------------------------------------- a report waits


def _staff() -> QuerySet[User]:
    """Everybody who may have a report on their desk."""
    both = User.objects.who_may(Right.MODERATE) | User.objects.who_may(Right.MODERATE_MODERATORS)
    return both.prefetch_related("groups")


def _waiting(ids: Iterable[str]) -> QuerySet[Report]:
    return Report.objects.open().filter(pk__in=set(ids)).select_related("author").prefetch_related("author__groups")


def _who_can_decide(about: str, actor: UUID | None) -> list[UUID]:
    return [person.pk for report in _waiting([about]) for person in _staff() if rules.can_decide(person, report)]


def _shown_waiting(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    reports = {str(report.pk): report for report in _waiting(about for _member, about in pairs)}
    staff = {person.pk: person for person in _staff().filter(pk__in={member for member, _about in pairs})}
    shown = {}
    for member, about in pairs:
        person, report = staff.get(member), reports.get(about)
        if person and report and rules.can_decide(person, report):
            words = _("An urgent report waits") if report.is_urgent else _("A report waits")
            shown[member, about] = Shown(_("Reports"), words, reverse("safety:case", args=[report.pk]), "report")
    return shown


def _has_desk(member: Any) -> bool:
    return bool(member.may(Right.MODERATE) or member.may(Right.MODERATE_MODERATORS))


# ------------------------------------------------------- what came of a report


def _reporter(about: str, actor: UUID | None) -> Iterable[UUID]:
    unseen = Report.objects.filter(pk=about, state=Report.State.CLOSED, answer_seen_at=None)
    return unseen.exclude(reporter=None).values_list("reporter", flat=True)


def _shown_answers(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    closed = Report.objects.filter(pk__in={about for _member, about in pairs}, state=Report.State.CLOSED)
    reporters = {str(report): reporter for report, reporter in closed.values_list("pk", "reporter")}
    title, words = _("What you reported"), _("It has been looked at")
    return {
        (member, about): Shown(title, words, reverse("safety:reported", args=[about]), "report")
        for member, about in pairs
        if reporters.get(about) == member
    }


def _noted(about: str, actor: UUID | None) -> Iterable[UUID]:
    unread = Report.objects.with_note().filter(pk=about, note_read_at=None)
    return unread.exclude(author=None).values_list("author", flat=True)


def _shown_notes(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    notes = Report.objects.with_note().filter(pk__in={about for _member, about in pairs})
    authors = {str(report): author for report, author in notes.values_list("pk", "author")}
    shown = Shown(_("From the moderators"), _("A moderator wrote you a note"), reverse("safety:own"), "mail")
    return {(member, about): shown for member, about in pairs if authors.get(about) == member}


REPORT = NotificationKind("report", gettext_lazy("a report waits for you"), _shown_waiting, _who_can_decide, may=_has_desk)
ANSWER = NotificationKind("report_answer", gettext_lazy("something you reported has been looked at"), _shown_answers, _reporter)
NOTE = NotificationKind("moderator_note", gettext_lazy("a moderator writes you a note"), _shown_notes, _noted)
for kind in (REPORT, ANSWER, NOTE):
    kinds.register(kind)


@receiver(post_delete, sender=Report)
def _forget(instance: Report, **kwargs: Any) -> None:
    forget_about(instance.pk)
