"""What other rooms ask the library."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from .audience import kept_from
from .models import ArticlePage, LibraryPage, Review

NEW_FOR = dt.timedelta(days=14)


def newest_for(member: Any, *, gently: bool = False) -> ArticlePage | None:
    """Return the newest article that `member` may read and that was published in the last fourteen days. One query.

    `gently` leaves out those with a content note: they are not what somebody meets first here.
    """
    since = timezone.now() - NEW_FOR
    articles = ArticlePage.objects.visible_to(member).filter(first_published_at__gte=since)
    if gently:
        articles = articles.filter(content_note="")
    article: ArticlePage | None = articles.newest_first().first()
    return article


def way_to_the_first_article() -> str | None:
    """Return where the editor begins the library's first article, or None once somebody has begun one."""
    if ArticlePage.objects.exists():
        return None
    return reverse("wagtailadmin_pages:add", args=["cms", "articlepage", LibraryPage.objects.get().pk])


def found(asker: Any, words: str) -> list[ArticlePage]:
    """Return the articles that `asker` may read and that hold all of `words`, best first. Signs are not searched for."""
    plain = " ".join(re.findall(r"\w+", words))
    if not plain:
        return []
    seen = ArticlePage.objects.visible_to(asker).values_list("pk", flat=True)
    return list(ArticlePage.objects.filter(pk__in=seen).defer_streamfields().search(plain, operator="and"))


@dataclass(frozen=True)
class ReviewState:
    """How an article stands with the reviewers: its newest words, and who reviewed them."""

    draft: ArticlePage
    review: Review | None
    is_published: bool
    has_changes: bool


def reviewable(reviewer: Any) -> Any:
    """The articles that `reviewer` may know of, published or not, the last changed first."""
    return ArticlePage.objects.exclude(pk__in=kept_from(reviewer)).order_by("-latest_revision_created_at", "-pk")


def draft_of(article: ArticlePage) -> ArticlePage:
    """The article in its newest words, as its editors have it."""
    draft: ArticlePage = article.get_latest_revision_as_object()
    return draft


def review_state(article: ArticlePage) -> ReviewState:
    draft = draft_of(article)
    return ReviewState(draft, draft.review, article.live, article.has_unpublished_changes)
