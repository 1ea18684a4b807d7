"""Pages for when something went wrong, and what they must not tell."""

import re
import uuid
from urllib.parse import urlencode

import pytest
from allauth.account import app_settings
from allauth.core.internal.ratelimit import parse_rates
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.http import UnreadablePostError
from django.test import Client
from django.utils import timezone

from community.errors import WAIT_SECONDS
from groups.chat import actions

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|data-tabs="[^"]*"')


def bare(answer):
    """The page without the forms' tokens, which differ on each."""
    return TOKEN.sub(b"", answer.content)


def test_a_hidden_group_answers_like_no_group(client_of, charlie, hidden_group):
    """Any difference, in words, title or status, would tell an outsider that the group exists."""
    charlies = client_of(charlie)
    hidden, random, elsewhere = (charlies.get(f"/groups/{path}/") for path in (hidden_group.pk, uuid.uuid4(), "no-such-thing"))
    assert hidden.status_code == random.status_code == elsewhere.status_code == 404
    assert bare(hidden) == bare(random)
    assert b"Quiet corner" not in hidden.content and b"<title>Not found \xe2\x80\x93 " in hidden.content


@pytest.fixture
def old_page():
    """A browser whose form's token has expired."""
    return Client(enforce_csrf_checks=True)


def test_a_form_that_was_open_too_long_gives_the_text_back(old_page, alice, channel):
    """What somebody typed for an hour must not be lost to a token."""
    old_page.force_login(alice)
    path = f"/chat/{channel.pk}/send/"
    typed = {"body": "Dear all, <b>this</b> took me an hour.", "client_id": str(uuid.uuid4()), "csrfmiddlewaretoken": "old"}
    answer = old_page.post(path, typed, headers={"origin": "http://localhost:8000"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Dear all, &lt;b&gt;this&lt;/b&gt; took me an hour." in page and f'action="{path}"' in page
    again = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"[^§]*?name="body"', page[page.index(f'action="{path}"') :])
    sent = old_page.post(path, typed | {"csrfmiddlewaretoken": again.group(1)}, headers={"origin": "http://localhost:8000"})
    assert sent.status_code == 302 and channel.messages.filter(body__startswith="Dear all").count() == 1


def test_a_password_is_never_given_back(old_page, db):
    fields = {"login": "alice@example.org and more", "password": "cast-password-1", "oldpassword": "cast-password-1"}
    page = old_page.post("/accounts/login/", fields, headers={"origin": "http://localhost:8000"}).content.decode()
    assert "alice@example.org" in page and "cast-password-1" not in page


RESET = "/accounts/password/reset/"


def test_who_tries_too_often_reads_how_long_to_wait_and_keeps_what_they_typed(client, db):
    """A bare line without a way to help, in which the address that was typed is gone."""
    for _try in range(6):
        answer = client.post(RESET, {"email": "alice@example.org"})
    page = answer.content.decode()
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "60" and "no-store" in answer.headers["Cache-Control"]
    assert "Please wait a minute" in page and 'href="/help/"' in page
    assert "alice@example.org" in page and f'action="{RESET}"' in page
    cache.clear()  # the minute is over
    assert client.post(RESET, {"email": "alice@example.org"}).status_code == 302


def test_a_password_that_was_tried_too_often_is_not_shown(client_of, alice):
    member = client_of(alice)
    for _try in range(6):
        answer = member.post("/accounts/password/change/", {"oldpassword": "not-the-one", "password1": "cast-password-2"})
    page = answer.content.decode()
    assert answer.status_code == 429 and 'href="/accounts/password/change/"' in page
    assert "not-the-one" not in page and "cast-password-2" not in page


def test_a_minute_is_as_long_as_each_limit_with_a_page():
    """A page that says "a minute" where allauth counts for longer."""
    names = ("login", "signup", "reset_password", "reset_password_from_key", "change_password")
    assert {rate.duration for name in names for rate in parse_rates(app_settings.RATE_LIMITS[name])} == {WAIT_SECONDS}


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://localhost:9999", None])
def test_another_site_cannot_have_its_text_put_into_a_form_of_ours(old_page, alice, channel, origin):
    """One click on "Send it again" would otherwise post in the member's name what another site wrote."""
    old_page.force_login(alice)
    headers = {"origin": origin} if origin else {}
    answer = old_page.post(f"/chat/{channel.pk}/send/", {"body": "planted words here"}, headers=headers)
    assert answer.status_code == 403 and b"planted" not in answer.content and b"Nothing was sent" in answer.content


@pytest.fixture
def broken(client, monkeypatch, db):
    """A function that asks for Today of the guests while `error` is raised in it."""
    client.raise_request_exception = False

    def ask(error):
        def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr("community.views.public", fail)
        return client.get("/")

    return ask


def test_a_failure_gives_a_reference_that_stands_in_the_log(broken, caplog):
    answer = broken(ValueError("secret words"))
    reference = re.search(rb"<strong>([0-9A-F]{8})</strong>", answer.content).group(1).decode()
    assert answer.status_code == 500 and b"secret words" not in answer.content
    lines = [record.getMessage() for record in caplog.records if record.name == "mainstay.errors"]
    assert lines == [f"Reference {reference}: ValueError in home."]


def test_a_database_that_is_away_says_come_back_with_help_lines(broken):
    answer = broken(OperationalError("away"))
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "60" and b"Talk to somebody now" in answer.content


def test_error_pages_are_neither_stored_nor_indexed(client, db):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404 and "no-store" in answer.headers["Cache-Control"] and "noindex" in answer.headers["X-Robots-Tag"]


FROM_HERE = {"origin": "http://localhost:8000"}
FAILURES = [(ValueError("a defect"), 500), (OperationalError("away"), 503), (InterfaceError("closed"), 503)]


@pytest.fixture
def failing(old_page, monkeypatch, db):
    """A function that posts a form of Alice's while `error` is raised by whatever asks the database, and gives the answer."""
    old_page.raise_request_exception = False
    old_page.get("/accounts/login/")

    def post(error, path, data, *, origin=FROM_HERE, **more):
        token = old_page.cookies[settings.CSRF_COOKIE_NAME].value

        def fail(*args, **kwargs):
            raise error

        with monkeypatch.context() as away:
            for name in ("execute", "executemany"):
                away.setattr(f"django.db.backends.utils.CursorWrapper.{name}", fail)
            return old_page.post(path, data, headers={"x-csrftoken": token, **origin}, **more)

    return post


@pytest.mark.parametrize("encoding", ["multipart/form-data", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(("error", "status"), FAILURES)
def test_a_failure_gives_back_what_was_typed_in_a_form_that_works(failing, old_page, alice, channel, error, status, encoding):
    """An hour's words that are gone because the database was away for a second, or because of a defect of ours."""
    old_page.force_login(alice)
    path = f"/chat/{channel.pk}/send/"
    typed = {"body": "Dear all, <b>this</b> took me an hour.", "client_id": str(uuid.uuid4())}
    more = {} if encoding.startswith("multi") else {"content_type": encoding}
    answer = failing(error, path, typed if not more else urlencode(typed), **more)
    page = answer.content.decode()
    assert answer.status_code == status
    assert "Dear all, &lt;b&gt;this&lt;/b&gt; took me an hour." in page and f'action="{path}"' in page
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page[page.index(f'action="{path}"') :]))
    sent = old_page.post(path, typed | form, headers=FROM_HERE)
    assert sent.status_code == 302 and form["client_id"] == typed["client_id"]
    assert channel.messages.filter(body__startswith="Dear all").count() == 1


@pytest.mark.parametrize(("error", "status"), FAILURES)
@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/me/", "/accounts/password/change/", "/groups/new/", "/staff/people/invite/", "/cms/images/add/"]
)
def test_a_failure_of_any_form_gives_back_words_and_neither_passwords_nor_files(failing, alice, old_page, path, error, status):
    """A password on the screen of a shared device, or a form without its words."""
    old_page.force_login(alice)
    secrets = {
        "password": "cast-password-1",
        "new_password1": "cast-password-2",
        "recovery_code": "code-3",
        "csrfmiddlewaretoken": "token-4",
    }
    file = SimpleUploadedFile("a.png", b"what the file holds", "image/png")
    answer = failing(error, path, {"words": "A sentence that was typed.", "file": file, **secrets})
    page = answer.content.decode()
    assert answer.status_code == status and "A sentence that was typed." in page and f'action="{path}"' in page
    assert "A password is never filled in for you" in page and "A file is never filled in for you" in page
    assert not [secret for secret in (*secrets.values(), "what the file holds", "a.png") if secret in page]


@pytest.mark.parametrize("origin", [{"origin": "https://elsewhere.example"}, {"origin": "null"}, {}])
@pytest.mark.parametrize(("error", "status"), FAILURES)
def test_a_failure_gives_nothing_back_of_another_site_s(failing, old_page, alice, monkeypatch, error, status, origin):
    """One click on "Send it again" would otherwise post in the member's name what another site wrote."""
    old_page.force_login(alice)
    monkeypatch.setattr("django.middleware.csrf.CsrfViewMiddleware.process_view", lambda *args: None)  # something failed before it asked
    answer = failing(error, "/me/", {"name": "planted words here"}, origin=origin)
    assert answer.status_code == status and b"planted" not in answer.content


def test_a_form_that_cannot_be_read_any_more_takes_no_page_with_it(failing, old_page, alice, monkeypatch):
    """A bare line in the place of the help lines, because the error page itself failed."""

    def fail(request):
        raise UnreadablePostError

    old_page.force_login(alice)
    monkeypatch.setattr("community.errors.echoed_fields", fail)
    answer = failing(OperationalError("away"), "/me/", {"name": "typed"})
    assert answer.status_code == 503 and b"Talk to somebody now" in answer.content


TYPED = {"body": "Dear all, <b>this</b> took me an hour.", "seen": "12", "password": "cast-password-1", "client_id": str(uuid.uuid4())}
GIVEN_BACK = "Dear all, &lt;b&gt;this&lt;/b&gt; took me an hour.</textarea>"


def test_who_is_no_longer_in_the_group_gets_their_words_back(client_of, charlie, channel):
    """An hour's words in the box of a group that one was removed from meanwhile: a page that was not found had them."""
    answer = client_of(charlie).post(f"/chat/{channel.pk}/send/", TYPED, headers=FROM_HERE)
    page = answer.content.decode()
    assert answer.status_code == 404 and GIVEN_BACK in page and "cast-password-1" not in page
    assert not channel.messages.filter(body__contains="an hour").exists()


@pytest.mark.parametrize("path", ["/no-such-page/", "/staff/people/"])
def test_a_page_of_ours_does_not_say_what_another_site_posts(client_of, charlie, path):
    """ "What you wrote", and below it the words of somebody who wants a call."""
    for origin in ({"origin": "https://elsewhere.example"}, {"origin": "null"}, {}):
        assert b"took me an hour" not in client_of(charlie).post(path, TYPED, headers=origin).content


def test_words_that_are_given_back_tell_nothing_of_what_there_is(client_of, charlie, hidden_group):
    """Another page for who posts to a hidden group than for who posts to none."""
    paths = [f"/groups/{id}/ask/" for id in (hidden_group.pk, uuid.uuid4())]
    paths += [f"/chat/{id}/send/" for id in (hidden_group.channels.get().pk, uuid.uuid4())]
    pages = [client_of(charlie).post(path, TYPED, headers=FROM_HERE).content for path in paths]
    assert [TOKEN.sub(b"", page) for page in pages[::2]] == [TOKEN.sub(b"", page) for page in pages[1::2]]


def test_who_lost_a_right_meanwhile_gets_their_words_back(client_of, alice, bob, channel):
    """A form that was opened with a right and sent without it, and a page that only said no."""
    message = actions.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="Bob's")
    answer = client_of(alice).post(f"/chat/{channel.pk}/{message.pk}/edit/", TYPED, headers=FROM_HERE)
    assert answer.status_code == 403 and GIVEN_BACK in answer.content.decode()


def test_who_is_paused_while_they_write_gets_their_words_back(client_of, alice, channel):
    """A page that says "what you wrote stays where it is" in the place of what was just written."""
    member = client_of(alice)
    alice.suspended_at = timezone.now()
    alice.save(update_fields=["suspended_at"])
    answer = member.post(f"/chat/{channel.pk}/send/", TYPED, headers=FROM_HERE)
    assert answer.status_code == 403 and b"Your account is paused" in answer.content and GIVEN_BACK in answer.content.decode()


def test_a_page_that_was_only_looked_for_gives_nothing_back(client_of, alice):
    """An empty box on every page that is not there."""
    assert b"<textarea" not in client_of(alice).get("/no-such-page/?body=words that came with the address").content


def test_a_form_too_large_to_read_is_no_failure_of_ours(client_of, alice, settings):
    """500 in the place of 404, for whoever posts a lot to nowhere."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = client_of(alice).post("/no-such-page/", {"body": "more than ten letters"}, headers=FROM_HERE)
    assert answer.status_code == 404 and b"more than ten" not in answer.content
