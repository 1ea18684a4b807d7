"""What the library answers to rooms above, and to its own views."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, Exists, F, Min, OuterRef, When
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from community.kit import limits
from community.members.models import User
from community.members.roles import Right

from .library.audience import hidden_articles, read_hidden_articles
from .library.kinds import entries, kinds, newest_first, open_to
from .models import Entry, LibraryPage, Review
from .rules import may_review
from .tasks import MISSED_PUBLICATION


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
    """The review of an article's newest words, if there is one, and whether those are published."""

    article: int
    title: str
    review: Review | None
    is_published: bool
    has_changes: bool


def reviewable(reviewer: User) -> Any:
    """The articles that `reviewer` may know of, published or not."""
    return entries().exclude(pk__in=hidden_articles(reviewer))


def draft_of(article: Page) -> Entry:
    """The newest version of an article, published or not."""
    draft: Entry = article.get_latest_revision_as_object()
    return draft


def _with_fingerprints() -> list[Any]:
    """All articles, one queryset a kind, each with `newest`, the fingerprint of its newest words.

    A version saved by an older release has none, and counts as not reviewed.
    """
    in_version = KeyTextTransform("edition", "latest_revision__content")
    newest = Case(When(latest_revision=None, then=F("edition")), default=in_version, output_field=CharField())
    return [kind.objects.annotate(newest=newest) for kind in kinds()]


def unreviewed(reviewer: User) -> int:
    """The number of articles that wait for a review."""
    return sum(articles.count() for articles in unreviewed_articles(reviewer))


def unreviewed_articles(reviewer: User) -> list[Any]:
    """The articles of whose newest words there is no review, one queryset a kind; for those who review."""
    if not reviewer.may(Right.REVIEW):
        return []
    return [articles.exclude(pk__in=hidden_articles(reviewer)) for articles in _without_review()]


def to_review_by(reviewers: Sequence[User], articles: Collection[str]) -> dict[tuple[UUID, str], Any]:
    """Return which of these articles are among the `unreviewed_articles` of which of many reviewers, in a fixed number of queries."""
    read_hidden_articles(reviewers)
    waiting = [article for kind in _without_review() for article in kind.filter(pk__in=articles).defer_streamfields()]
    return {(reviewer.pk, str(article.pk)): article for article in waiting for reviewer in reviewers if may_review(reviewer, article)}


def _without_review() -> list[Any]:
    reviews = Review.objects.filter(article=OuterRef("pk"), edition=OuterRef("newest"))
    return [articles.filter(~Exists(reviews)) for articles in _with_fingerprints()]


def review_states(reviewer: User) -> list[ReviewState]:
    """The articles that `reviewer` may know of: first those without a review, and each part from the last changed."""
    states = []
    known = [kind.exclude(pk__in=hidden_articles(reviewer)) for kind in _with_fingerprints()]
    articles = [article for kind in known for article in kind.defer_streamfields().prefetch_related("reviews")]
    for article in sorted(articles, key=_changed, reverse=True):
        review = next((review for review in article.reviews.all() if review.edition == article.newest), None)
        states.append(ReviewState(article.pk, article.draft_title, review, article.live, article.has_unpublished_changes))
    return sorted(states, key=lambda state: state.review is not None)


def _changed(article: Entry) -> tuple[float, int]:
    at = article.latest_revision_created_at
    return (at.timestamp() if at else 0, article.pk)
