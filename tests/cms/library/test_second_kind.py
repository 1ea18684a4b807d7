"""A second kind of entry is guarded like articles, without a line for it anywhere."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from cms import reading
from cms.library.addresses import is_opaque
from community.kit.errors import Refused
from tests.cms.articles import WORD, picture, plain, with_picture, write
from tests.cms.declared_pages import a_second_kind

pytestmark = pytest.mark.postgresql

KEPT, OPEN = "Only for the corner", "For everybody"
SAID = {"name": "Rena Reed", "credential": "LCSW", "read": "on"}


@pytest.fixture
def tale(db: None) -> Iterator[type[Any]]:
    with a_second_kind() as kind:
        yield kind


@pytest.fixture
def hidden_tale(tale: type[Any], hidden_group: Any) -> Any:
    """A tale with a picture, for a group that only Alice and Faye know of."""
    return write(KEPT, "groups", groups=(hidden_group,), kind=tale, body=with_picture(picture()) + words())


@pytest.fixture
def open_tale(tale: type[Any]) -> Any:
    return write(OPEN, "public", kind=tale, body=words())


def words() -> list[Any]:
    return [("text", f"<p>About the {WORD}.</p>")]


def test_who_may_not_read_it_finds_it_at_no_door(hidden_tale: Any, open_tale: Any, client_of: Any, alice: Any, charlie: Any) -> None:
    """The list, the search, the feed, the map of the site and the page itself: each once asked for articles by name."""
    clients = {"guest": Client(), "charlie": client_of(charlie), "alice": client_of(alice)}
    for who, client in clients.items():
        for door in ("/library/", f"/library/search/?q={WORD}"):
            titles = client.get(door).content.decode()
            assert OPEN in titles and (KEPT in titles) == (who == "alice"), (who, door)
        assert client.get(f"/library/{open_tale.slug}/").status_code == 200
        assert (client.get(f"/library/{hidden_tale.slug}/").status_code == 200) == (who == "alice"), who
        for door in ("/library/feed/", "/sitemap-articles.xml"):
            told = client.get(door).content.decode()
            assert open_tale.slug in told and hidden_tale.slug not in told, (who, door)
    assert is_opaque(hidden_tale.slug)


def test_todays_newest_may_be_one(hidden_tale: Any, open_tale: Any, alice: Any, charlie: Any) -> None:
    newest = [reading.newest_for(person) for person in (alice, charlie, AnonymousUser())]
    assert {entry and entry.title for entry in newest} <= {KEPT, OPEN} and newest[1] == newest[2] == open_tale
    assert reading.first_article_url() is None


def test_the_editor_hides_it_from_who_may_not_know_of_its_group(
    hidden_tale: Any, open_tale: Any, client_of: Any, pat: Any, ada: Any
) -> None:
    pats, adas = client_of(pat), client_of(ada)
    nothing = plain(pats.get("/cms/pages/9000001/edit/"))
    assert plain(pats.get(f"/cms/pages/{hidden_tale.pk}/edit/")) == nothing
    assert adas.get(f"/cms/pages/{hidden_tale.pk}/edit/").status_code == pats.get(f"/cms/pages/{open_tale.pk}/edit/").status_code == 200
    listed = [client.get(f"/cms/pages/{hidden_tale.get_parent().pk}/").content.decode() for client in (pats, adas)]
    assert [KEPT in page for page in listed] == [False, True] and all(OPEN in page for page in listed)


def test_its_pictures_follow_it(hidden_tale: Any, client_of: Any, alice: Any, charlie: Any, pat: Any, ada: Any) -> None:
    """Served to whoever asks, named to every editor, put where more people read, or deleted under it."""
    image = hidden_tale.files()[0]
    address = image.sizes()[0].url
    assert client_of(alice).get(address).status_code == 200 and client_of(charlie).get(address).status_code == 404
    assert image.title not in client_of(pat).get("/cms/images/").content.decode()
    wide = write("In the open", "public", live=False, kind=type(hidden_tale), body=with_picture(image))
    with pytest.raises(Refused, match="which fewer people may read"):
        wide.get_latest_revision().publish(user=ada)
    with pytest.raises(Refused, match=KEPT):
        image.delete()


def test_one_that_is_not_whole_is_not_published(tale: type[Any], ada: Any) -> None:
    nobodys = write("For nobody", "groups", live=False, kind=tale)
    with pytest.raises(Refused, match="groups” is empty"):
        nobodys.get_latest_revision().publish(user=ada)


def test_it_waits_for_a_review_and_gets_one(hidden_tale: Any, open_tale: Any, client_of: Any, rena: Any) -> None:
    """Read by everybody and never by a clinician, since the desk did not list it."""
    desk = client_of(rena)
    listed = desk.get("/staff/reviews/").content.decode()
    assert OPEN in listed and KEPT not in listed and reading.unreviewed(rena) == 1
    assert desk.get(f"/staff/reviews/{hidden_tale.pk}/").status_code == 404
    page = desk.get(f"/staff/reviews/{open_tale.pk}/").content.decode()
    fingerprint = re.search(r'name="fingerprint" value="([^"]+)"', page)
    assert fingerprint and desk.post(f"/staff/reviews/{open_tale.pk}/", SAID | {"fingerprint": fingerprint[1]}).status_code == 302
    assert "Reviewed by Rena Reed" in Client().get(f"/library/{open_tale.slug}/").content.decode() and reading.unreviewed(rena) == 0
