"""What the editor points out in an article, from a list that a center can edit. It keeps nobody from saving."""

import html
import json
from typing import Any

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage
from community.centre.models import Centre
from community.centre.word_hints import BUILT_IN
from tests.centre.test_look import saved
from tests.cms.articles import picture, write
from tests.cms.articles import shown as described
from tests.cms.editor_forms import ADD, form
from tests.cms.library.test_reading_level import NOTICE, one_line

NOTHING, STILL = "Nothing to point out", "You can save and publish as it is"


def typed(words: str) -> str:
    """A rich text as the editor posts it."""
    block = {"key": "a", "text": words, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": [], "data": {}}
    return json.dumps({"blocks": [block], "entityMap": {}})


def shown(client: Any, article: ArticlePage) -> str:
    return html.unescape(client.get(f"/cms/pages/{article.pk}/edit/").content.decode())


def test_words_that_hurt_are_pointed_out_once_with_what_to_say(clients: dict[str, Any]) -> None:
    """Inflected, in any case, in every field that staff write, and not in others' words or in the middle of one."""
    body = [
        ("text", "<p>An addict is not his habit. ADDICTS are people; addiction is not.</p>"),
        ("callout", {"tone": "note", "heading": "", "text": "<p>After a relapse</p>"}),
        ("steps", {"heading": "", "steps": ["<p>Stay clean</p>", "<p>Use clean water</p>"]}),
        ("picture", {"image": described(picture(), "Drunks by a window"), "caption": ""}),
        ("quote", {"text": "I was a junkie.", "source": "A member", "url": ""}),
    ]
    text = shown(clients["pat"], write("For alcoholics", body=body))
    for word in ("alcoholics", "addict", "ADDICTS", "relapse", "Stay clean", "Drunks"):
        assert text.count(f"<strong>{word}</strong>") == 1, word
    assert "<strong>addict</strong>: perhaps person with an addiction" in text
    assert "<strong>junkie" not in text and "<strong>clean" not in text
    assert STILL in text and NOTHING not in text


def test_letters_that_only_look_like_the_listed_ones_are_no_error(clients: dict[str, Any]) -> None:
    """A dotless i, which a search without case takes for an i: the article could not be opened in the editor anymore."""
    body = [("text", "<p>An add\u0131ct. Una recai\u0301da.</p>")]
    text = shown(clients["pat"], write("Evenings", body=body))
    assert "<strong>reca\u00edda</strong>" in text, "an accent may be a letter of its own, as a Mac writes it"


def test_what_is_hard_to_read_is_said_with_its_longest_sentence(clients: dict[str, Any]) -> None:
    text = shown(clients["pat"], write("A notice", body=[("text", f"<p>{one_line(NOTICE)}</p>")]))
    assert "This is very hard to read." in text and "grade 8 or below" in text and "<blockquote>Notwithstanding" in text
    text = shown(clients["pat"], write("Plain", body=[("text", "<p>Put the kettle on.</p>" * 30)]))
    assert NOTHING in text and "hard to read" not in text


def test_an_autosave_brings_the_hints_anew_and_nothing_is_kept_from_being_saved(clients: dict[str, Any]) -> None:
    """Hints that were those of the page as it was opened; a page that could not be saved for its words."""
    add = ADD.format(ensure_tree().pk)
    assert NOTHING in clients["pat"].get(add).content.decode()
    created = clients["pat"].post(add, form(**{"body-0-value": typed("An addict.")}), headers={"Accept": "application/json"}).json()
    assert created["success"]
    hydrated = clients["pat"].get(created["hydrate_url"]).content.decode()
    edit = created["url"]
    more = form(**{"body-0-value": typed("A junkie.")})
    kept = clients["pat"].post(edit, more, headers={"Accept": "application/json"}).json()
    assert kept["success"]
    for answer, word in ((hydrated, "addict"), (kept["html"], "junkie")):
        assert "[data-hints]" in answer and f"<strong>{word}</strong>" in answer
    clients["pat"].post(edit, more | {"action-publish": "1"})
    assert ArticlePage.objects.get().live


def test_a_center_edits_the_list(clients: dict[str, Any], client_of: Any, ada: Any) -> None:
    """Its own words in the place of ours, and ours again where it takes its own away."""
    admin, article = client_of(ada), write("Evenings", body=[("text", "<p>An addict, a graduate.</p>")])
    page = admin.get(f"/cms/settings/centre/centre/{Centre.load().pk}/")
    assert BUILT_IN.splitlines()[0] in html.unescape(page.content.decode())
    refused = saved(clients["guest"], admin, listed_words="graduate, graduates")
    assert refused.status_code == 200 and "Write “graduate, graduates” as a word, a colon" in html.unescape(refused.content.decode())
    assert saved(clients["guest"], admin, listed_words="graduate, graduates: alum\n").status_code == 302
    text = shown(clients["pat"], article)
    assert "<strong>graduate</strong>: perhaps alum" in text and "<strong>addict</strong>" not in text
    for back in ("", BUILT_IN.replace("\n", "\r\n")):
        assert saved(clients["guest"], admin, listed_words=back).status_code == 302
        assert Centre.load().listed_words == ""
        assert "<strong>addict</strong>" in shown(clients["pat"], article)
