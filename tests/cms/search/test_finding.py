"""What a search of the library finds: questions as people ask them, one answer on both databases, and nothing of what is hidden."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from cms.models import ArticlePage
from cms.search import finding
from cms.search.words import folded
from community.demo.data import read_all
from community.demo.library import make_articles
from groups.peers.models import PeerGroup
from tests.cast import NAMES, make_cast
from tests.cms.articles import picture, plain, publish, shown, write
from tests.cms.search.asking import ask, titles
from tests.worlds import from_the_world, lasting

ARTICLES = read_all("library")  # the demo's fifteen

# What somebody types: the files of the articles that Alice finds, the best first.
FOUND: dict[str, list[str]] = {
    "evnings": [
        "evenings-with-children",
        "first-evenings",
        "close-to-home",
        "clear-expectations",
        "after-the-programme",
        "what-gets-noticed",
        "what-a-programme-gives",
        "asking-for-help",
        "a-foundation",
    ],
    "evening": [
        "evenings-with-children",
        "first-evenings",
        "close-to-home",
        "clear-expectations",
        "after-the-programme",
        "what-gets-noticed",
        "what-a-programme-gives",
        "asking-for-help",
        "a-foundation",
    ],
    "cravings": ["when-an-urge-comes", "first-evenings", "checking-in", "what-a-programme-gives"],
    "naloxon": ["for-families"],
    "narcan": ["for-families"],
    "kids": ["evenings-with-children", "close-to-home"],
    "famly": [
        "for-families",
        "evenings-with-children",
        "focused-and-rigorous",
        "what-a-programme-gives",
        "the-real-world",
        "after-the-programme",
    ],
    "cant sleep": ["first-evenings", "sleep-slowly", "close-to-home", "for-families", "checking-in", "after-the-programme"],
    "SLEEPING": ["first-evenings", "sleep-slowly", "close-to-home", "for-families", "checking-in", "after-the-programme"],
    "relapse": ["a-foundation", "when-an-urge-comes", "for-families", "first-evenings", "asking-for-help", "sleep-slowly"],
    "relpse": ["a-foundation", "when-an-urge-comes", "for-families", "first-evenings", "asking-for-help", "sleep-slowly"],
    "urge": ["when-an-urge-comes", "first-evenings", "checking-in", "what-a-programme-gives"],
    "meds": [
        "sleep-slowly",
        "a-foundation",
        "what-a-programme-gives",
        "close-to-home",
        "when-an-urge-comes",
        "what-gets-noticed",
        "focused-and-rigorous",
        "first-evenings",
        "clear-expectations",
        "checking-in",
        "after-the-programme",
        "for-families",
        "the-real-world",
        "asking-for-help",
    ],
    "my son": ["evenings-with-children", "close-to-home"],
    "talking to my kids about drinking": [
        "evenings-with-children",
        "first-evenings",
        "when-an-urge-comes",
        "after-the-programme",
        "what-a-programme-gives",
        "the-real-world",
        "sleep-slowly",
        "close-to-home",
        "asking-for-help",
        "a-foundation",
    ],
    "overdose": ["for-families", "when-an-urge-comes", "first-evenings", "asking-for-help", "after-the-programme", "a-foundation"],
    "what now": [
        "the-real-world",
        "for-families",
        "first-evenings",
        "after-the-programme",
        "when-an-urge-comes",
        "sleep-slowly",
        "evenings-with-children",
        "clear-expectations",
        "checking-in",
        "asking-for-help",
        "a-foundation",
    ],
    "addiction": [
        "after-the-programme",
        "sleep-slowly",
        "evenings-with-children",
        "a-foundation",
        "what-gets-noticed",
        "checking-in",
        "what-a-programme-gives",
        "the-real-world",
        "when-an-urge-comes",
        "focused-and-rigorous",
        "first-evenings",
    ],
    "insomnia": ["sleep-slowly", "first-evenings", "close-to-home", "for-families", "checking-in", "after-the-programme"],
    "cold turkey": [
        "what-a-programme-gives",
        "when-an-urge-comes",
        "for-families",
        "first-evenings",
        "asking-for-help",
        "after-the-programme",
        "a-foundation",
        "close-to-home",
    ],
    "sober": [
        "what-gets-noticed",
        "the-real-world",
        "a-foundation",
        "sleep-slowly",
        "first-evenings",
        "after-the-programme",
        "for-families",
        "focused-and-rigorous",
        "evenings-with-children",
        "checking-in",
    ],
    "anxeity": ["after-the-programme"],
    "counselor": [
        "after-the-programme",
        "when-an-urge-comes",
        "what-a-programme-gives",
        "the-real-world",
        "for-families",
        "evenings-with-children",
        "asking-for-help",
        "a-foundation",
        "focused-and-rigorous",
        "first-evenings",
        "close-to-home",
    ],
    "how do I stay sober after rehab": ["after-the-programme", "first-evenings"],
    "checkin": ["checking-in", "after-the-programme"],
    "Pathways": ["clear-expectations"],
    "foundat": ["a-foundation", "the-real-world", "what-a-programme-gives"],
    "asking for help": [
        "asking-for-help",
        "first-evenings",
        "after-the-programme",
        "what-a-programme-gives",
        "checking-in",
        "evenings-with-children",
        "for-families",
        "a-foundation",
        "clear-expectations",
        "close-to-home",
    ],
    "zeppelin": [],
    "priorities": ["the-real-world"],
    "dinner": ["when-an-urge-comes"],
}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """The ids of the articles, by the names of their files."""

    def make() -> dict[str, int]:
        people, group = make_cast()
        articles = make_articles(ARTICLES, {"kitchen-table": group}, people["pat"])
        return dict(zip(ARTICLES, (article.pk for article in articles), strict=True))

    with lasting(django_db_blocker, make) as numbers:
        yield numbers


@pytest.fixture
def articles(made: dict[str, int], db: None) -> dict[str, int]:
    return made


@pytest.fixture
def group(made: dict[str, int], db: None) -> PeerGroup:
    return PeerGroup.objects.get()


alice, bob, charlie, faye, pat, rena, mo, cora, ada = map(from_the_world, NAMES)


@pytest.fixture
def readers(client_of: Any, alice: Any, charlie: Any) -> dict[str, Client]:
    """By whom: the member of the group that has an article of its own, a member of none, and nobody."""
    return {"alice": client_of(alice), "charlie": client_of(charlie), "guest": Client()}


@pytest.mark.postgresql
@pytest.mark.parametrize("words", FOUND)
def test_a_question_finds_its_articles_in_one_order(articles: dict[str, int], readers: dict[str, Client], words: str) -> None:
    """A word that is found on one database alone, or in another form; a slip of the finger after which nothing is found."""
    files = {article.title: name for name, pk in articles.items() for article in ArticlePage.objects.filter(pk=pk)}
    assert [files[title] for title in titles(ask(readers["alice"], words))] == FOUND[words]


@pytest.mark.postgresql
def test_who_may_read_less_finds_less_in_the_same_order(articles: dict[str, int], readers: dict[str, Client]) -> None:
    for who in ("charlie", "guest"):
        listed = {title for page in (1, 2) for title in titles(readers[who].get("/library/", {"page": page}).content.decode())}
        for words in ("evening", "family", "asking for help", "addiction"):
            all_of_them = titles(ask(readers["alice"], words))
            assert titles(ask(readers[who], words)) == [title for title in all_of_them if title in listed], (who, words)


@pytest.mark.parametrize("who", ["charlie", "guest"])
def test_a_page_tells_nothing_of_what_is_hidden(
    articles: dict[str, int], readers: dict[str, Client], group: Any, charlie: Any, who: str
) -> None:
    """Counts, near words and the order of results: all of it is the same where the hidden articles were never written."""
    write("Sandcastles", "groups", groups=(group,), summary="Zeppelins over the methadone evenings", content_note="zeppelins")
    write("Zeppelins", "public", live=False)
    questions = [*FOUND, "zeppelin", "zepelins", "sandcastel", "sandcastles evening", "methadon", "nacoa", "kitchen"]
    before = {words: plain(readers[who].get("/library/search/", {"q": words})) for words in questions}
    reader = charlie if who == "charlie" else AnonymousUser()
    for article in ArticlePage.objects.exclude(pk__in=ArticlePage.objects.visible_to(reader)):
        article.delete()
    after = {words: plain(readers[who].get("/library/search/", {"q": words})) for words in questions}
    assert [words for words in questions if before[words] != after[words]] == []


def test_a_word_that_is_hidden_is_offered_to_its_readers_alone(readers: dict[str, Client], articles: dict[str, int], group: Any) -> None:
    """A slip of the finger that is mended to the word of an article that one may not know of."""
    write("Sandcastles", "groups", groups=(group,))
    for words in ("sandcastels", "sandcas", "sandcxstlxs"):
        assert ("sandcastles" in ask(readers["alice"], words)) is True, words
        assert ("sandcastles" in ask(readers["charlie"], words)) is False, words


def test_who_leaves_the_group_no_longer_finds_its_words(
    readers: dict[str, Client], articles: dict[str, int], group: Any, alice: Any
) -> None:
    from groups.peers import actions

    write("Sandcastles", "groups", groups=(group,))
    assert titles(ask(readers["alice"], "sandcastels")) == ["Sandcastles"]
    actions.leave(member=alice, group=group)
    page = ask(readers["alice"], "sandcastels")
    assert titles(page) == [] and "sandcastles" not in page


def test_what_was_found_instead_is_said(articles: dict[str, int], readers: dict[str, Client]) -> None:
    page = ask(readers["guest"], "famly evenings")
    assert "“famly” wasn't found." in html.unescape(page) and '<a href="?q=family">family</a>' in page
    assert "wasn't found" not in html.unescape(ask(readers["guest"], "family"))


@pytest.mark.postgresql
def test_where_no_article_has_all_of_the_words_those_with_some_are_shown(articles: dict[str, int], readers: dict[str, Client]) -> None:
    page = ask(readers["alice"], "children zeppelin")
    assert "No article has all of these words." in page and titles(page)[0].startswith("Evenings with children")
    assert "No article has all" not in ask(readers["alice"], "children evening")


def test_many_words_that_find_nothing_cost_little_more_than_one(
    articles: dict[str, int], readers: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every word of the library was made ready to compare for each word that was typed: a guest kept a process busy for seconds."""
    made: list[str] = []
    monkeypatch.setattr(finding, "folded", lambda word: made.append(word) or folded(word))

    def cost(words: str) -> int:
        made.clear()
        ask(readers["guest"], words)
        return len(made)

    assert 0 < cost("zqxj vkqz qqqq zzzz jjjj kkkk wwww yyyy") <= cost("zqxj") + 10


