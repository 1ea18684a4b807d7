"""An article is due for another review on the day that its page says, or so many months after the last one as the center set."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from cms.library.due import with_review_due
from cms.models import ArticlePage, Review
from community.centre.models import Centre, forget
from tests.cms.articles import publish, write

pytestmark = pytest.mark.postgresql  # dates in a zone, and sums with them
TODAY = timezone.localdate()


def due(article: ArticlePage) -> dt.date | None:
    day: dt.date | None = with_review_due(ArticlePage.objects.filter(pk=article.pk)).get().due_on
    return day


def reviewed(article: ArticlePage, reviewer: Any, days_ago: int) -> None:
    at = timezone.now() - dt.timedelta(days=days_ago)
    words = {"reviewer": reviewer, "name": "Rena", "credential": "LCSW", "at": at}
    Review.objects.update_or_create(article=article, edition=article.edition, defaults=words)


def set_months(months: int | None) -> None:
    site = Centre.load()
    site.review_months = months
    site.save()
    forget()


def test_the_centers_months_count_from_the_last_review_and_else_from_the_publication(rena: Any) -> None:
    article = write("Evenings")
    assert due(article) == TODAY + dt.timedelta(days=365)
    reviewed(article, rena, 100)
    assert due(article) == TODAY + dt.timedelta(days=265)
    set_months(6)
    assert due(article) == TODAY + dt.timedelta(days=83)
    set_months(None)
    assert due(article) is None


def test_the_day_of_a_page_holds_until_somebody_reviews_it_on_it_or_later(rena: Any) -> None:
    """A day that no review ends would be overdue for good; one that an early review ends would be forgotten."""
    day = TODAY - dt.timedelta(days=3)
    article = publish(write("Evenings"), review_due=day)
    assert due(article) == day
    reviewed(article, rena, 10)
    assert due(article) == day, "it was reviewed before that day"
    reviewed(article, rena, 3)
    assert due(article) == day + dt.timedelta(days=365)


@pytest.mark.parametrize("day", [None, TODAY - dt.timedelta(days=3)])
def test_what_nobody_can_read_is_not_due(db: None, day: dt.date | None) -> None:
    assert due(write("Evenings", live=False, review_due=day)) is None


def test_who_reviews_the_same_words_again_gives_them_a_new_date(client_of: Any, rena: Any) -> None:
    """An article that needs no change stayed overdue whatever its reviewer did."""
    article = write("Evenings")
    reviewed(article, rena, 500)
    assert due(article) < TODAY
    page = f"/staff/reviews/{article.pk}/"
    said = {"name": "Rena Okafor", "credential": "LCSW", "read": "on", "fingerprint": article.edition}
    assert client_of(rena).post(page, said).status_code == 302
    assert due(article) == TODAY + dt.timedelta(days=365)


def test_an_editor_sets_the_day_and_no_review_ends_with_it(client_of: Any, pat: Any, rena: Any) -> None:
    from tests.cms.editor_forms import form

    article = write("Evenings")
    reviewed(article, rena, 1)
    fields = form(title="Evenings", summary="Summary of Evenings", review_due="2031-01-15")
    edit = f"/cms/pages/{article.pk}/edit/"
    assert 'name="review_due"' in client_of(pat).get(edit).content.decode()
    assert client_of(pat).post(edit, fields | {"action-publish": "1"}).status_code == 302
    assert due(article) == dt.date(2031, 1, 15)
