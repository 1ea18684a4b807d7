"""How readers find their way: topics, what to start with, what is new, and who wrote it. Each asks for no more than its reader may know."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, LibraryPage, Topic
from groups.peers.models import Membership
from tests.cms.articles import plain, publish, write
from tests.cms.editor_forms import ADD, form

pytestmark = pytest.mark.postgresql


@pytest.fixture
def topics(db: None) -> dict[str, Topic]:
    ensure_tree()
    return {topic.name: topic for topic in Topic.objects.all()}


def of(topic: Topic) -> str:
    return f"/library/topics/{topic.pk}/"


def chips(page: Any) -> list[str]:
    return [topic.name for topic in page.context["topics"]]


def test_a_site_begins_with_a_dozen_topics_and_shows_those_in_which_there_is_something(
    topics: dict[str, Topic], client_of: Any, charlie: Any
) -> None:
    """Twelve chips that lead to nothing."""
    write("Rest", "public", topics=[topics["Sleep"], topics["Feelings"]])
    write("Rest at home", "members", topics=[topics["Family"]])
    assert len(topics) == 12
    assert chips(Client().get("/library/")) == ["Sleep", "Feelings"]
    assert chips(client_of(charlie).get("/library/")) == ["Sleep", "Feelings", "Family"]
    page = client_of(charlie).get(of(topics["Family"])).content.decode()
    assert "Rest at home" in page and ">Rest<" not in page and 'aria-current="page">Family<' in page and "<title>Library" in page


def test_a_topic_of_a_hidden_group_is_like_one_that_is_not_there(
    topics: dict[str, Topic], hidden_group: Any, client_of: Any, alice: Any, charlie: Any
) -> None:
    """By its chip, its page, or its status somebody learns that there is an article about it, for others."""
    write("In the corner", "groups", groups=(hidden_group,), topics=[topics["Medication"]], start_here=True)
    write("For all", "public", topics=[topics["Sleep"]])
    write("A draft", "public", topics=[topics["Cravings"]], start_here=True, live=False)
    address = of(topics["Medication"])
    for client in (client_of(charlie), Client()):
        page = client.get("/library/")
        assert chips(page) == ["Sleep"] and "In the corner" not in page.content.decode() and "Start here" not in page.content.decode()
        asked, nothing = client.get(address), client.get("/library/topics/9000001/")
        assert asked.status_code == nothing.status_code != 200
        assert plain(asked).replace(address, "") == plain(nothing).replace("/library/topics/9000001/", "")
    hers = client_of(alice)
    assert "In the corner" in hers.get(address).content.decode() and "Start here" in hers.get("/library/").content.decode()
    Membership.objects.filter(member=alice).update(ended_at=timezone.now())
    assert hers.get(address).status_code == 404 and "Start here" not in hers.get("/library/").content.decode()


def test_start_here_stands_on_the_first_page_alone(topics: dict[str, Topic], client_of: Any, charlie: Any) -> None:
    for number in range(21):
        write(f"Paper {number}", "public", start_here=number < 8)
    mine = client_of(charlie)
    assert len(mine.get("/library/").context["first"]) == 6
    assert "Start here" not in mine.get("/library/?page=2").content.decode()


def test_an_article_says_who_wrote_it_when_it_was_updated_and_that_it_is_new(
    topics: dict[str, Topic], client_of: Any, charlie: Any
) -> None:
    mine, article = client_of(charlie), write("Letters home", "public", author="Sam, of the spring cohort")
    nobodys = write("Nobody's", "public")
    ArticlePage.objects.filter(pk=nobodys.pk).update(first_published_at=timezone.now() - dt.timedelta(days=15))
    ArticlePage.objects.filter(pk=article.pk).update(first_published_at=timezone.now() - dt.timedelta(days=3))
    page = mine.get(f"/library/{article.slug}/").content.decode()
    assert "By Sam, of the spring cohort" in page and "updated" in page and "1 minute to read" in page
    publish(nobodys, title="Nobody's")
    ArticlePage.objects.filter(pk=nobodys.pk).update(last_published_at=timezone.now() - dt.timedelta(days=15))
    page = mine.get(f"/library/{nobodys.slug}/").content.decode()
    assert "By " not in page and "updated" not in page
    assert mine.get("/library/").content.decode().count('chip-new">New') == 1


def test_a_new_article_names_nobody(client_of: Any, pat: Any) -> None:
    """What the database would fill in, as Python writes such an object: it stood in the field, and then before every reader."""
    field = re.search(r'<input[^>]*name="author"[^>]*>', client_of(pat).get(ADD.format(LibraryPage.objects.get().pk)).content.decode())
    assert field and "value=" not in field[0]
    assert ArticlePage().author == ""


def test_editors_choose_topics_and_the_author_in_the_article(topics: dict[str, Topic], client_of: Any, pat: Any) -> None:
    answers = {"audience": "public", "topics": [str(topics["Sleep"].pk)], "start_here": "on", "author": "Sam", "action-publish": "1"}
    client_of(pat).post(ADD.format(ensure_tree().pk), form(**answers))
    article = ArticlePage.objects.get()
    assert (article.live, article.start_here, article.author) == (True, True, "Sam")
    assert "Evenings" in Client().get(of(topics["Sleep"])).content.decode()


def test_admins_keep_the_topics_and_an_article_outlives_one(topics: dict[str, Topic], client_of: Any, ada: Any, pat: Any) -> None:
    """A topic that is gone stands in old versions of an article, which could not be opened or published anymore."""
    article = write("Rest", "public", topics=[topics["Staying safe"], topics["Family"]])
    kept = [topic for topic in topics.values() if topic.name != "Staying safe"]
    management = {"topics-TOTAL_FORMS": "12", "topics-INITIAL_FORMS": "11", "topics-MIN_NUM_FORMS": "0", "topics-MAX_NUM_FORMS": "24"}
    rows = {
        f"topics-{n}-{k}": v for n, t in enumerate(kept) for k, v in {"id": t.pk, "name": t.name, "ORDER": 11 - n, "DELETE": ""}.items()
    }
    new = {"topics-11-id": "", "topics-11-name": "Letters", "topics-11-ORDER": "12", "topics-11-DELETE": ""}
    address = "/cms/settings/cms/topics/1/"
    assert client_of(pat).get(address).status_code == 404
    topics["Staying safe"].delete()
    assert client_of(ada).post(address, management | rows | new).status_code == 302
    assert [topic.name for topic in Topic.objects.all()] == [*(topic.name for topic in reversed(kept)), "Letters"]
    assert client_of(pat).get(f"/cms/pages/{article.pk}/edit/").status_code == 200
    article.get_latest_revision().publish()
    assert chips(Client().get("/library/")) == ["Family"]


def test_a_page_of_the_library_asks_the_same_whatever_its_length(topics: dict[str, Topic], client_of: Any, alice: Any, group: Any) -> None:
    """A query a row, a topic, or a page of it."""
    mine = client_of(alice)
    asked: list[int] = []
    for size in (1, 19):
        for number in range(size):
            write(f"Paper {number}", "groups", groups=(group,), topics=list(topics.values()), start_here=True, author="Sam")
        for address in ("/library/", of(topics["Sleep"])):
            mine.get(address)
            with CaptureQueriesContext(connection) as queries:
                mine.get(address)
            asked.append(len(queries))
    assert asked[:2] == asked[2:]
