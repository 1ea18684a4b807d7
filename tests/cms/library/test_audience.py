"""Who may read what: every door of the library, asked by everyone. Each case would catch a door that forgets `visible_to`."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage
from groups.peers.models import PeerGroup
from tests.cast import NAMES, make_cast
from tests.cms.articles import WORD, plain, publish, write
from tests.cms.conftest import fill_shelf
from tests.worlds import from_the_world, lasting

READS = {
    "guest": {"public"},
    "charlie": {"public", "members"},
    "mo": {"public", "members"},
    "pat": {"public", "members"},
    "cora": {"public", "members"},
    "alice": {"public", "members", "group"},
    "faye": {"public", "members", "group"},
}
KINDS = ("public", "members", "group", "nobody", "draft", "scheduled", "unpublished")
PEOPLE = pytest.mark.parametrize("who", READS)
Shelf = dict[str, ArticlePage]


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """The cast and the shelf, made once: the numbers of the articles by what they are."""

    def make() -> dict[str, int]:
        _people, group = make_cast()
        return {kind: article.pk for kind, article in fill_shelf(group).items()}

    with lasting(django_db_blocker, make) as numbers:
        yield numbers


@pytest.fixture
def shelf(made: dict[str, int], db: None) -> Shelf:
    return {kind: ArticlePage.objects.get(pk=pk) for kind, pk in made.items()}


@pytest.fixture
def group(made: dict[str, int], db: None) -> PeerGroup:
    return PeerGroup.objects.get()


alice, bob, charlie, faye, pat, rena, mo, cora, ada = map(from_the_world, NAMES)


def address(article: ArticlePage) -> str:
    return reverse("cms:article", args=[article.slug])


def titles(shelf: Shelf, kinds: Any) -> set[str]:
    return {shelf[kind].title for kind in kinds}


def shown(response: Any, shelf: Shelf) -> set[str]:
    text = response.content.decode()
    return {article.title for article in shelf.values() if article.title in text}


@PEOPLE
def test_an_article_opens_for_its_audience_alone(shelf: Shelf, clients: dict[str, Any], who: str) -> None:
    browser = clients[who]
    random = secrets.token_hex(8)
    never = browser.get(reverse("cms:article", args=[random]))
    assert never.status_code == (302 if who == "guest" else 404)
    for kind in KINDS:
        response = browser.get(address(shelf[kind]))
        if kind in READS[who]:
            assert response.status_code == 200, kind
            assert shelf[kind].summary in response.content.decode()
        else:
            assert response.status_code == never.status_code, kind
            assert plain(response) == plain(never)
            assert response.get("Location", "").replace(shelf[kind].slug, random) == never.get("Location", "")


@pytest.mark.postgresql
@PEOPLE
def test_what_one_does_with_an_article_is_there_for_its_readers_alone(shelf: Shelf, clients: dict[str, Any], who: str) -> None:
    """Saying whether it helped, reading it later, taking it into a conversation, reviewing it: each by the address and by raw number."""
    browser = clients[who]
    doors = {"rate": browser.post, "later": browser.post, "share": browser.get}
    for door, ask in doors.items():
        never = ask(reverse(f"cms:{door}", args=["0123456789abcdef"]))
        theirs = set() if who == "guest" else READS[who]
        for kind in set(KINDS) - theirs:
            answer = ask(reverse(f"cms:{door}", args=[shelf[kind].slug]))
            assert (answer.status_code, plain(answer)) == (never.status_code, plain(never)), (door, kind)
        for kind in theirs:
            assert ask(reverse(f"cms:{door}", args=[shelf[kind].slug])).status_code in (200, 302, 422), (door, kind)
        browser.get("/library/")  # with what it says of all that was done
    never = browser.get(reverse("cms:review", args=[999_999]))
    for kind in KINDS:
        answer = browser.get(reverse("cms:review", args=[shelf[kind].pk]))
        assert (answer.status_code, plain(answer)) == (never.status_code, plain(never)), kind


@PEOPLE
def test_the_list_shows_what_may_be_read_and_nothing_else(shelf: Shelf, clients: dict[str, Any], who: str) -> None:
    assert shown(clients[who].get("/library/"), shelf) == titles(shelf, READS[who])


@pytest.mark.postgresql
@PEOPLE
def test_search_finds_and_counts_what_may_be_read(shelf: Shelf, clients: dict[str, Any], who: str) -> None:
    response = clients[who].get("/library/search/", {"q": WORD})
    assert shown(response, shelf) == titles(shelf, READS[who])
    assert response.context["page"].paginator.count == len(READS[who])


@pytest.mark.postgresql
@PEOPLE
def test_search_for_a_hidden_title_answers_like_nonsense(shelf: Shelf, clients: dict[str, Any], who: str) -> None:
    for kind in set(KINDS) - READS[who]:
        word = shelf[kind].title.split()[0]
        response = clients[who].get("/library/search/", {"q": word})
        assert "No results" in response.content.decode(), kind


@PEOPLE
@pytest.mark.parametrize("door", ["/library/feed/", "/sitemap-articles.xml"])
def test_feed_and_sitemap_hold_public_articles_whoever_asks(shelf: Shelf, clients: dict[str, Any], who: str, door: str) -> None:
    text = clients[who].get(door).content.decode()
    assert [kind for kind in KINDS if shelf[kind].slug in text] == ["public"]


def test_who_leaves_the_group_loses_its_articles_at_once(shelf: Shelf, clients: dict[str, Any], group: Any, alice: Any) -> None:
    from groups.peers import actions

    actions.leave(member=alice, group=group)
    assert clients["alice"].get(address(shelf["group"])).status_code == 404
    assert shelf["group"].title not in clients["alice"].get("/library/").content.decode()


def test_a_change_of_audience_closes_every_door_at_once(shelf: Shelf, clients: dict[str, Any]) -> None:
    publish(shelf["public"], audience="members")
    assert clients["guest"].get(address(shelf["public"])).status_code == 302
    for door in ("/library/", "/library/feed/", "/sitemap-articles.xml", f"/library/search/?q={WORD}"):
        assert shelf["public"].slug not in clients["guest"].get(door).content.decode(), door


@pytest.mark.parametrize("path", ["/library/x/y/", "/library/none/", "/library/Z/../", "/pictures/none/", "/documents/1/plan.pdf/"])
def test_what_does_not_exist_asks_guests_to_sign_in_and_is_not_found_by_members(clients: dict[str, Any], path: str) -> None:
    assert clients["guest"].get(path).status_code == 302
    assert clients["guest"].get(path)["Location"].startswith("/accounts/login/")
    assert clients["charlie"].get(path).status_code == 404


def test_only_a_guests_copy_of_a_public_article_may_be_kept_and_indexed(shelf: Shelf, clients: dict[str, Any]) -> None:
    public = clients["guest"].get(address(shelf["public"]))
    assert "X-Robots-Tag" not in public
    assert f"<title>{shelf['public'].title} – " in public.content.decode()
    for who, kind in (("alice", "public"), ("alice", "members"), ("alice", "group")):
        response = clients[who].get(address(shelf[kind]))
        assert response["Cache-Control"] == "no-store, private"
        assert "noindex" in response["X-Robots-Tag"]


@pytest.mark.parametrize("kind", ["members", "group"])
def test_the_tab_and_address_of_what_is_not_public_tell_nothing(shelf: Shelf, clients: dict[str, Any], kind: str) -> None:
    text = clients["alice"].get(address(shelf[kind])).content.decode()
    assert "<title>Library – Mainstay</title>" in text
    assert all(word.lower() not in shelf[kind].slug for word in shelf[kind].title.split())


def test_an_address_never_comes_from_a_title_even_when_one_is_given(db: None) -> None:
    article = write("Sleep", slug="sleep-without-drink")
    assert len(article.slug) == 16
    assert "sleep" not in article.slug


@pytest.mark.postgresql
@pytest.mark.parametrize("words", ['"', "a*", "NEAR(", "' OR 1=1 --", "\0", "AND", "x" * 500, "%", "😀"])
def test_search_takes_any_words(shelf: Shelf, clients: dict[str, Any], words: str) -> None:
    assert clients["alice"].get("/library/search/", {"q": words}).status_code in (200, 302)


def test_the_list_takes_as_many_queries_for_many_articles_as_for_one(
    client_of: Any, alice: Any, group: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ArticlePage.objects.all().delete()
    write("First", "groups", groups=(group,))
    alices = client_of(alice)
    alices.get("/library/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        alices.get("/library/")
    for number in range(8):
        write(f"More {number}", "public")
    with django_assert_num_queries(len(one)):
        assert alices.get("/library/").content.decode().count("row-link") == 9


def test_long_lists_come_in_pages(client_of: Any, charlie: Any) -> None:
    for number in range(21):
        write(f"Number {number:02}", "members")
    first = client_of(charlie).get("/library/").content.decode()
    second = client_of(charlie).get("/library/?page=2").content.decode()
    assert "Number 20" in first
    assert "Number 00" not in first
    assert "Number 00" in second


def test_the_api_and_the_media_folder_are_not_there(clients: dict[str, Any]) -> None:
    for path in ("/api/v2/pages/", "/api/", "/media/original_images/garden-of-sam.jpg", "/media/", "/documents/", "/_util/login/"):
        for who in ("guest", "alice", "pat"):
            assert clients[who].get(path).status_code in (302, 404), (who, path)
            assert clients[who].get(path).get("Location", "/accounts/login/").startswith("/accounts/login/")


@pytest.mark.postgresql
def test_the_tree_can_be_made_again_on_an_empty_database_and_twice(db: None) -> None:
    from wagtail.models import Locale, Page, Site

    Site.objects.all().delete()
    Page.objects.all().delete()
    Locale.objects.all().delete()
    first, second = ensure_tree(), ensure_tree()
    assert first.pk == second.pk
    assert first.url == "/library/"
    assert Site.objects.get().root_page.slug == "home"


@pytest.mark.postgresql
def test_the_newest_article_is_suggested_for_two_weeks_to_who_may_read_it(shelf: Shelf, alice: Any, charlie: Any) -> None:
    import datetime as dt

    from django.utils import timezone

    from cms.reading import newest_for

    assert newest_for(alice).title == "Circle paper"
    assert newest_for(charlie).title == "Public paper"
    ArticlePage.objects.update(first_published_at=timezone.now() - dt.timedelta(days=15))
    assert newest_for(alice) is None
