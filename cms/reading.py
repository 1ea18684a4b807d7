"""What the library answers to rooms above, and to its own views."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as Paged
from django.core.paginator import Paginator
from django.db.models import CharField, Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, PageQuerySet, TaskState, WorkflowState

from community.kit import limits
from community.members.models import User
from community.members.roles import Right

from .library.audience import hidden_articles, read_hidden_articles
from .library.due import with_newest_fingerprint
from .library.kinds import Reader, any_of, entries, kinds, newest_first, open_to
from .library.review_requests import sent_back
from .library.reviews import fingerprint_of, reviews_of, with_reviews
from .models import Entry, LibraryPage, Review, Topic
from .rules import may_review
from .tasks import MISSED_PUBLICATION

PAGE_SIZE = 20  # articles on a page of a list


def newest_for(member: User, *, gently: bool = False) -> Entry | None:
    """Return the newest article that `member` may read and that was published in the last fourteen days.

    `gently` leaves out those with a content note, which nobody should meet first here.
    """
    which = {"first_published_at__gte": timezone.now() - limits.NEW_ARTICLE_PERIOD} | ({"content_note": ""} if gently else {})
    article: Entry | None = newest_first(open_to(member, **which)).first()
    return article


def next_expiry() -> dt.datetime | None:
    """Return when the next of the articles that guests may read expires."""
    at: dt.datetime | None = open_to(AnonymousUser()).aggregate(at=Min("expire_at"))["at"]
    return at


def list_page(articles: QuerySet[Any], number: str | None) -> Paged:
    """The page with this number of a list of articles, as `cms/rows.html` shows it: the last one where there are not as many."""
    page = Paginator(articles, PAGE_SIZE).get_page(number)
    page.object_list = with_reviews(page.object_list)
    return page


def topics_for(reader: Reader) -> QuerySet[Topic]:
    """The topics of the articles that `reader` may read, in their order: one in which there is nothing for them does not exist."""
    return Topic.objects.filter(any_of(Q(pk__in=kind.objects.visible_to(reader).order_by().values("topics")) for kind in kinds()))


def first_article_url() -> str | None:
    """Return the address of the form for the library's first article, or None once there is one."""
    return None if entries().exists() else new_article_url()


def new_article_url() -> str:
    """Return the address of the form for a new article."""
    return reverse("wagtailadmin_pages:add", args=["cms", "articlepage", LibraryPage.objects.get().pk])


def missed_publications(editor: User) -> Any:
    """The articles that could not be published on time, until somebody works on them again.

    Each belongs to whoever saved the version that was due.
    """
    if not editor.may(Right.WRITE):
        return Page.objects.none()
    return entries().exclude(pk__in=hidden_articles(editor)).filter(pk__in=_missed().filter(revision__user=editor).values("page"))


def missed_by(editors: Sequence[User], articles: Collection[str]) -> dict[tuple[UUID, str], Any]:
    """Return which of these articles are among the `missed_publications` of which of many editors, in a fixed number of queries."""
    read_hidden_articles(editors)
    missed = {str(article.pk): article for article in entries().filter(pk__in=articles)}
    due = {(saved_by, str(page)) for page, saved_by in _missed().filter(page__in=missed).values_list("page", "revision__user")}
    return {
        (editor.pk, about): article
        for about, article in missed.items()
        for editor in editors
        if (editor.pk, about) in due and editor.may(Right.WRITE) and article.pk not in hidden_articles(editor)
    }


def _missed() -> Any:
    """What is noted of publications that were missed, until somebody works on the article again."""
    since = PageLogEntry.objects.filter(page=OuterRef("page"), timestamp__gt=OuterRef("timestamp")).exclude(user=None)
    return PageLogEntry.objects.filter(~Exists(since), action=MISSED_PUBLICATION)


@dataclass(frozen=True)
class ReviewState:
    """How far an article is with its review: that of its newest words, if there is one, who asks for one, or that it was sent back."""

    article: Page
    review: Review | None

    @property
    def is_asked_for(self) -> bool:
        return self.article.asked_at is not None


def reviewable(reviewer: User) -> PageQuerySet:
    """The articles that `reviewer` may know of, published or not."""
    return entries().exclude(pk__in=hidden_articles(reviewer))


def draft_of(article: Page) -> Entry:
    """The newest version of an article, published or not."""
    draft: Entry = article.get_latest_revision_as_object()
    return draft


