"""What a copy of somebody's things holds: all that is theirs, nothing that is not, in pages that open anywhere, and JSON."""

import html
import json
import re
import subprocess
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator

from community.downloads.chapters import CHAPTERS
from community.downloads.pages import ROWS_PER_PAGE
from community.kit.text import giveaways
from community.members.models import User
from community.members.settings import closing_actions
from groups.chat.models import Message
from groups.peers import actions as peers
from groups.peers.models import JoinRequest, PeerGroup
from tests.cast import make_group, make_person
from tests.downloads.things import ANSWERED, FOREIGN, MARKS, copy_of, data, links, make_world, pages, say
from tests.worlds import lasting

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with lasting(django_db_blocker, make_world):
        yield


@pytest.fixture
def robin(made, db):
    return User.objects.get(email="robin@mark-address.example")


@pytest.fixture
def archive(robin):
    return copy_of(robin)


def readable(archive: zipfile.ZipFile) -> str:
    return "\n".join(html.unescape(page) for page in pages(archive).values())


def found(marks: tuple[str, ...], text: str) -> list[str]:
    return [mark for mark in marks if mark in text]


def everything(value: Any) -> str:
    """All texts within what was JSON."""
    if isinstance(value, dict):
        return "\n".join(map(everything, value.values()))
    return "\n".join(map(everything, value)) if isinstance(value, list) else str(value)


def test_all_that_is_theirs_is_in_the_pages_and_in_the_json(archive):
    """A right to one's own words that leaves some of them out."""
    assert len(MARKS) == 23
    for text in (readable(archive), everything(data(archive))):
        assert found(MARKS, text) == list(MARKS)
        assert found(ANSWERED, text) == list(ANSWERED)


def test_nothing_is_missing_while_the_account_waits_to_be_closed(robin):
    """Who is paused may read nothing, and their copy would be empty where it is wanted most."""
    closing_actions.ask_for_closing(member=robin, empties_messages=True)
    archive = copy_of(robin)
    ended = ["Mark of a device", "Mark of a browser"]  # they are signed out everywhere, and no push reaches them
    for text in (readable(archive), everything(data(archive))):
        assert found(MARKS, text) == [mark for mark in MARKS if mark not in ended]
        assert found(ANSWERED + FOREIGN, text) == list(ANSWERED)


def test_nothing_of_others_is_in_it(archive):
    """What others said to somebody else, of a group that Robin left, or about Robin to the moderators."""
    assert found(FOREIGN, readable(archive) + everything(data(archive))) == []


def test_others_find_nothing_of_it_in_theirs(made):
    """The other way around: whoever answered Robin has what Robin wrote only where it answers them."""
    mine = ("An answer to Robin", "Not for Robin")
    text = everything(data(copy_of(User.objects.get(email="bob@example.org"))))
    assert found(mine, text) == list(mine) and found(MARKS, text) == []


def test_an_answer_is_given_by_the_name_shown(archive):
    rows = [row for row in data(archive)["messages"] if row.get("text") == "Mark of a message"]
    assert [(answer["name"], answer["text"]) for answer in rows[0]["answers"]] == [("Bob", "An answer to Robin")]


def test_whoever_left_has_their_own_words_alone(robin):
    """A group that is left goes on talking in the copy of somebody who may not read it anymore."""
    group = PeerGroup.objects.get(name="Tuesday evening")
    peers.leave(member=robin, group=group)
    text = everything(data(copy_of(robin)))
    assert found(("Mark of a message", "Mark of an own answer"), text) == ["Mark of a message", "Mark of an own answer"]
    assert found(ANSWERED + FOREIGN, text) == []


def test_a_group_that_may_not_be_known_of_has_no_name(archive):
    rows = data(archive)["messages"]
    assert {row["conversation"] for row in rows if row.get("text") == "Mark of a left group"} == {"A conversation you left (1)"}


def test_many_groups_that_were_left_cost_no_more_questions_than_one(robin):
    """A member of a hundred groups over the years, for whose copy the database was asked about each."""

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            copy_of(robin)
        return sum("peers_peergroup" in query["sql"] for query in found)

    before, faye = asked(), User.objects.get(name="Faye")
    for number in range(3):
        group = make_group(actor=User.objects.get(name="Ada"), facilitator=faye, members=(robin,), name=f"Evening {number}")
        peers.leave(member=robin, group=group)
    assert asked() == before


