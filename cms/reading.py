"""What other rooms ask the library."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, When
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from community.kit import limits
from community.members.models import User
from community.members.roles import Right

from .library.audience import hidden_articles
from .library.kinds import Reader, entries, kinds, newest_first, open_to
from .models import Entry, LibraryPage, Review
from .tasks import MISSED_PUBLICATION


def newest_for(member: User, *, gently: bool = False) -> Entry | None:
    """Return the newest article that `member` may read and that was published in the last fourteen days.

    `gently` leaves out those with a content note: they are not what somebody meets first here.
    """
    which = {"first_published_at__gte": timezone.now() - limits.NEW_ARTICLE_PERIOD} | ({"content_note": ""} if gently else {})
    article: Entry | None = newest_first(open_to(member, **which)).first()
    return article


def way_to_the_first_article() -> str | None:
    """Return where the editor begins the library's first article, or None once somebody has begun one."""
    return None if entries().exists() else way_to_a_new_article()


def way_to_a_new_article() -> str:
    """Return where the editor begins an article."""
    return reverse("wagtailadmin_pages:add", args=["cms", "articlepage", LibraryPage.objects.get().pk])


def missed_publications(editor: User) -> Any:
    """The articles of `editor` whose time came and that the clock could not publish, until somebody works on them again.

    They are of who saved the version that was due.
    """
    if not editor.may(Right.WRITE):
        return Page.objects.none()
    since = PageLogEntry.objects.filter(page=OuterRef("page"), timestamp__gt=OuterRef("timestamp")).exclude(user=None)
    told = PageLogEntry.objects.filter(~Exists(since), action=MISSED_PUBLICATION, revision__user=editor)
    return entries().exclude(pk__in=hidden_articles(editor)).filter(pk__in=told.values("page"))


def found(asker: Reader, words: str) -> list[Entry]:
    """Return the articles that `asker` may read and that hold all of `words`, best first. Signs are not searched for."""
    plain = " ".join(re.findall(r"\w+", words))
    if not plain:
        return []
    return list(open_to(asker).defer_streamfields().specific().search(plain, operator="and"))


@dataclass(frozen=True)
class ReviewState:
    """How an article stands with the reviewers, in its newest words, and who reviewed those."""

    article: int
    title: str
    review: Review | None
    is_published: bool
    has_changes: bool


def reviewable(reviewer: User) -> Any:
    """The articles that `reviewer` may know of, published or not."""
    return entries().exclude(pk__in=hidden_articles(reviewer))


def draft_of(article: Page) -> Entry:
    """The article in its newest words, as its editors have it."""
    draft: Entry = article.get_latest_revision_as_object()
    return draft


def _editions(reviewer: User) -> list[Any]:
    """The articles that `reviewer` may know of, kind by kind, each with the edition of its newest words.

    A version that an older release has saved tells none, and counts as not reviewed.
    """
    noted = KeyTextTransform("edition", "latest_revision__content")
    newest = Case(When(latest_revision=None, then=F("edition")), default=noted, output_field=CharField())
    return [kind.objects.exclude(pk__in=hidden_articles(reviewer)).annotate(newest=newest) for kind in kinds()]


def unreviewed(reviewer: User) -> int:
    """How many articles wait for a review of `reviewer`: nobody has reviewed them as their editors have them now."""
    if not reviewer.may(Right.REVIEW):
        return 0
    reviews = Review.objects.filter(article=OuterRef("pk"), edition=OuterRef("newest"))
    return sum(articles.filter(~Exists(reviews)).count() for articles in _editions(reviewer))


def review_states(reviewer: User) -> list[ReviewState]:
    """How the articles stand that `reviewer` may know of: first those that nobody has reviewed, then the last changed."""
    states = []
    articles = [article for kind in _editions(reviewer) for article in kind.defer_streamfields().prefetch_related("reviews")]
    for article in sorted(articles, key=_changed, reverse=True):
        review = next((review for review in article.reviews.all() if review.edition == article.newest), None)
        states.append(ReviewState(article.pk, article.draft_title, review, article.live, article.has_unpublished_changes))
    return sorted(states, key=lambda state: state.review is not None)


def _changed(article: Entry) -> tuple[float, int]:
    at = article.latest_revision_created_at
    return (at.timestamp() if at else 0, article.pk)
