"""A clinician's review: of the very words that were read, said on the article, gone when they change, and the reviewer's alone."""

import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Revision

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, Review, Topic
from community.kit.models import AuditEntry
from tests.cms.articles import plain, publish, write, write_every_block

PLACES = ("/today/", "/staff/reviews/")
NOBODY = "Not yet reviewed by a clinician."
SAID = {"name": "Rena Okafor", "credential": "LCSW", "read": "on"}


@pytest.fixture
def reviewer(client_of: Any, rena: Any) -> Any:
    return client_of(rena)


def page_of(article: ArticlePage) -> str:
    return f"/staff/reviews/{article.pk}/"


def sign(reviewer: Any, article: ArticlePage, **changes: Any) -> Any:
    """Open the article and say that it was read."""
    fingerprint = re.search(r'name="fingerprint" value="([^"]+)"', reviewer.get(page_of(article)).content.decode())
    assert fingerprint
    return reviewer.post(page_of(article), SAID | {"fingerprint": fingerprint[1]} | changes, follow=True)


def shown(client: Any, article: ArticlePage) -> str:
    return str(client.get(f"/library/{article.slug}/", follow=True).content.decode())  # it may have been given a readable address


def test_a_review_stands_on_the_article_until_its_words_change(client: Any, reviewer: Any, rena: Any) -> None:
    """A health text that looks reviewed in words that no clinician has read."""
    article = write("Evenings", "public")
    assert NOBODY in shown(client, article)
    assert "Noted." in sign(reviewer, article).content.decode()
    day = Review.objects.get().at.strftime("%B %-d, %Y")
    assert f"Reviewed by Rena Okafor, LCSW, on {day}." in shown(client, article) and NOBODY not in shown(client, article)
    assert AuditEntry.objects.get(verb="cms.review").actor == rena
    changed = publish(article, title="Evenings", body=[("text", "<p>Other advice.</p>")])
    assert NOBODY in shown(client, changed)
    assert "Reviewed by" not in reviewer.get("/staff/reviews/").content.decode()


@pytest.mark.parametrize(
    "field, value", [("title", "Mornings"), ("summary", "Other"), ("content_note", "loss"), ("body", [("text", "<p>x</p>")])]
)
def test_any_change_of_what_is_read_ends_the_review(reviewer: Any, client: Any, field: str, value: Any) -> None:
    article = write("Evenings", "public")
    sign(reviewer, article)
    assert NOBODY in shown(client, publish(article, **{field: value}))


def test_publishing_the_same_words_again_keeps_the_review(reviewer: Any, client: Any) -> None:
    """With pictures, steps and sources: their blocks get ids of their own each time they are read back."""
    article = write_every_block("public")
    sign(reviewer, article)
    assert "Reviewed by Rena" in shown(client, publish(article, audience="public"))


def test_a_draft_can_be_reviewed_before_it_is_published(reviewer: Any, client: Any) -> None:
    article = write("Coming words", "public", live=False)
    assert "Not published yet" in reviewer.get("/staff/reviews/").content.decode()
    assert "About the lighthouse" in reviewer.get(page_of(article)).content.decode()
    sign(reviewer, article)
    article.get_latest_revision().publish()
    assert "Reviewed by Rena" in shown(client, article)


def test_a_review_of_a_draft_says_nothing_of_what_is_published(reviewer: Any, client: Any) -> None:
    """The new words are fine; the old ones, which people still read, nobody has looked at."""
    article = write("Evenings", "public")
    draft = ArticlePage.objects.get(pk=article.pk)
    draft.body = [("text", "<p>Better words.</p>")]
    draft.save_revision()
    sign(reviewer, article)
    assert NOBODY in shown(client, article) and "Has changes that are not published" in reviewer.get("/staff/reviews/").content.decode()


def test_words_that_changed_while_they_were_read_are_not_signed(reviewer: Any) -> None:
    article = write("Evenings", "public")
    fingerprint = re.search(r'name="fingerprint" value="([^"]+)"', reviewer.get(page_of(article)).content.decode())
    publish(article, summary="Other")
    page = reviewer.post(page_of(article), SAID | {"fingerprint": fingerprint[1]}).content.decode()  # type: ignore[index]
    assert "changed while you were reading" in page and 'value="LCSW"' in page and not Review.objects.exists()
    assert "Noted." in sign(reviewer, article).content.decode()


@pytest.mark.parametrize("missing", ["name", "credential", "read"])
def test_a_review_is_whole_or_none(reviewer: Any, missing: str) -> None:
    page = sign(reviewer, write("Evenings"), **{missing: ""}).content.decode()
    assert "There is a problem" in page and not Review.objects.exists()


def test_a_review_can_be_taken_back(reviewer: Any, client: Any) -> None:
    article = write("Evenings", "public")
    sign(reviewer, article)
    reviewer.post(page_of(article), {"withdraw": "1"})
    assert NOBODY in shown(client, article) and AuditEntry.objects.filter(verb="cms.withdraw_review").exists()


