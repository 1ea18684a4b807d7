"""What lacks something is not published, whichever way it is asked for; and nothing is offered that cannot be done."""

import datetime as dt
import html
import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import PageLogEntry

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage
from cms.tasks import keep_dates
from tests.cms.articles import paper, picture, shown, write
from tests.cms.editor_forms import form

EMPTY_PARAGRAPH = json.dumps({"blocks": [{"key": "a", "text": " ", "type": "unstyled", "depth": 0, "inlineStyleRanges": [],
                                          "entityRanges": [], "data": {}}], "entityMap": {}})  # fmt: skip


def lacking(what: str) -> ArticlePage:
    """A draft as the editor saves it, which asks for nothing but a title."""
    fields: dict[str, dict[str, Any]] = {
        "a line": {"summary": ""},
        "a body": {"body": []},
        "words": {"body": [("text", '<p data-block-key="a"> </p>')]},
        "a picture": {"body": [("picture", {"image": shown(None, "A chair"), "caption": ""})]},
        "a description": {"body": [("text", "<p>Words.</p>"), ("picture", {"image": shown(picture(), ""), "caption": ""})]},
        "a second step": {"body": [("steps", {"heading": "", "steps": ["<p>One.</p>"]})]},
        "words in a step": {"body": [("steps", {"heading": "", "steps": ["<p>One.</p>", "<p></p>"]})]},
        "words in a callout": {"body": [("callout", {"tone": "note", "heading": "", "text": "<p></p>"})]},
        "a name for the link": {"body": [("document", {"document": paper(), "title": ""})]},
        "who said it": {"body": [("quote", {"text": "One hour.", "source": "", "url": ""})]},
        "an address": {"sources": [("source", {"title": "Naloxone", "url": "", "opened": dt.date(2026, 11, 20)})]},
        "readers": {"audience": "groups"},
    }
    made = fields[what]
    article = write("Evenings", made.pop("audience", "members"), live=False)
    for name, value in made.items():
        setattr(article, name, value)
    article.save()
    article.save_revision(clean=False)
    return article


SAID = {
    "a line": "“In one line” is empty.",
    "a body": "“Article” is empty.",
    "words": "“Article, part 1 (Text)” is empty.",
    "a picture": "“Article, part 1 (Image), Image” is empty.",
    "a description": "“Article, part 2 (Image), Description for people who can't see it”: Describe the image in a sentence",
    "a second step": "“Article, part 1 (Steps), Steps”: The minimum number of items is 2",
    "words in a step": "“Article, part 1 (Steps), Steps, 2” is empty.",
    "words in a callout": "“Article, part 1 (Callout), Text” is empty.",
    "a name for the link": "“Article, part 1 (Document), What the link says” is empty.",
    "who said it": "“Article, part 1 (Quote), Who said or wrote it” is empty.",
    "an address": "“Sources, part 1 (Source), Address” is empty.",
    "readers": "“Which groups” is empty.",
}


def words_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("what", SAID)
def test_a_bulk_action_says_what_is_missing_and_publishes_nothing(clients: dict[str, Any], what: str) -> None:
    """The list of pages asked for nothing: a title alone gave an error page, and an empty article went live."""
    article, whole = lacking(what), write("Mornings", live=False)
    answer = clients["pat"].post(f"/cms/bulk/wagtailcore/page/publish/?id={whole.pk}&id={article.pk}", {}, follow=True)
    assert answer.status_code == 200
    assert f"“Evenings” was not published. {SAID[what]}" in words_of(answer)
    assert not ArticlePage.objects.filter(live=True).exists()


@pytest.mark.parametrize("chosen", ["id=all&childOf={library}", "id={library}"])
def test_a_bulk_action_names_all_that_lack_something(clients: dict[str, Any], chosen: str) -> None:
    """Of ten pages one would hear of the first, mend it, and hear of the next."""
    lacking("a line"), write("Mornings", live=False, body=[])
    query = chosen.format(library=ensure_tree().pk)
    answer = clients["pat"].post(f"/cms/bulk/wagtailcore/page/publish/?{query}", {"include_descendants": "on"}, follow=True)
    assert "“Evenings” was not published. “In one line” is empty." in words_of(answer)
    assert "“Mornings” was not published. “Article” is empty." in words_of(answer)
    assert not ArticlePage.objects.filter(live=True).exists()


