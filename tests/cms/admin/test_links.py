"""Every link that the editor offers, and each that an article holds, leads somewhere; what has no address is plain text."""

import json
import re
from typing import Any

import pytest
from wagtail.models import Page

from cms.models import HomePage, LibraryPage
from tests.cms.articles import paper, picture, write

CHOOSER = "/cms/choose-page/"
TYPED = "external-link-chooser-url"


def offered(answer: Any) -> dict[int, str]:
    """The number and the address of each page that a chooser lets choose."""
    text = json.loads(answer.content)["html"] if "json" in answer["Content-Type"] else answer.content.decode()
    return {int(number): address for number, address in re.findall(r'class="choose-page"[^>]*data-id="(\d+)"[^>]*data-url="([^"]*)"', text)}


@pytest.mark.parametrize("link", ['<a linktype="page" id="{home}">the start</a>', '<a linktype="page" id="987654">the start</a>'])
def test_what_was_stored_with_a_link_to_nowhere_is_plain_text(clients: dict[str, Any], link: str) -> None:
    """Catches href="None": a page of the site that has no address of its own, and one that is gone."""
    body = [("text", f"<p>Begin at {link.format(home=HomePage.objects.get().pk)}.</p>")]
    text = clients["guest"].get(f"/library/{write('Evenings', 'public', body=body).slug}/").content.decode()
    assert "Begin at <a>the start</a>." in text and "None" not in text


def test_the_chooser_offers_no_page_without_an_address(clients: dict[str, Any]) -> None:
    """Catches the site's root and Home, the first choices of all, which lead nowhere; and a chooser that offers nothing."""
    article = write("Evenings", "public")
    home, library = HomePage.objects.get(), LibraryPage.objects.get()
    places = [CHOOSER, *(f"{CHOOSER}{page.pk}/" for page in Page.objects.all())]
    places += [f"{CHOOSER}search/?q={words}" for words in ("Home", "Root", "Library", "Evenings")]
    found: dict[int, str] = {}
    for place in places:
        found |= offered(clients["pat"].get(place, {"allow_external_link": "true"} if "?" not in place else {}))
    assert found == {library.pk: "/library/", article.pk: f"/library/{article.slug}/"}
    assert f"{CHOOSER}{home.pk}/" in json.loads(clients["pat"].get(CHOOSER).content)["html"], "it is still the way to what stands under it"


@pytest.mark.parametrize("typed", ["/", "http://testserver/", "/help/", "https://www.who.int/"])
def test_a_typed_address_stays_what_was_typed(clients: dict[str, Any], settings: Any, typed: str) -> None:
    """Catches the front page, of which Wagtail makes a link to Home."""
    sent = {TYPED: typed.replace("http://testserver", settings.SITE_URL), "external-link-chooser-link_text": "the start"}
    answer = json.loads(clients["pat"].post("/cms/choose-external-link/", sent).content)
    assert answer["step"] == "external_link_chosen" and answer["result"]["url"] == sent[TYPED]


def test_the_typed_address_of_an_article_becomes_a_link_to_it(clients: dict[str, Any]) -> None:
    article = write("Evenings", "public")
    answer = json.loads(clients["pat"].post("/cms/choose-external-link/", {TYPED: f"/library/{article.slug}/"}).content)
    assert answer["result"]["id"] == article.pk and answer["result"]["url"] == f"/library/{article.slug}/"


def test_what_the_choosers_of_files_show_and_link_is_there(clients: dict[str, Any], pat: Any) -> None:
    """Catches a preview or a link of a picture or a document that leads nowhere, in the choosers and on their own pages."""
    image, file = picture(pat), paper(pat)
    chosen = [json.loads(clients["pat"].get(f"/cms/{kind}/chooser/chosen/{each.pk}/").content)["result"] for kind, each in
              (("images", image), ("documents", file))]  # fmt: skip
    ways = {chosen[0]["preview"]["url"], chosen[1]["url"], *(each["edit_url"] for each in chosen)}
    pages = ["images/", "documents/", f"images/{image.pk}/", f"documents/edit/{file.pk}/", "images/chooser/", "documents/chooser/"]
    for path in pages:
        answer = clients["pat"].get(f"/cms/{path}")
        text = json.loads(answer.content)["html"] if "chooser" in path else answer.content.decode()
        ways |= set(re.findall(r'(?:href|src)="(/(?:pictures|documents|media|cms/(?:images|documents))/[^"#]*)"', text))
    assert len(ways) > 10
    for way in ways:
        assert clients["pat"].get(way.replace("&amp;", "&")).status_code == 200, way