@pytest.mark.postgresql
def test_without_a_result_there_are_near_words_and_the_help_lines(articles: dict[str, int], readers: dict[str, Client]) -> None:
    page = ask(readers["guest"], "cxldrrn")
    assert "No results for “cxldrrn”" in page and '<a href="?q=children">children</a>' in page
    for words in ("cxldrrn", "xylophone"):
        page = ask(readers["guest"], words)
        assert "Talk to somebody now" in page and 'href="/library/"' in page, words


def test_the_words_that_were_found_are_shown_where_they_stand(articles: dict[str, int], readers: dict[str, Client]) -> None:
    page = ask(readers["alice"], "kids")
    assert "So are the <mark>children</mark>" in page
    assert "<mark>" not in ask(readers["alice"], "naloxone"), "a content note lets one choose before one reads"


def test_a_text_that_looks_like_code_stays_text(articles: dict[str, int], readers: dict[str, Client]) -> None:
    write(
        "Sandcastles", "public", body=[("quote", {"text": "<script>alert(1)</script> sandcastles", "source": "A <b>member</b>", "url": ""})]
    )
    page = ask(readers["guest"], "sandcastles alert")
    assert "&lt;<mark>" not in page and "<script>alert" not in page and "&lt;script&gt;<mark>alert</mark>" in page


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"title": "Sandcastles"}, "sandcastle"),
        ({"summary": "About sandcastles"}, "sandcastle"),
        ({"content_note": "sandcastles"}, "sandcastle"),
        ({"body": [("heading", "Sandcastles")]}, "sandcastle"),
        ({"body": [("steps", {"heading": "", "steps": ["<p>Breathe</p>", "<p>Build<br/>sandcastles</p>"]})]}, "sandcastle"),
        ({"body": [("callout", {"tone": "note", "heading": "Sandcastles", "text": "<p>Sea</p>"})]}, "sandcastle"),
        ({"body": [("text", "<ul><li>Castle</li><li>Moat</li></ul>")]}, "castles moat"),
        ({"body": [("text", "<p>El niño y la recuperación de los niños</p>")]}, "recuperaciones"),
        ({"body": [("text", "<p>El niño y la recuperación de los niños</p>")]}, "NINO recuperacion"),
        ({"body": [("text", "<p>Don’t hurry: it’s Ada’s café.</p>")]}, "adas cafes"),
    ],
)
def test_every_part_of_an_article_is_found(articles: dict[str, int], readers: dict[str, Client], field: dict[str, Any], words: str) -> None:
    """Steps, captions, notes and headings; words of two paragraphs that run together; accents and apostrophes."""
    article = publish(write("Untitled", "members"), **field)
    assert article.title in titles(ask(readers["charlie"], words))


