"""From an article into a conversation: a link in the box, nothing sent, and its title for whoever may read it now."""

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from groups.chat.actions import save_draft
from groups.chat.models import Message, Participant
from groups.peers.models import Membership
from tests.cms.articles import publish, write

pytestmark = pytest.mark.postgresql


def path(article: Any) -> str:
    return f"/library/{article.slug}/"


def draft(member: Any) -> str:
    return Participant.objects.get(member=member).draft


def titles(client: Any, *paths: str) -> dict[str, str]:
    told: dict[str, str] = client.post("/chat/links/", {"path": paths}).json()["titles"]
    return told


def test_the_box_of_ones_group_holds_a_link_and_nothing_is_sent(client_of: Any, alice: Any, group: Any) -> None:
    """A message posted in somebody's name, or the title told to those who may not read it."""
    mine, article, channel = client_of(alice), write("Rest", "members"), group.channels.get()
    before = Message.objects.count()
    assert f"{path(article)}share/" in mine.get(path(article)).content.decode()
    page = mine.get(f"{path(article)}share/")
    assert [each.id for each in page.context["channels"]] == [channel.pk] and "<title>Library" in page.content.decode()
    assert mine.post(f"{path(article)}share/", {"channel": channel.pk}).url == f"/chat/{channel.pk}/#box"
    assert draft(alice) == f"{settings.SITE_URL}{path(article)}\n" and Message.objects.count() == before
    assert f"{settings.SITE_URL}{path(article)}" in mine.get(f"/chat/{channel.pk}/").content.decode()


def test_what_was_begun_there_stays(client_of: Any, alice: Any, group: Any) -> None:
    mine, article, channel = client_of(alice), write("Rest", "members"), group.channels.get()
    save_draft(member=alice, channel=channel.pk, body="I was going to say")
    assert "You have begun a message there" in mine.get(f"{path(article)}share/").content.decode()
    page = mine.post(f"{path(article)}share/", {"channel": channel.pk}, follow=True).content.decode()
    assert draft(alice) == "I was going to say" and f"address: {settings.SITE_URL}{path(article)}" in page


def test_no_box_of_others_and_no_article_that_one_may_not_read(
    client_of: Any, alice: Any, charlie: Any, group: Any, hidden_group: Any
) -> None:
    theirs, open_one, kept = client_of(charlie), write("Rest", "members"), write("Corner", "groups", groups=(hidden_group,))
    channel = group.channels.get().pk
    for asked in (channel, hidden_group.channels.get().pk, uuid.uuid4(), "none", ""):
        assert theirs.post(f"{path(open_one)}share/", {"channel": asked}).status_code == 404
    assert theirs.get(f"{path(kept)}share/").status_code == theirs.post(f"{path(kept)}share/", {"channel": channel}).status_code == 404
    assert "in a group yet" in theirs.get(f"{path(open_one)}share/").content.decode()
    assert Client().get(f"{path(open_one)}share/").status_code == 302


def test_a_link_is_called_by_its_title_for_whoever_may_read_it_now(
    client_of: Any, alice: Any, bob: Any, charlie: Any, hidden_group: Any
) -> None:
    """The title of an article in a hidden group, told to whoever asks for its address, or to somebody who has left."""
    kept, for_all, coming = (
        write("Corner", "groups", groups=(hidden_group,)),
        write("Rest", "members"),
        write("Soon", "members", live=False),
    )
    asked = [path(kept), path(for_all), path(coming), "/library/0000000000000000/", "/library/", "/nowhere/", "//[", "x" * 500, "\0"]
    mine, theirs = client_of(alice), client_of(charlie)
    assert titles(mine, *asked) == {path(kept): "Corner", path(for_all): "Rest"}
    assert titles(theirs, *asked) == {path(for_all): "Rest"} and titles(theirs) == {}
    Membership.objects.filter(member=alice).update(ended_at=timezone.now())
    assert titles(mine, *asked) == {path(for_all): "Rest"}
    assert Client().post("/chat/links/", {"path": asked}).status_code == 302


def test_a_link_from_before_it_was_public_is_called_by_its_title(client_of: Any, charlie: Any) -> None:
    """An address that leads to the article and tells nothing; or one that tells the title of what was narrowed since."""
    theirs, article = client_of(charlie), write("Rest", "members")
    before = path(article)
    after = path(publish(article, audience="public"))
    assert titles(theirs, before, after, f"{after}?") == dict.fromkeys((before, after, f"{after}?"), "Rest")
    narrowed = path(publish(article, audience="members"))
    assert titles(theirs, before, after, narrowed) == {narrowed: "Rest"}


def test_titles_are_asked_for_at_once(client_of: Any, charlie: Any) -> None:
    paths = [path(write(f"Paper {number}", "members")) for number in range(20)]
    theirs = client_of(charlie)
    asked: list[int] = []
    for some in (paths[:1], paths):
        titles(theirs, *some)
        with CaptureQueriesContext(connection) as queries:
            assert len(titles(theirs, *some)) == len(some)
        asked.append(len(queries))
    assert asked[0] == asked[1]
