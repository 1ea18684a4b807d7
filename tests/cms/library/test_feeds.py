"""What feed readers and search engines keep: the addresses of the site as it is configured."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date
from lxml import etree

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage
from tests.cms.articles import publish, write
from tests.cms.editor_forms import ADD, form

SITE = "https://centre.example"
ADDRESS = re.compile(r'https?://[^<"]+')
FORMATS = ("http://www.w3.org/", "http://www.sitemaps.org/", "https://www.w3.org/")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9999"])
@pytest.mark.parametrize(
    ("door", "least"), [("/library/feed/", 4), ("/sitemap.xml", 2), ("/sitemap-pages.xml", 4), ("/sitemap-articles.xml", 1)]
)
def test_no_address_comes_from_who_asked(
    client: Any, shelf: dict[str, ArticlePage], settings: Any, host: str, door: str, least: int
) -> None:
    """Catches a copy, kept by a cache or a feed reader, whose links lead where the asker's Host header said."""
    settings.SITE_URL = SITE
    text = client.get(door, headers={"host": host}).content.decode()
    addresses = [address for address in ADDRESS.findall(text) if not address.startswith(FORMATS)]
    assert len(addresses) >= least
    assert [address for address in addresses if not address.startswith(f"{SITE}/")] == []
    assert (f"{SITE}/library/{shelf['public'].slug}/" in addresses) == (door in ("/library/feed/", "/sitemap-articles.xml"))


ATOM = {"a": "http://www.w3.org/2005/Atom"}
PASTED = "Evenings\x0band \u202e\ufffemornings\x08"


def entries(client: Any) -> dict[str, str]:
    """What another's parser reads: the summaries by their titles."""
    answer = client.get("/library/feed/")
    assert answer.status_code == 200
    feed = etree.fromstring(answer.content)
    assert feed.findtext("a:author/a:name", namespaces=ATOM) == "Mainstay"
    return {e.findtext("a:title", "", ATOM): e.findtext("a:summary", "", ATOM) for e in feed.iterfind("a:entry", ATOM)}


def test_a_title_pasted_from_slides_is_cleaned_where_it_is_typed(client: Any, client_of: Any, pat: Any) -> None:
    """A vertical tab that is published, and an error in the place of the feed for everybody."""
    add = client_of(pat).post(ADD.format(ensure_tree().pk), form(title=PASTED, audience="public", **{"action-publish": "1"}))
    assert add.status_code == 302
    assert ArticlePage.objects.get().title == "Evenings and mornings"
    assert list(entries(client)) == ["Evenings and mornings"]


def test_the_feed_is_proof_against_what_is_stored(client: Any, shelf: dict[str, ArticlePage]) -> None:
    """Titles of before the rule, and words in angle brackets that a reader of the feed takes for a tag and leaves out."""
    ArticlePage.objects.filter(pk=shelf["public"].pk).update(title=PASTED, summary="Press <help> & go\x0bon")
    found = entries(client)
    assert found["Evenings and mornings"] == "Press &lt;help&gt; &amp; go on"
    assert html.unescape(found["Evenings and mornings"]) == "Press <help> & go on"
    etree.fromstring(client.get("/sitemap-articles.xml").content)


@pytest.mark.parametrize("title", ["\u200b", "\u2800\u3164", "\x0b"])
def test_a_title_shows_something(client_of: Any, pat: Any, title: str) -> None:
    """An article without a name in every list."""
    add = client_of(pat).post(ADD.format(ensure_tree().pk), form(title=title, **{"action-publish": "1"}))
    assert add.status_code == 200 and "Fill this in." in add.content.decode() and not ArticlePage.objects.exists()


CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)">')


def test_search_engines_find_every_public_page_and_its_one_address(client: Any, shelf: dict[str, ArticlePage], settings: Any) -> None:
    """From robots.txt on, as a crawler goes: the index, its sitemaps, and each page that they name."""
    settings.SITE_URL = SITE
    map_of_maps = re.findall(r"^Sitemap: (\S+)$", client.get("/robots.txt").content.decode(), re.MULTILINE)
    assert map_of_maps == [f"{SITE}/sitemap.xml"]
    maps = re.findall("<loc>([^<]+)</loc>", client.get("/sitemap.xml").content.decode())
    assert maps == [f"{SITE}/sitemap-pages.xml", f"{SITE}/sitemap-articles.xml"]
    pages = [page for each in maps for page in re.findall("<loc>([^<]+)</loc>", client.get(each.removeprefix(SITE)).content.decode())]
    assert pages == [*(f"{SITE}{path}" for path in ("/", "/library/", "/help/", "/privacy/")), f"{SITE}/library/public-paper/"]
    for page in pages:
        answer = client.get(page.removeprefix(SITE))
        text = answer.content.decode()
        assert answer.status_code == 200 and "X-Robots-Tag" not in answer and 'name="description" content="' in text, page
        assert CANONICAL.findall(text) == [page]


def test_each_page_of_a_long_list_has_an_address_of_its_own(client: Any, db: None) -> None:
    for number in range(21):
        write(f"Number {number}", "public")
    for path in ("/library/", "/library/?page=2"):
        assert CANONICAL.findall(client.get(path).content.decode()) == [f"http://localhost:8000{path}"]


def test_what_is_not_public_is_in_no_index(clients: dict[str, Any], shelf: dict[str, ArticlePage]) -> None:
    """The same page is public for a guest and is not for a member, who sees more on it."""
    for who, paths in {
        "guest": ["/accounts/login/", "/library/search/?q=paper", f"/library/{shelf['members'].slug}/"],
        "alice": ["/today/", "/library/", *(f"/library/{shelf[kind].slug}/" for kind in ("public", "members", "group"))],
    }.items():
        for path in paths:
            answer = clients[who].get(path)
            assert "noindex" in answer["X-Robots-Tag"] and "no-store" in answer["Cache-Control"], (who, path)
            assert not CANONICAL.search(answer.content.decode()) or path in ("/library/", "/library/public-paper/")


def test_each_entry_of_the_feed_says_whose_it_is_and_names_no_account(client: Any, shelf: dict[str, ArticlePage], pat: Any) -> None:
    write("Letters home", "public", author="Sam, of the spring cohort")
    ArticlePage.objects.update(owner=pat)
    feed = etree.fromstring(client.get("/library/feed/").content)
    assert [each.text for each in feed.iterfind("a:entry/a:author/a:name", ATOM)] == ["Sam, of the spring cohort", "Mainstay"]


@pytest.mark.parametrize("door", ["/library/feed/", "/sitemap-articles.xml"])
def test_who_asks_by_the_date_alone_hears_of_what_was_taken_down(client: Any, shelf: dict[str, ArticlePage], door: str) -> None:
    """What is left was changed before they asked last: "not modified" would have them keep the rest."""
    newest = write("Letters home", "public")
    asked = {"if-modified-since": http_date()}
    publish(newest, audience="members")
    answer = client.get(door, headers=asked)
    assert answer.status_code == 200 and "letters-home" not in answer.content.decode()


def test_the_map_of_many_articles_costs_as_many_queries_as_that_of_few(client: Any, db: None, django_assert_num_queries: Any) -> None:
    write("Number one", "public")
    client.get("/sitemap-articles.xml")
    with CaptureQueriesContext(connection) as few:
        client.get("/sitemap-articles.xml")
    for number in range(20):
        write(f"More {number}", "public")
    with django_assert_num_queries(len(few)):
        assert client.get("/sitemap-articles.xml").content.decode().count("<loc>") == 21