def test_captions_and_descriptions_of_pictures_are_found(articles: dict[str, int], readers: dict[str, Client]) -> None:
    write("Beach", "members", body=[("picture", {"image": shown(picture(), "Driftwood"), "caption": "Sandcastles"})])
    for words in ("sandcastle", "driftwood"):
        assert titles(ask(readers["charlie"], words)) == ["Beach"]


def test_what_an_editor_only_chose_is_not_found(articles: dict[str, int], readers: dict[str, Client]) -> None:
    """The kinds of callouts, which no reader sees: "Good to know" finds each article that has one."""
    write("Sandcastles", "members", body=[("callout", {"tone": "danger", "heading": "", "text": "<p>Sea</p>"})])
    assert "Sandcastles" not in titles(ask(readers["charlie"], "danger"))


def test_a_title_counts_more_than_a_mention(articles: dict[str, int], readers: dict[str, Client]) -> None:
    write("A beach", "members", body=[("text", f"<p>{'sandcastle ' * 50}</p>")])
    write("Sandcastles", "members")
    write("The sea", "members", summary="And its sandcastles")
    assert titles(ask(readers["charlie"], "sandcastle")) == ["Sandcastles", "The sea", "A beach"]


def test_results_come_in_pages(articles: dict[str, int], readers: dict[str, Client]) -> None:
    for number in range(21):
        write(f"Sandcastle {number:02}", "members")
    first, second = ask(readers["charlie"], "sandcastel"), ask(readers["charlie"], "sandcastel", page=2)
    assert "21 articles" in first and "21 articles" in second
    assert titles(first + second) == [f"Sandcastle {number:02}" for number in reversed(range(21))]
    assert re.search(r'href="\?q=sandcastel&amp;page=2">Next<', first)
