"""What the editor's first page says: drafts, what was sent back or waits for a review, what is scheduled or overdue, and what helped."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page, Revision

from community.members.models import User

from .admin.articles import ALL_OVERDUE, SENT_BACK, STATES, UNPUBLISHED, edit_url, list_url
from .admin.forms import zone_name
from .admin.home import HomePanel, HomeRow, register
from .library.audience import hidden_articles
from .library.due import due_pages, today
from .library.kinds import entries
from .library.review_requests import sent_back
from .models import Rating
from .reading import unreviewed_articles, with_review_progress


def _known(editor: User) -> QuerySet[Any]:
    return entries().exclude(pk__in=hidden_articles(editor))


def _rows(notes: Sequence[tuple[int, str]]) -> list[HomeRow]:
    """A row for each of these articles, with what is noted about it."""
    titles = dict(Page.objects.filter(pk__in=[page for page, _note in notes]).values_list("pk", "draft_title"))
    return [HomeRow(titles[page], edit_url(page), note) for page, note in notes]


def _drafts(editor: User, most: int) -> Sequence[HomeRow]:
    """What this editor began and has not published, or not in its newest words; what came back to them is named above."""
    back = sent_back().filter(revision__user=editor).values("article")
    mine = _known(editor).filter(STATES[UNPUBLISHED].condition(), owner=editor).exclude(pk__in=back)
    drafts = with_review_progress(mine).order_by(F("latest_revision_created_at").desc(nulls_last=True), "-pk")
    return [HomeRow(page.draft_title, edit_url(page.pk), _how_far(page)) for page in drafts[:most]]


def _how_far(draft: Page) -> str:
    if draft.asked_at:
        return _("Waiting for a review")
    if draft.is_reviewed:
        return _("Reviewed: it can be published")
    return _("Live, with changes") if draft.live else ""


def _sent_back(editor: User, most: int) -> Sequence[HomeRow]:
    """What reviewers sent back of what this editor saved, and of which nobody has asked again, the last first."""
    mine = sent_back().filter(revision__user=editor, article__in=_known(editor).values("pk")).order_by("-finished_at", "-pk")
    days = mine.values_list("article", "finished_at")[:most]
    return _rows([(page, date_format(localtime(day), "SHORT_DATE_FORMAT")) for page, day in days])


def _waiting(editor: User, most: int) -> Sequence[HomeRow]:
    """The articles whose newest words nobody has reviewed, in the order of the reviewers' list."""
    return [HomeRow(page.draft_title, reverse("cms:review", args=[page.pk])) for page in unreviewed_articles(editor)[:most]]


def _scheduled(editor: User, most: int) -> Sequence[HomeRow]:
    """The versions that wait for their time, whoever scheduled them, the next one first."""
    known = Revision.page_revisions.exclude(object_id__in=[str(page) for page in hidden_articles(editor)])
    waiting = known.filter(approved_go_live_at__isnull=False).order_by("approved_go_live_at", "pk")
    times = waiting.values_list("object_id", "approved_go_live_at")[:most]
    return _rows([(int(page), f"{date_format(localtime(time), 'SHORT_DATETIME_FORMAT')} ({zone_name()})") for page, time in times])


def _overdue(editor: User, most: int) -> Sequence[HomeRow]:
    late = due_pages(_known(editor)).filter(due_on__lt=today()).order_by("due_on", "pk")
    days = [(page, date_format(page.due_on, "SHORT_DATE_FORMAT")) for page in late[:most]]
    return [HomeRow(page.draft_title, edit_url(page.pk), _("Since %(day)s") % {"day": day}) for page, day in days]


def _helpful(editor: User, most: int) -> Sequence[HomeRow]:
    """The articles that helped the most members, of those about which enough have answered."""
    rated = Rating.objects.counted(_known(editor).values("pk")).filter(yes__gt=0)
    counts = rated.order_by("-yes", "answered", "article")[:most]
    return _rows([(each["article"], _("It helped %(yes)d of %(answered)d members") % each) for each in counts])


register(HomePanel("drafts", gettext_lazy("My drafts"), 20, _drafts, lambda editor: list_url(f"?state={UNPUBLISHED}&owner={editor.pk}")))
register(HomePanel("sent_back", gettext_lazy("Sent back to me"), 10, _sent_back, lambda _editor: list_url(f"?state={SENT_BACK}")))
register(HomePanel("waiting", gettext_lazy("Waiting for my review"), 30, _waiting, lambda _editor: reverse("cms:review_desk")))
register(HomePanel("scheduled", gettext_lazy("Scheduled"), 40, _scheduled, lambda _editor: list_url("?state=scheduled")))
register(HomePanel("overdue", gettext_lazy("Review overdue"), 50, _overdue, lambda _editor: list_url(ALL_OVERDUE)))
register(HomePanel("helpful", gettext_lazy("Found helpful"), 60, _helpful))
