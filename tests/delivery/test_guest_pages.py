"""Guests' pages of running sites: what every process shows after a change that another one made, and that no member's page is among them.

A copy is known by its bytes: each time Django packs a page, it gives it another random length.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from django.utils import timezone

from tests.delivery.stage import Stage

pytestmark = pytest.mark.timeout(180)
PAGES = ("/", "/library/", "/library/evenings/", "/library/feed/")
WRITE = """
from tests.cms.articles import write
from cms.models import ArticlePage, Topic
for old in ArticlePage.objects.all():
    old.delete()
write("Evenings", "public", topics=[Topic.objects.earliest("pk")])
write("For members", "members")
write("Circle paper", "groups", groups=(PeerGroup.objects.get(pk=group),))
result = {each.title: each.slug for each in ArticlePage.objects.all()}
"""
FIND = """
from tests.cms.articles import publish, write
from cms.models import ArticlePage, LibraryPage, Topic
from community.centre.models import Centre
article = ArticlePage.objects.get(title="Evenings")
"""
REVIEW = """
from cms import actions
from cms.library.reviews import fingerprint_of
actions.review(actor=person("rena"), article=article, fingerprint=fingerprint_of(article), name="Rena Reed", credential="LCSW")
"""
SCHEDULED = """
from django.core.management import call_command
from tests.cms.articles import due_now, schedule
due_now(schedule("Brand new", "public"))
call_command("publish_scheduled")
"""
HALF_WAY = """
import httpx
from django.db import transaction
def seen():
    return sorted({"Long evenings" in httpx.get(url + "/library/").text for url in urls for _ in range(2)})
result = []
with transaction.atomic():
    publish(article, title="Long evenings")
    result.append(seen())
    transaction.set_rollback(is_undone)
