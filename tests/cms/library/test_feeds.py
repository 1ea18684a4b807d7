"""What feed readers and search engines keep: the addresses of the site as it is configured."""

import html
import re
from typing import Any

import pytest
from lxml import etree

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage
from tests.cms.editor_forms import ADD, form

SITE = "https://centre.example"
ADDRESS = re.compile(r'https?://[^<"]+')
FORMATS = ("http://www.w3.org/", "http://www.sitemaps.org/", "https://www.w3.org/")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9999"])
@pytest.mark.parametrize(("door", "least"), [("/library/feed/", 4), ("/sitemap.xml", 4)])
def test_no_address_comes_from_who_asked(
    client: Any, shelf: dict[str, ArticlePage], settings: Any, host: str, door: str, least: int
) -> None:
    """Catches a copy, kept by a cache or a feed reader, whose links lead where the asker's Host header said."""
    settings.SITE_URL = SITE
    text = client.get(door, headers={"host": host}).content.decode()
    addresses = [address for address in ADDRESS.findall(text) if not address.startswith(FORMATS)]
    assert len(addresses) >= least
    assert [address for address in addresses if not address.startswith(f"{SITE}/")] == []
    assert f"{SITE}/library/{shelf['public'].slug}/" in addresses


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
    etree.fromstring(client.get("/sitemap.xml").content)


@pytest.mark.parametrize("title", ["\u200b", "\u2800\u3164", "\x0b"])
def test_a_title_shows_something(client_of: Any, pat: Any, title: str) -> None:
    """An article without a name in every list."""
    add = client_of(pat).post(ADD.format(ensure_tree().pk), form(title=title, **{"action-publish": "1"}))
    assert add.status_code == 200 and "Fill this in." in add.content.decode() and not ArticlePage.objects.exists()
