"""What other rooms ask the library."""

import datetime as dt
import re
from typing import Any

from django.urls import reverse
from django.utils import timezone

from .models import ArticlePage, LibraryPage

NEW_FOR = dt.timedelta(days=14)


def newest_for(member: Any) -> ArticlePage | None:
    """Return the newest article that `member` may read and that was published in the last fourteen days. One query."""
    since = timezone.now() - NEW_FOR
    article: ArticlePage | None = ArticlePage.objects.visible_to(member).filter(first_published_at__gte=since).newest_first().first()
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
