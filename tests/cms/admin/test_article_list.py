"""The editor's list of articles: what it says of each, what it can be narrowed to, and that it tells of nothing hidden."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms import actions
from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, Review
from tests.cms.articles import publish, schedule, write


def listed(browser: Any, **query: Any) -> str:
    answer = browser.get(f"/cms/pages/{ensure_tree().pk}/", query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def titles(browser: Any, **query: Any) -> list[str]:
    rows = re.findall(r'<div class="title-wrapper">.*?</a>', listed(browser, **query), re.S)
    return [re.sub(r"<[^>]*>", "", row).strip() for row in rows]


def row_of(browser: Any, title: str, **query: Any) -> str:
    """The words in the row of one article."""
    rows = [row for row in re.findall(r"<tr.*?</tr>", listed(browser, **query), re.S) if title in row]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", rows[-1]))


def reviewed(article: ArticlePage, days_ago: int) -> None:
    at = timezone.now() - dt.timedelta(days=days_ago)
    Review.objects.create(article=article, edition=article.edition, name="Rena", credential="LCSW", at=at)


@pytest.fixture
def pats(client_of: Any, pat: Any) -> Any:
    return client_of(pat)


@pytest.mark.postgresql
def test_each_row_says_for_whom_by_whom_and_what_was_reviewed(pats: Any, pat: Any) -> None:
    article = write("Evenings", "public", owner=pat)
    assert "Everyone, on the open web" in row_of(pats, "Evenings") and " Pat " in row_of(pats, "Evenings")
    assert re.search(r" No \d+/\d+/\d{4}", row_of(pats, "Evenings")), "neither unreviewed nor a day when it is due"
    reviewed(article, 400)
    assert "overdue" in row_of(pats, "Evenings")
    publish(article, title="Evenings", summary="Other words")
    assert "Changed since" in row_of(pats, "Evenings")


def test_days_are_those_of_who_reads_the_list(pats: Any, pat: Any) -> None:
    """An evening's review was called one of the next day, west of Greenwich."""
    pat.time_zone = "America/Los_Angeles"
    pat.save()
    late = dt.datetime(2026, 3, 11, 5, tzinfo=dt.UTC)
    article = write("Evenings")
    Review.objects.create(article=article, edition=article.edition, name="Rena", credential="LCSW", at=late)
    assert "03/10/2026" in row_of(pats, "Evenings")
    publish(article, summary="Other words")
    assert "Changed since 03/10/2026" in row_of(pats, "Evenings")


@pytest.mark.postgresql
def test_it_is_narrowed_by_audience_state_review_and_author(pats: Any, group: Any, pat: Any, ada: Any, rena: Any) -> None:
    old = write("Old", "public", owner=pat)
    reviewed(old, 400)
    write("Circle", "groups", groups=(group,), owner=ada)
    actions.send_back(actor=rena, article=(back := write("Draft", live=False)), fingerprint=back.edition, comment="Which?", notes={})
    schedule("Coming")
    soon = publish(write("Soon"), review_due=timezone.localdate() + dt.timedelta(days=30))
    draft = ArticlePage.objects.get(pk=soon.pk)
    draft.summary = "Not published"
    draft.save_revision()
    for query, found in {
        "audience=public": {"Old"}, "audience=groups": {"Circle"}, "audience=public&audience=groups": {"Old", "Circle"},
        "state=live": {"Old", "Circle", "Soon"}, "state=unpublished": {"Soon", "Draft"}, "state=scheduled": {"Coming"},
        "state=sent_back": {"Draft"}, "reviewed=yes": {"Old"}, "reviewed=no": {"Circle", "Draft", "Coming", "Soon"},
        "due=overdue": {"Old"}, "due=soon": {"Soon"},
        f"owner={pat.pk}": {"Old"}, f"owner={pat.pk}&owner={ada.pk}": {"Old", "Circle"},
        "state=nothing": {"Old", "Circle", "Draft", "Coming", "Soon"},
    }.items():  # fmt: skip
        asked: dict[str, list[str]] = {}
        for name, value in (part.split("=") for part in query.split("&")):
            asked.setdefault(name, []).append(value)
        assert set(titles(pats, **asked)) == found, query
    assert titles(pats, ordering="due_on")[:2] == ["Old", "Soon"]


def test_who_only_wrote_what_is_hidden_is_not_among_the_authors(pats: Any, client_of: Any, hidden_group: Any, ada: Any) -> None:
    """Wagtail's own filters named everybody who ever wrote, so that somebody unknown among them told of a hidden article."""
    write("Quiet words", "groups", groups=(hidden_group,), owner=ada)
    write("Evenings")
    page = listed(pats)
    assert str(ada.pk) not in page and " Ada" not in page
    assert str(ada.pk) in listed(client_of(ada))
    assert titles(pats, owner=str(ada.pk)) == titles(pats, owner="00000000-0000-0000-0000-000000000000")


@pytest.mark.postgresql
def test_no_filter_finds_or_counts_what_is_hidden(pats: Any, hidden_group: Any) -> None:
    reviewed(write("Quiet words", "groups", groups=(hidden_group,)), 400)
    for query in ({"audience": "groups"}, {"due": "overdue"}, {"reviewed": "yes"}, {"state": "live"}):
        page = listed(pats, **query)
        assert "Quiet words" not in page and titles(pats, **query) == [], query


@pytest.mark.parametrize("query", [{}, {"ordering": "due_on"}, {"due": "overdue"}, {"reviewed": "no"}, {"ordering": "title"}])
def test_a_long_list_asks_no_more_than_a_short_one(pats: Any, pat: Any, query: dict[str, str]) -> None:
    counts = []
    for number in (3, 30):
        for each in range(number):
            publish(write(f"Evenings {number} {each}", owner=pat), review_due=timezone.localdate() - dt.timedelta(days=1))
        listed(pats, **query)  # what is read once a process
        with CaptureQueriesContext(connection) as asked:
            listed(pats, **query)
        counts.append(len(asked))
    assert counts[0] == counts[1], counts


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "narrowed", [{}, {"state": "live"}, {"audience": "members"}, {"due": "soon"}, {"reviewed": "no"}, {"ordering": "due_on"}]
)
def test_words_are_looked_for_in_what_it_is_narrowed_to(pats: Any, narrowed: dict[str, str]) -> None:
    """A search that knows other columns than the list does fails on its filters, or leaves them out."""
    publish(write("Evenings"), review_due=timezone.localdate() + dt.timedelta(days=30))
    publish(write("Mornings"), review_due=timezone.localdate() + dt.timedelta(days=30))
    write("Evenings again", "public", live=False)
    assert set(titles(pats, q="Evenings", **narrowed)) - {"Evenings again"} == {"Evenings"}
    assert ("Evenings again" in titles(pats, q="Evenings", **narrowed)) == (set(narrowed) <= {"reviewed", "ordering"})
