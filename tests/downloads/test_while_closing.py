"""Fetching one's things in the last week: signed in anew, with proof anew, for whoever has a mailbox and whoever has none."""

import datetime as dt
import io
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from community.centre.tasks import forget_old
from community.downloads import actions as downloads
from community.downloads.models import Download
from community.kit.worker import LOOPS
from community.members.models import User
from community.members.settings import closing_actions
from tests.cast import PASSWORD, make_person
from tests.downloads.things import data

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
WAITING, PAGE, ASK, FETCH, AGAIN = "/me/closing/", "/me/things/", "/me/things/ask/", "/me/things/fetch/", "/accounts/again/"


def signed_in_by(login: str) -> Client:
    client = Client()
    assert client.post("/accounts/login/", {"login": login, "password": PASSWORD}).status_code == 302
    return client


def text_of(answer) -> str:
    return answer.content.decode()


def archive_of(answer) -> zipfile.ZipFile:
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.content))


@pytest.mark.parametrize("sign_in", ["", "Kettle Lamp"], ids=["with an address", "without"])
def test_the_page_of_an_account_that_closes_leads_to_ones_things(db, sign_in, clock):
    """A copy that is promised, on a page that leads nowhere; or one that wants a mailbox."""
    person = make_person("wren", sign_in=sign_in)
    closing = closing_actions.ask_for_closing(member=person, empties_messages=True)
    clock.shift(dt.timedelta(days=3))
    client = signed_in_by(sign_in or "wren@example.org")
    assert client.get("/today/")["Location"] == WAITING and f'href="{PAGE}"' in text_of(client.get(WAITING))
    page = text_of(client.get(PAGE))
    assert f'href="{WAITING}"' in page and "no longer than your account" in page and "/me/devices/" not in page
    clock.shift(301)
    asked = client.post(ASK)
    assert asked["Location"].startswith(AGAIN) and not Download.objects.exists(), "a phone that lies open"
    assert client.get(asked["Location"]).status_code == 200
    assert client.post(AGAIN, {"password": PASSWORD}).status_code == 302
    assert "Have a copy made" in text_of(client.get(f"{ASK}?held"))
    assert client.post(ASK)["Location"] == PAGE
    page = text_of(client.get(PAGE))
    assert "being put together" in page and "notification" not in page, "nobody is told of anything in these days"
    LOOPS["downloads"]()
    shown = text_of(client.get(PAGE)).partition("downloaded until")[2]
    assert shown.startswith(f' <time datetime="{closing.closes_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}">'), "not longer than the account"
    clock.shift(301)
    assert client.post(FETCH)["Location"].startswith(AGAIN)
    assert client.post(AGAIN, {"password": PASSWORD}).status_code == 302
    assert data(archive_of(client.post(FETCH)))["profile"][0]["name"] == "Wren"
    for path in ("/me/", "/inbox/", "/me/devices/"):
        assert client.get(path)["Location"] == WAITING, path


def test_staff_fetch_theirs_with_their_second_step(mo, client_of):
    closing_actions.ask_for_closing(member=mo, empties_messages=False)
    mo = User.objects.get(pk=mo.pk)
    held = Client()
    held.force_login(mo)
    assert held.get(PAGE)["Location"].startswith("/accounts/again/code/") and held.post(ASK).status_code == 403
    client = client_of(mo)
    client.post(ASK)
    LOOPS["downloads"]()
    assert data(archive_of(client.post(FETCH)))["profile"][0]["name"] == "Mo"


def test_whom_an_admin_paused_is_told_so_and_no_more(alice, client_of):
    """These pages are open for the account that closes, and for no other that is paused."""
    User.objects.filter(pk=alice.pk).update(suspended_at=timezone.now())
    client = client_of(User.objects.get(pk=alice.pk))
    for answer in (client.get(PAGE), client.post(ASK), client.post(FETCH)):
        assert answer.status_code == 403 and "paused" in text_of(answer)
    assert not Download.objects.exists()


def test_it_is_gone_with_the_account(alice, client_of, clock, django_capture_on_commit_callbacks):
    closing = closing_actions.ask_for_closing(member=alice, empties_messages=False)
    client = client_of(User.objects.get(pk=alice.pk))
    client.post(ASK)
    LOOPS["downloads"]()
    clock.move_to(closing.closes_at + dt.timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        forget_old()
    assert downloads._stored() == set() and client.post(FETCH).status_code == 302 and not Download.objects.exists()
