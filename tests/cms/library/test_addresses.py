"""The addresses of articles: readable for as long as everybody may read them, and telling nothing before and after."""

import re
from typing import Any

import pytest
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from cms.admin.tree import ensure_tree, name_public_entries
from cms.library.addresses import is_opaque
from cms.models import ArticlePage, PublicAddress
from tests.cms.articles import plain, publish, write
from tests.cms.editor_forms import ADD, form

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def address(slug: str) -> str:
    return reverse("cms:article", args=[slug])


def is_unknown(client: Any, slug: str) -> bool:
    """Whether this address answers as one that never was."""
    asked, never = client.get(address(slug)), client.get(address("0123456789abcdef"))
    places = [answer.get("Location", "").replace(slug, "") for answer in (asked, never)]
    is_same = (asked.status_code, plain(asked)) == (never.status_code, plain(never))
    return is_same and places[0] == places[1].replace("0123456789abcdef", "")


def test_what_is_published_for_everyone_has_a_readable_address(client_of: Any, client: Any, pat: Any) -> None:
    client_of(pat).post(ADD.format(ensure_tree().pk), form(title="Evenings, été & Ärger", audience="public", **{"action-publish": "1"}))
    article = ArticlePage.objects.get()
    assert article.slug == "evenings-ete-arger" and article.url == "/library/evenings-ete-arger/"
    assert client.get(article.url).status_code == 200


def test_drafts_and_what_is_for_fewer_keep_addresses_that_tell_nothing(client_of: Any, pat: Any) -> None:
    """A draft for everyone is not public yet: its title may change before anybody sees it."""
    assert is_opaque(write("Evenings", "public", live=False).slug) and is_opaque(write("Nights", "members").slug)
    client_of(pat).post(ADD.format(ensure_tree().pk), form(title="Mornings", audience="members", **{"action-publish": "1"}))
    assert is_opaque(ArticlePage.objects.get(title="Mornings").slug)


def test_the_address_of_before_leads_to_the_readable_one(clients: dict[str, Any]) -> None:
    """A link that members shared while the article was theirs."""
    article = write("Evenings", "members")
    before = article.slug
    publish(article, audience="public")
    for who in ("guest", "charlie", "pat"):
        moved = clients[who].get(address(before))
        assert (moved.status_code, moved["Location"]) == (301, "/library/evenings/"), who
        assert clients[who].get(moved["Location"]).status_code == 200
    assert "no-cache" in clients["guest"].get(address(before))["Cache-Control"], "a browser would keep it when it is narrowed"


def test_a_new_title_keeps_the_address(client: Any) -> None:
    article = publish(write("Evenings", "public"), title="Long evenings")
    assert article.slug == "evenings" and client.get("/library/evenings/").status_code == 200


def test_two_of_one_title_and_titles_without_letters_have_addresses_of_their_own(client: Any) -> None:
    slugs = [write(title, "public").slug for title in ("Evenings", "Evenings", "!?", "Search", "Feed", "deadbeefdeadbeef", "睡眠")]
    assert slugs[:3] == ["evenings", "evenings-2", "article"] and slugs[3:6] == ["search-2", "feed-2", "deadbeefdeadbeef-2"]
    assert slugs[6].isascii() and len(set(slugs)) == 7
    assert {client.get(address(slug)).status_code for slug in slugs} == {200}


@pytest.mark.parametrize("who", ["guest", "charlie", "mo", "pat"])
def test_all_its_addresses_end_when_fewer_may_read_it(clients: dict[str, Any], who: str, group: Any) -> None:
    """The readable one tells the title, and the one of before was on the open web: whoever kept either learns nothing of what it is now."""
    article = write("Evenings", "members")
    opaque = article.slug
    publish(article, audience="public")
    narrowed = publish(article, audience="groups", groups=[group])
    assert is_opaque(narrowed.slug) and narrowed.slug != opaque
    assert is_unknown(clients[who], "evenings") and is_unknown(clients[who], opaque)
    assert clients["alice"].get(address(narrowed.slug)).status_code == 200
    assert is_unknown(clients["alice"], "evenings"), "it would stay in the log of a proxy as hers"
    assert not PublicAddress.objects.exists() and not Redirect.objects.exists()


def test_what_was_narrowed_leaves_its_address_to_another(clients: dict[str, Any]) -> None:
    """A second "evenings-2" would tell its editor that there is one which they may not know of."""
    first = write("Evenings", "public")
    hidden = publish(first, audience="members")
    second = write("Evenings", "public")
    assert second.slug == "evenings"
    assert publish(hidden, audience="public").slug == "evenings-2", "public again: a readable one again"


def test_an_old_version_brings_no_old_address_back(clients: dict[str, Any], client_of: Any, ada: Any) -> None:
    """A version knows the address that it was saved with: published again for members, it would have told the title."""
    article = write("Evenings", "public")
    saved_when_public = publish(article, summary="Once more").get_latest_revision()
    members = publish(article, audience="members")
    write("Evenings", "public")
    version = ArticlePage.objects.get(pk=article.pk).revisions.get(pk=saved_when_public.pk)
    version.content["audience"] = "members"
    version.save()
    version.publish(user=ada)
    again = ArticlePage.objects.get(pk=article.pk)
    assert again.slug == members.slug and again.summary == "Once more"
    assert client_of(ada).get(f"/cms/pages/{article.pk}/edit/").status_code == 200


def test_an_unpublished_article_comes_back_where_it_was(client: Any) -> None:
    article = write("Evenings", "public")
    article.unpublish()
    assert is_unknown(client, "evenings")
    publish(article)
    assert client.get("/library/evenings/").status_code == 200


def test_links_in_other_articles_lead_to_the_address_of_today(client: Any) -> None:
    article = write("Evenings", "members")
    linking = write("Nights", "public", body=[("text", f'<p><a linktype="page" id="{article.pk}">Evenings</a></p>')])
    publish(article, audience="public")
    assert re.search(r'<a href="/library/evenings/">Evenings</a>', client.get(linking.url).content.decode())


def test_what_an_earlier_release_published_gets_its_address_at_the_upgrade(client: Any) -> None:
    article = write("Evenings", "public")
    before = "0123456789abcdef"
    ArticlePage.objects.filter(pk=article.pk).update(slug=before, url_path=f"{article.get_parent().url_path}{before}/")
    PublicAddress.objects.all().delete()
    name_public_entries()
    assert client.get(f"/library/{before}/")["Location"] == "/library/evenings/"
    name_public_entries()
    assert ArticlePage.objects.get(pk=article.pk).url == "/library/evenings/"