def test_it_opens_with_the_tools_of_others(archive, tmp_path):
    """A file that our own library alone can read."""
    path = tmp_path / "my-things.zip"
    path.write_bytes(archive.fp.getvalue())
    assert archive.testzip() is None
    subprocess.run(["unzip", "-q", path, "-d", tmp_path / "out"], check=True)
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == sorted(archive.namelist())


def test_the_pages_need_nothing_but_themselves(archive):
    """A script that the browser refuses, a picture from the site, or a link into nowhere."""
    names = set(archive.namelist())
    for name, page in pages(archive).items():
        assert links(page) <= names, name
        assert not re.search(r"<script|<style|<img|\sstyle=|\son\w+=", page), name
        assert "<b>markup" not in page, "somebody's words as markup"
        assert 'lang="en"' in page and "<title>" in page and 'name="viewport"' in page
    reached, todo = set(), ["index.html"]
    while todo:
        reached.add(here := todo.pop())
        todo += [to for to in links(pages(archive)[here]) if to.endswith(".html") and to not in reached]
    assert reached >= {name for name, page in pages(archive).items() if '<div class="entry">' in page}


def test_no_name_says_what_the_site_is(archive):
    titles = [page.partition("<title>")[2].partition("</title>")[0] for page in pages(archive).values()]
    assert [word for text in (*archive.namelist(), *titles) for word in giveaways.found_in(text)] == []
    assert set(archive.namelist()) >= {"index.html", "style.css", "data.json", "schema.json"}


def test_a_day_is_the_readers_own(robin, archive):
    """Half past eleven in the evening, told as the day after."""
    message = Message.objects.get(author=robin, body="Mark of a message")
    Message.objects.filter(pk=message.pk).update(sent_at="2026-05-02T03:30:00Z")
    page = next(page for page in pages(copy_of(robin)).values() if "Mark of a message" in page)
    assert "May 1, 2026, 10:30 PM" in page and "May 2" not in page


def test_a_day_has_its_year_and_each_text_says_what_it_is(robin, archive):
    """A copy that is read years later, and a question beside its answer, of which nobody can tell whose is which."""
    group = PeerGroup.objects.get(name="By asking")
    JoinRequest.objects.filter(group=group, member=robin).update(answer="Mark of an answer")
    shown = pages(copy_of(robin))
    page = next(page for page in shown.values() if "Mark of an answer" in page)
    said = re.findall(r'<p class="label">(.*?)</p>\s*<p class="words" dir="auto">(.*?)</p>', page)
    assert ("What you wrote", "Mark of a request") in said and ("What you were answered", "Mark of an answer") in said
    days = re.findall(r"<h[23]>(<time.*?)</h", "".join(shown.values()))
    assert days and all(re.search(r", \d{4}</time>$", day) for day in days)
    messages = next(page for page in shown.values() if "Mark of a message" in page)
    assert 'class="label"' not in messages, "what somebody said needs no word beside it"


def test_a_long_conversation_comes_in_pages(robin, monkeypatch):
    monkeypatch.setattr("community.downloads.pages.ROWS_PER_PAGE", 3)
    assert ROWS_PER_PAGE == 500
    group = PeerGroup.objects.get(name="Mark of a group of theirs")
    for number in range(7):
        say(robin, group, f"Line {number}")
    written = [page for name, page in pages(copy_of(robin)).items() if name.startswith("messages")]
    shown = [page for page in written if "Mark of a group of theirs</h2>" in page]
    assert [page.count('<div class="entry">') for page in shown] == [3, 3, 2]  # with the notice that they joined
    assert [f"Line {number}" in "".join(shown) for number in range(7)] == [True] * 7
    assert ["The next page" in page for page in written] == [True] * (len(written) - 1) + [False]
    assert ["The page before" in page for page in written] == [False] + [True] * (len(written) - 1)


# ------------------------------------------------------------------- the schema


def test_the_json_is_what_its_schema_says(archive):
    """By a library that reads schemas for others, times included."""
    schema = json.loads(archive.read("schema.json"))
    Draft202012Validator.check_schema(schema)
    reader = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    said = data(archive)
    assert [error.message for error in reader.iter_errors(said)] == []
    assert set(schema["properties"]) == {"format", "made", *CHAPTERS}
    for spoiled in ({"format": 2}, {"made": "yesterday"}, {"more": []}, {"messages": [{"sent": "noon"}]}):
        assert list(reader.iter_errors(said | spoiled)), spoiled


def test_a_copy_is_made_of_somebody_of_whom_nothing_is_kept(made, db):
    """The first day, without a group."""
    rows = data(copy_of(make_person("nora")))
    assert rows["messages"] == [] and rows["profile"][0]["name"] == "Nora"
