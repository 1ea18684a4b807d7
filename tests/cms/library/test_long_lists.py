"""What readers' lists ask the database, of six articles and of two thousand."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, Review, SavedArticle, Topic
from community.kit import limits
from tests.cms.articles import write
from tests.cms.many import multiply

pytestmark = pytest.mark.postgresql


def grow(originals: list[Any], count: int, topic: Topic, group: Any, member: Any) -> None:
    """Write `count` more articles like these: about `topic`, reviewed, for `group` where they are for some, and saved by `member`."""
    before = list(ArticlePage.objects.values_list("pk", flat=True))
    multiply(originals, count)
    added = ArticlePage.objects.exclude(pk__in=before).values_list("pk", "edition")
    ArticlePage.topics.through.objects.bulk_create([ArticlePage.topics.through(articlepage_id=pk, topic=topic) for pk, _edition in added])
    ArticlePage.groups.through.objects.bulk_create(
        [ArticlePage.groups.through(articlepage_id=pk, peergroup=group) for pk, _edition in added]
    )
    Review.objects.bulk_create([Review(article_id=pk, edition=edition, name="Rena", credential="LCSW") for pk, edition in added])
    SavedArticle.objects.bulk_create([SavedArticle(article_id=pk, member=member) for pk, _edition in added])


def count(client: Client, address: str, sent: Any = None) -> int:
    client.get(address) if sent is None else client.post(address, sent)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address) if sent is None else client.post(address, sent)
    assert answer.status_code == 200, address
    return len(queries)


def test_two_thousand_articles_take_as_many_queries_as_six(client_of: Any, alice: Any, group: Any) -> None:
    """A query a row, a topic, a page of the list or an address."""
    ensure_tree()
    topic = Topic.objects.earliest("pk")
    alices, guest = client_of(alice), Client()
    originals = [write(name, name, groups=(group,), author="Sam", start_here=True) for name in ("public", "members", "groups")]
    lists = ("/library/", f"/library/topics/{topic.pk}/")

    def counts(page: int) -> dict[Any, int]:
        slugs = ArticlePage.objects.values_list("slug", flat=True)[: limits.MAX_LINKS_PER_REQUEST]
        asked = {("alice", address): count(alices, f"{address}?page={page}") for address in (*lists, "/library/later/")}
        asked |= {("guest", address): count(guest, f"{address}?page={page}") for address in lists}
        asked |= {("guest", address): count(guest, address) for address in ("/library/feed/", "/sitemap.xml", "/sitemap-articles.xml")}
        return asked | {("alice", "links"): count(alices, "/chat/links/", {"path": [f"/library/{slug}/" for slug in slugs]})}

    grow(originals, 3, topic, group, alice)
    few = counts(1)
    grow(originals, 60, topic, group, alice)
    some = counts(2)
    grow(originals, 1_940, topic, group, alice)
    assert counts(1) == few and counts(2) == some
    assert alices.get("/library/").context["page"].paginator.count == 2_006
    assert guest.get("/library/feed/").content.count(b"<entry>") == limits.FEED_SIZE
