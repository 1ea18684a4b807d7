"""No browser stores what it was answered while somebody was signed in, but for files and what is the same for everyone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse

from cms.admin import gate
from tests.cast import PASSWORD
from tests.cms.editor_forms import addresses, filled
from tests.house.asking import NAMED, address
from tests.house.doors import DOORS

EDITOR = sorted({filled(path) for name, path in addresses(gate.urlpatterns) if name in gate.FOR_EDITORS | gate.FOR_ADMINS})
ENDS = {"account_logout", "leave"}  # forms that end the session
FOR_EVERYONE = {"help", "service_worker", "manifest", "look", "logo", "icon", "icon_masked", "cms:robots"}


def kept(answer: Any) -> bool:
    return "no-store" not in answer.headers.get("Cache-Control", "")


def test_what_is_the_same_for_everyone_is_listed(db: Any) -> None:
    """A page that greets its reader and is marked as one that greets nobody."""
    marked = {name for name in NAMED if getattr(resolve(address(name)).func, "same_for_everyone", False)}
    assert marked >= FOR_EVERYONE and not [name for name in marked if kept(Client().get(address(name))) and name not in FOR_EVERYONE]


@pytest.mark.parametrize("who", ["alice", "faye", "mo", "rena", "ada"])
def test_no_answer_to_somebody_signed_in_is_kept(who: str, client_of: Any, hidden_things: Any, request: Any) -> None:
    """Back shows the page to the next person after the session was ended elsewhere, and the disk keeps it."""
    client = client_of(request.getfixturevalue(who))
    for name in set(NAMED) - FOR_EVERYONE:
        answers = [client.get(address(name))]
        answers += [client.post(address(name))] if name not in ENDS else []
        answers += [client.get(reverse(name, kwargs=hidden_things[DOORS[name].hidden]))] if DOORS[name].hidden else []
        for answer in answers:
            assert not kept(answer), f"{name}: {answer.status_code} {answer.headers.get('Cache-Control')}"


@pytest.mark.parametrize("who", ["pat", "ada"])
def test_nor_is_any_page_of_the_editor(who: str, client_of: Any, request: Any) -> None:
    client = client_of(request.getfixturevalue(who))
    assert len(EDITOR) > 70
    for where in EDITOR:
        answer = client.get(where)
        assert not kept(answer), f"{where}: {answer.status_code} {answer.headers.get('Cache-Control')}"


def test_nor_what_signs_in_and_out(alice: Any) -> None:
    client = Client()
    assert not kept(client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD}))
    assert not kept(client.get("/privacy/")) and not kept(client.post("/accounts/logout/"))


def test_guests_and_files_are_kept_as_before(alice: Any, client_of: Any) -> None:
    """A rule that takes the help page, the look and the styles out of every cache."""
    assert {Client().get(path)["Cache-Control"] for path in ("/", "/privacy/", "/leaving/")} == {"no-cache"}
    client = client_of(alice)
    for path in ("/help/", "/manifest.webmanifest", "/static/community/css/tokens.css"):
        assert "max-age" in client.get(path)["Cache-Control"], path