@pytest.mark.parametrize("what", ["a line", "a description", "readers"])
@pytest.mark.parametrize("clock", [keep_dates, lambda: call_command("publish_scheduled")])
def test_the_clock_leaves_what_lacks_something_and_publishes_the_rest(clients: dict[str, Any], what: str, clock: Any) -> None:
    """What was scheduled before somebody took something out of it went live; and one such page held up all after it."""
    article, whole = lacking(what), write("Mornings", live=False)
    moment = timezone.now() - dt.timedelta(minutes=1)
    for number, due in enumerate((article, whole)):
        version = due.get_latest_revision()
        version.approved_go_live_at = moment + dt.timedelta(seconds=number)
        version.save()
    clock()
    assert set(ArticlePage.objects.filter(live=True)) == {whole}
    article.refresh_from_db()
    assert article.scheduled_revision is None
    assert PageLogEntry.objects.filter(page=article.pk, action="wagtail.schedule.cancel").exists(), "its history says nothing of it"


@pytest.mark.parametrize("door", ["edit/", "revisions/{version}/revert/"])
@pytest.mark.parametrize("when", ["", "2030-01-15 10:00"])
@pytest.mark.parametrize("fields", [{"summary": ""}, {"body-count": "0"}, {"body-0-value": EMPTY_PARAGRAPH}, {"audience": "groups"}])
def test_no_form_publishes_or_schedules_what_lacks_something(clients: dict[str, Any], door: str, when: str, fields: dict[str, str]) -> None:
    """By the button, for later, and out of an old version. A text of one empty paragraph passed for an article."""
    article = write("Evenings", live=False)
    url = f"/cms/pages/{article.pk}/{door.format(version=article.latest_revision_id)}"
    sent = form(title="Evenings", go_live_at=when, **fields, **{"action-publish": "1"})
    assert clients["pat"].post(url, sent).status_code == 200
    article.refresh_from_db()
    assert (article.live, article.scheduled_revision) == (False, None)
    assert clients["pat"].post(url, sent | {"action-publish": ""}).status_code == (200 if "audience" in fields else 302), "as a draft"


def test_the_editors_api_writes_nothing(clients: dict[str, Any]) -> None:
    """Wagtail's admin API publishes, reverts and copies by one address, past the form."""
    article = write("Evenings", live=False)
    for action in ("publish", "unpublish", "revert_to_page_revision", "copy", "move", "delete", "create_alias", "convert_alias"):
        assert clients["pat"].post(f"/cms/api/main/pages/{article.pk}/action/{action}/", {}).status_code == 404, action
    for path in ("/cms/api/main/pages/", f"/cms/api/main/pages/{article.pk}/"):
        for method in ("post", "put", "patch", "delete"):
            assert getattr(clients["pat"], method)(path).status_code == 405, (method, path)
    assert not ArticlePage.objects.get(pk=article.pk).live


def offered(text: str, chosen: dict[str, int]) -> set[str]:
    """The addresses under /cms/ to which a page leads, by link, button and script; bulk actions with what is chosen of each kind.

    Left out is what scripts ask with more than the address.
    """
    found = re.findall(r'(?:href|action|data-w-action-url-value)="(/cms/[^"#?]*)', text) + re.findall(r'"(/cms/[^"#\\?]*/)"', text)
    return {
        f"{one}?id={chosen[one.split('/')[4]]}" if one.startswith("/cms/bulk/") else one
        for one in found
        if not re.search("/api/|/block-preview/", one)
    }


@pytest.mark.parametrize("who", ["pat", "ada"])
def test_the_editor_offers_nothing_that_is_not_there(client_of: Any, pat: Any, ada: Any, who: str) -> None:
    """Moving, sorting and some histories were offered and always refused. Every address is followed that one gets to."""
    client = client_of({"pat": pat, "ada": ada}[who])
    article = write("Evenings", owner=pat)
    chosen = {"page": article.pk, "picture": picture(pat).pk, "librarydocument": paper(pat).pk}
    waiting, seen, dead = {"/cms/", f"/cms/pages/{article.pk}/edit/"}, set(), set()
    while waiting:
        address = waiting.pop()
        seen.add(address)
        answer = client.get(address)
        if answer.status_code == 404:
            dead.add(address)
        elif answer.status_code == 200 and "html" in answer["Content-Type"]:
            waiting |= offered(answer.content.decode(), chosen) - seen
    assert dead == set()
    assert len(seen) > 30
    text = client.get("/cms/pages/", follow=True).content.decode()
    assert "ordering=ord" not in text
    assert [action for action in ("delete", "move", "publish", "unpublish") if f"/bulk/wagtailcore/page/{action}/" in text] == [
        "delete", "publish", "unpublish",
    ]  # fmt: skip