def own_reviews(reviewer: User, draft: Entry) -> QuerySet[Review]:
    """What `reviewer` noted on the words of an article whose newest version is `draft`: on those, and on those that readers get."""
    published = type(draft).objects.values_list("edition", flat=True).get(pk=draft.pk)
    return Review.objects.filter(article=draft.pk, reviewer=reviewer, edition__in=[fingerprint_of(draft), published])


def with_review_progress(articles: PageQuerySet) -> PageQuerySet:
    """`articles`, each with `newest`, the fingerprint of its newest words, and with what is known of their review."""
    pages = {"base_content_type": ContentType.objects.get_for_model(Page), "object_id": Cast(OuterRef("pk"), CharField())}
    asked = WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS, **pages)
    return with_newest_fingerprint(articles).annotate(
        is_reviewed=Exists(Review.objects.filter(article=OuterRef("pk"), edition=OuterRef("newest"))),
        is_sent_back=Exists(WorkflowState.objects.filter(status=WorkflowState.STATUS_NEEDS_CHANGES, **pages)),
        asked_at=Subquery(asked.values("created_at")[:1]),
        asked_by=Subquery(asked.values("requested_by__name")[:1]),
    )


def _waiting(articles: PageQuerySet) -> PageQuerySet:
    """Those of `articles`, which are `with_review_progress`, that wait for a reviewer, and not for whoever writes them."""
    return articles.filter(is_reviewed=False, is_sent_back=False)


def unreviewed_articles(reviewer: User) -> PageQuerySet:
    """Those of the `review_queue` that wait for a review; for those who review."""
    return _waiting(review_queue(reviewer) if reviewer.may(Right.REVIEW) else with_review_progress(Page.objects.none()))


def unreviewed(reviewer: User) -> int:
    """The number of articles that wait for a review."""
    return unreviewed_articles(reviewer).count()


def waiting_reviews(reviewer: User) -> dict[str, int]:
    """The number of articles that are `waiting` for a review, and of those for which somebody `asked` for it."""
    counts: dict[str, int] = unreviewed_articles(reviewer).aggregate(waiting=Count("pk"), asked=Count("asked_at"))
    return counts


def sent_back_to(editor: User) -> int:
    """The number of articles that a reviewer sent back to `editor`, who has not asked again."""
    if not editor.may(Right.WRITE):
        return 0
    return sent_back().filter(revision__user=editor).exclude(article__in=hidden_articles(editor)).count()


def to_review_by(reviewers: Sequence[User], articles: Collection[str]) -> dict[tuple[UUID, str], Any]:
    """Return which of these articles wait for which of many reviewers, in a fixed number of queries."""
    read_hidden_articles(reviewers)
    waiting = list(_waiting(with_review_progress(entries().filter(pk__in=articles))))
    return {(reviewer.pk, str(article.pk)): article for article in waiting for reviewer in reviewers if may_review(reviewer, article)}


def review_queue(reviewer: User) -> PageQuerySet:
    """The articles that `reviewer` may know of: those asked for, the longest first, then others without a review, then the rest."""
    return with_review_progress(reviewable(reviewer)).order_by(
        F("asked_at").asc(nulls_last=True), "is_reviewed", "is_sent_back", F("latest_revision_created_at").desc(nulls_last=True), "-pk"
    )


def review_states(articles: Iterable[Page]) -> list[ReviewState]:
    """How far each of these articles, of a `review_queue`, is with its review, in one query."""
    found = reviews_of(articles)
    return [ReviewState(article, found.get((article.pk, article.newest))) for article in articles]


def answered_for(editors: Sequence[User], articles: Collection[str]) -> dict[tuple[UUID, str], Any]:
    """Return the answers of reviewers that still hold for these articles, by editor and article, in a fixed number of queries.

    Each belongs to whoever saved the version that was read. It holds until they ask again, or publish.
    """
    read_hidden_articles(editors)
    answers: dict[str, TaskState] = {}
    states = TaskState.objects.filter(workflow_state__object_id__in=articles, workflow_state__base_content_type__model="page")
    for state in states.select_related("revision", "workflow_state").defer("revision__content").order_by("started_at", "pk"):
        answers[state.workflow_state.object_id] = state
    held = (WorkflowState.STATUS_NEEDS_CHANGES, WorkflowState.STATUS_APPROVED)
    titles = {str(page.pk): page for page in entries().filter(pk__in=answers)}
    return {
        (editor.pk, about): (titles[about], answer)
        for about, answer in answers.items()
        for editor in editors
        if answer.workflow_state.status in held
        and answer.revision.user_id == editor.pk
        and about in titles
        and editor.may(Right.WRITE)
        and titles[about].pk not in hidden_articles(editor)
    }