result.append(seen())
"""
CENTRE = "site = Centre.objects.first() or Centre(); "
CHANGES = {  # what is done in a process that serves nothing: a page, and the words that come or go there
    "another title": ("publish(article, title='Long evenings')", "/library/", "Long evenings", True),
    "other words": ("publish(article, body=[('text', '<p>Other words.</p>')])", "/library/evenings/", "Other words", True),
    "one more": ("write('Brand new', 'public')", "/library/", "Brand new", True),
    "scheduled": (SCHEDULED, "/library/", "Brand new", True),
    "one less": ("article.unpublish()", "/library/", "Evenings", False),
    "unpublished": ("article.unpublish()", "/library/evenings/", "lighthouse", False),
    "narrowed": ("publish(article, audience='members')", "/library/evenings/", "lighthouse", False),
    "narrowed in the feed": ("publish(article, audience='members')", "/library/feed/", "Evenings", False),
    "deleted": ("article.delete()", "/library/evenings/", "lighthouse", False),
    "reviewed": (REVIEW, "/library/evenings/", "Reviewed by Rena Reed", True),
    "another topic": ("topic = Topic.objects.earliest('pk'); topic.name = 'Long nights'; topic.save()", "/library/", "Long nights", True),
    "to start with": ("publish(article, start_here=True)", "/library/", "Start here", True),
    "introduction": (
        "page = LibraryPage.objects.get(); page.introduction = 'Read on.'; page.save_revision().publish()", "/library/", "Read on.", True,
    ),
    "name of the center": (CENTRE + "site.name = 'Harbor'; site.save()", "/library/evenings/", "Harbor", True),
    "a help line": (CENTRE + "site.lines.add(OwnLine(name='Night line', number='555 0100')); site.save()", "/", "Night line", True),
}  # fmt: skip


@pytest.fixture
def slugs(stage: Stage) -> dict[str, str]:
    """The library of this test, in a center of its own name."""
    stage.back.run("from community.centre.models import Centre; Centre.objects.all().delete()")
    found: dict[str, str] = stage.back.run(WRITE, group=stage.site.ids["group"])
    return found


@contextmanager
def guests_of(stage: Stage) -> Iterator[list[httpx.Client]]:
    clients = [stage.site.client(n) for n in range(len(stage.site.ports))]
    yield clients
    for client in clients:
        client.close()


@pytest.fixture
def guests(stage: Stage) -> Iterator[list[httpx.Client]]:
    """A guest at each process."""
    with guests_of(stage) as clients:
        yield clients


@pytest.fixture
def cluster_guests(cluster: Stage) -> Iterator[list[httpx.Client]]:
    """A guest at each process of the cluster, whose library is that of the test."""
    cluster.back.run(WRITE, group=cluster.site.ids["group"])
    with guests_of(cluster) as clients:
        yield clients


def packed(client: httpx.Client, path: str) -> bytes:
    """The bytes of an answer as they come over the wire."""
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 200, path
        return b"".join(answer.iter_raw())


def warm(guests: list[httpx.Client]) -> None:
    """Have every process keep a copy of each page, however many requests it takes until what was queued before is done."""
    for guest in guests:
        for path in PAGES:
            while packed(guest, path) != packed(guest, path):
                pass  # as long as the test may take


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_by_the_next_guest_of_every_process(
    stage: Stage, slugs: dict[str, str], guests: list[httpx.Client], change: str
) -> None:
    code, path, words, comes = CHANGES[change]
    warm(guests)
    assert {(words in guest.get(path).text) for guest in guests} == {not comes}
    stage.back.run(FIND + "from community.centre.models import OwnLine\n" + code)
    assert {(words in guest.get(path).text) for guest in guests} == {comes}, "as the first, and not after a while"


def test_guests_and_members_never_get_each_others_pages(stage: Stage, slugs: dict[str, str], guests: list[httpx.Client]) -> None:
    """Each page is asked for by a guest, by a member and by a guest again, on each process, and the other way round."""
    articles = [f"/library/{slug}/" for slug in slugs.values()]
    others = ("/today/", "/groups/", "/privacy/", "/leaving/", "/library/search/?q=paper", "/library/?page=1", "/library/topics/1/")
    doors = [*PAGES, *articles, *others]
    names = ("alice", "pat")
    for n, guest in enumerate(guests):
        members = {name: httpx.Client(base_url=stage.site.url(n), headers={"Cookie": stage.site.cookie(name)}) for name in names}
        for path in doors:
            asked: list[Any] = []
            for who in ("guest", "alice", "pat", "guest", "guest", "pat", "alice", "guest"):
                answer = (members.get(who) or guest).get(path)
                asked.append(
                    (who, answer.status_code, "data-who" in answer.text, "Circle paper" in answer.text, "Set-Cookie" in answer.headers)
                )
                if who == "guest":
                    assert "data-who" not in answer.text and "Signed in" not in answer.text, path
                    assert "Circle paper" not in answer.text and "For members" not in answer.text, path
                else:
                    assert "no-store" in answer.headers["Cache-Control"], path
            assert len({each for each in asked if each[0] == "guest"}) == 1, (path, asked)
            assert len({each for each in asked if each[0] == "alice"}) == 1, (path, asked)
        assert "Circle paper" in members["alice"].get("/library/").text
        for member in members.values():
            member.close()


def test_nothing_that_a_stranger_says_of_themselves_is_in_a_copy(stage: Stage, slugs: dict[str, str], guests: list[httpx.Client]) -> None:
    """The first to ask after a change would choose what all others read."""
    named = dict.fromkeys(("X-Forwarded-Host", "Referer", "Origin", "User-Agent", "X-Original-URL"), "https://evil.example/")
    said = named | {
        "X-Forwarded-For": "203.0.113.7",
        "Forwarded": "host=evil.example",
        "Accept-Language": "es",
        "Accept": "application/json",
    }
    for path in PAGES:
        usual = guests[0].get(path).text
        stage.back.run("from community.kit import generation; generation.changed()")
        assert guests[0].get(path, headers=said).text == guests[0].get(path).text == usual, path


def test_a_browser_that_has_the_page_hears_so_until_it_changes(stage: Stage, slugs: dict[str, str], guests: list[httpx.Client]) -> None:
    """A tag of the packed bytes would be another each time that a page is drawn."""
    for guest in guests:
        assert len({guest.get("/library/evenings/").headers["ETag"] for _ in range(3)}) == 1
        tag = {"If-None-Match": guest.get("/library/evenings/").headers["ETag"]}
        for path, status in (("/library/evenings/", 304), ("/library/", 200)):
            assert [guest.get(path, headers=tag).status_code for _ in range(3)] == [status] * 3
    tag = {"If-None-Match": guests[0].get("/library/evenings/").headers["ETag"]}
    stage.back.run(FIND + "publish(article, summary='Another line.')")
    assert guests[0].get("/library/evenings/", headers=tag).status_code == 200


@pytest.mark.parametrize("is_undone", [True, False])
def test_what_is_not_committed_is_in_no_copy(stage: Stage, slugs: dict[str, str], guests: list[httpx.Client], is_undone: bool) -> None:
    """A page that is drawn while a change is under way would be kept as it was before, or show what never came to be."""
    warm(guests)
    urls = [stage.site.url(n) for n in range(len(guests))]
    assert stage.back.run(FIND + HALF_WAY, urls=urls, is_undone=is_undone) == [[False], [not is_undone]]


def test_what_expires_is_in_no_copy_from_that_moment(stage: Stage, slugs: dict[str, str], guests: list[httpx.Client]) -> None:
    """The schedule takes it down later: a copy that was made before must not go on until then."""
    ends = timezone.now() + dt.timedelta(seconds=4)
    stage.back.run(FIND + "import datetime\npublish(article, expire_at=datetime.datetime.fromisoformat(ends))", ends=ends.isoformat())
    while (begun := timezone.now()) < ends:
        for guest in guests:
            shown = guest.get("/library/evenings/").status_code == 200, "Evenings" in guest.get("/library/").text
            assert shown == (True, True) or timezone.now() >= ends, "it is there until then"
    assert begun >= ends
    for guest in guests:
        assert guest.get("/library/evenings/").status_code != 200 and "Evenings" not in guest.get("/library/").text


def test_a_change_is_seen_without_redis(cluster: Stage, cluster_guests: list[httpx.Client]) -> None:
    """By nothing but the database do processes tell each other what changed."""
    warm(cluster_guests)
    assert cluster.site.redis
    with cluster.site.redis.stopped():
        assert ["Evenings" in guest.get("/library/").text for guest in cluster_guests] == [True, True]
        cluster.back.run(FIND + "publish(article, audience='members')")
        assert ["Evenings" in guest.get("/library/").text for guest in cluster_guests] == [False, False]
    assert ["Evenings" in guest.get("/library/").text for guest in cluster_guests] == [False, False]


def test_nothing_is_shown_while_the_database_is_away_nor_of_before_when_it_is_back(
    cluster: Stage, cluster_guests: list[httpx.Client]
) -> None:
    """A copy could be of anything by now: what is answered for it says to come again."""
    warm(cluster_guests)
    server = cluster.site.postgresql
    assert server
    server.execute("CHECKPOINT")
    server.stop()
    try:
        answered = {path for guest in cluster_guests for path in PAGES if guest.get(path).status_code != 503}
        assert answered <= {"/"}, "home shows nothing but the center, as it was last known"
    finally:
        server.start()
    cluster.site.manage("shell", "-v0", "-c", FIND + "publish(article, audience='members')")
    for guest in cluster_guests:
        answers = [guest.get("/library/")]
        while answers[-1].status_code == 503:
            answers.append(guest.get("/library/"))
        assert answers[-1].status_code == 200 and "Evenings" not in answers[-1].text