def test_a_reviewer_reads_and_neither_writes_nor_publishes(reviewer: Any, rena: Any) -> None:
    """The editor itself is closed to them: all of Wagtail, not its buttons alone."""
    article = write("Evenings", "public")
    for path in ("", "pages/", f"pages/{article.pk}/edit/", f"pages/{article.pk}/view_draft/", "images/", "settings/centre/centre/"):
        assert plain(reviewer.get(f"/cms/{path}")) == plain(reviewer.get("/nowhere/")), path
    assert reviewer.post(f"/cms/pages/{article.pk}/edit/", {"title": "Mine", "action-publish": "1"}).status_code == 404
    assert not rena.has_perm("wagtailadmin.access_admin")


def test_pictures_of_a_draft_are_shown_to_its_reviewer(reviewer: Any, client_of: Any, alice: Any) -> None:
    article = write_every_block("public")
    ArticlePage.objects.get(pk=article.pk).unpublish()
    address = re.search(r'/pictures/[^"]+/', reviewer.get(page_of(article)).content.decode())
    assert address
    assert reviewer.get(address[0]).status_code == 200 and client_of(alice).get(address[0]).status_code == 404


@pytest.mark.parametrize("live", [True, False])
def test_an_article_for_a_hidden_group_is_not_there_for_a_reviewer_outside_it(reviewer: Any, hidden_group: Any, live: bool) -> None:
    article = write("Quiet words", "groups", groups=(hidden_group,), live=live)
    assert "Quiet words" not in reviewer.get("/staff/reviews/").content.decode()
    for method in (reviewer.get, reviewer.post):
        assert plain(method(page_of(article))) == plain(method("/staff/reviews/987654/"))


def test_today_says_how_many_articles_wait_and_the_desk_says_the_same(
    reviewer: Any, client_of: Any, hidden_group: Any, pat: Any, alice: Any
) -> None:
    """Catches "Nothing you have to do" over a page of articles that nobody has reviewed; or a count of articles that are not shown."""
    assert "There's nothing you have to do here." in reviewer.get("/today/").content.decode()
    first, second = write("Evenings", "public"), write("Coming words", live=False)
    write("Quiet words", "groups", groups=(hidden_group,))

    def said() -> set[str]:
        return {re.search(r"(\w+) articles? (?:is|are) waiting", reviewer.get(path).content.decode())[1] for path in PLACES}

    assert said() == {"2"}
    sign(reviewer, first)
    assert said() == {"1"}
    first.title = "Mornings"
    first.save_revision()
    assert said() == {"2"}, "the newest words count, published or not"
    for article in (first, second):
        sign(reviewer, article)
    assert "There's nothing you have to do here." in reviewer.get("/today/").content.decode()
    assert "Every article has been reviewed in its current version." in reviewer.get("/staff/reviews/").content.decode()
    write("More words")
    for other in (pat, alice):
        assert "waiting for a review" not in client_of(other).get("/today/").content.decode()


def test_the_desk_and_today_ask_the_database_as_often_for_many_articles_as_for_few(reviewer: Any) -> None:
    """A query or more for each article: 212 of them at 200 articles."""

    def asked() -> list[int]:
        counted = []
        for path in PLACES:
            with CaptureQueriesContext(connection) as queries:
                assert reviewer.get(path).status_code == 200
            counted.append(len(queries))
        return counted

    sign(reviewer, [write(f"Article {number}") for number in range(3)].pop())
    asked()  # the first time asks for what is kept in memory afterwards
    few = asked()
    for number in range(20):
        write(f"More {number}")
    assert asked() == few


def test_articles_from_before_lists_knew_their_editions_are_listed_as_reviewed(reviewer: Any) -> None:
    """An upgrade after which every article waits for its review once more."""
    article = write_every_block("public")
    sign(reviewer, article)
    draft = write("Coming words", live=False)
    draft.save_revision()
    ArticlePage.objects.update(edition="")
    for version in Revision.objects.all():
        version.content.pop("edition")
        version.save()
    assert "2 articles are waiting" in reviewer.get("/staff/reviews/").content.decode()
    import_module("cms.migrations.0005_editions").note(apps, None)
    assert "1 article is waiting" in reviewer.get("/staff/reviews/").content.decode()


@pytest.mark.postgresql
def test_every_list_says_who_reviewed_which_article(clients: dict[str, Any], reviewer: Any) -> None:
    """A review of other words than those that the list leads to, or one that only the article's own page knows of."""
    ensure_tree()
    topic = Topic.objects.earliest("pk")
    signed, other = (write(title, "public", topics=[topic]) for title in ("Rest", "Walks"))
    sign(reviewer, signed)
    lists = ("/library/", f"/library/topics/{topic.pk}/", "/library/search/?q=rest", "/library/later/")
    asked = [("charlie", path) for path in lists] + [("guest", path) for path in lists[:3]]
    for article in (signed, other):
        clients["charlie"].post(f"/library/{article.slug}/later/")
    told = {(who, path): clients[who].get(path).content.decode().count("Reviewed by Rena Okafor, LCSW, on ") for who, path in asked}
    assert set(told.values()) == {1}, told
    publish(signed, summary="Other words")
    for who, path in asked:
        assert "Reviewed by" not in clients[who].get(path).content.decode(), (who, path)
