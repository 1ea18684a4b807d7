"""Whoever asks for no more e-mails by the link of an invitation gets none, from nobody, until they ask to be invited."""

import logging
import re
from email import message_from_bytes, policy
from unittest.mock import Mock

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from community.kit import schedule
from community.kit.errors import Refused
from community.kit.models import AuditEntry, SiteKey
from community.kit.ops.logs import DiscreetLine
from community.members.invitations import cohorts, do_not_write, do_not_write_views
from community.members.invitations.actions import invite, resend, revoke
from community.members.models import DoNotWrite, Invitation
from tests.joining import join, link_in

JO = "jo@example.org"
AGAIN = "/staff/people/write-again/"
SAID = "This person asked us not to write to them."


@pytest.fixture
def path(ada):
    """The link to stop in an invitation to Jo."""
    invite(actor=ada, email=JO)
    return path_in(mail.outbox[-1])


def path_in(email):
    return re.search(r"^http://localhost:8000(/stop/\S+)$", email.body, re.M)[1]


def has_asked():
    return do_not_write.asked_not_to_write([JO]) == {JO}


def test_a_mail_service_stops_them_without_a_session(path):
    """RFC 8058: a POST from a machine, without a cookie or a token; no redirect, and again changes nothing."""
    read = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    assert read["List-Unsubscribe"] == f"<http://localhost:8000{path}>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    service = Client(enforce_csrf_checks=True)
    for _time in range(2):
        answer = service.post(path, b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200 and not answer.cookies and has_asked() and DoNotWrite.objects.count() == 1


def test_people_lead_to_those_who_asked_once_somebody_did(client_of, ada, path):
    """On a site of the first day, a sentence about somebody who does not exist."""
    desk = client_of(ada)
    assert AGAIN not in desk.get("/staff/people/").content.decode()
    Client().post(path)
    assert AGAIN in desk.get("/staff/people/").content.decode()


def test_who_opens_the_link_stops_nothing(path):
    """A scanner of links, by which nobody could be invited anymore."""
    scanner = Client()
    for answer in (scanner.get(path), scanner.head(path), scanner.get(path, {"List-Unsubscribe": "One-Click"}), scanner.options(path)):
        assert answer.status_code in (200, 405) and not has_asked() and not answer.cookies
    page = scanner.get(path).content.decode()
    assert "Stop these e-mails?" in page and "Don&#x27;t write to me again" in page.replace("'", "&#x27;")


def test_by_hand_and_signed_in_as_whoever(path, client_of, alice):
    page = client_of(alice).post(path, {"List-Unsubscribe": "One-Click"})
    assert "We won't write again" in page.content.decode() and has_asked() and not do_not_write.asked_not_to_write([alice.email])


@pytest.mark.parametrize("token", ["nothing", "A" * 32, "é", "%2e", "A" * 33])
def test_a_link_that_we_never_sent_answers_alike_and_stores_nothing(path, token):
    """An answer that tells who was invited, or a list that anybody can fill."""
    other, stranger = reverse("members:do_not_write", args=[token]), Client()
    for ask in (stranger.get, stranger.post):
        one, two = ask(path), ask(other)
        assert (one.status_code, one.content, dict(one.headers)) == (two.status_code, two.content, dict(two.headers))
    assert DoNotWrite.objects.count() == 1


def test_a_link_that_was_changed_by_one_letter_is_none_of_ours(path):
    for at in range(len("/stop/"), len(path) - 1):
        Client().post(path[:at] + ("A" if path[at] != "A" else "B") + path[at + 1 :])
    assert not DoNotWrite.objects.exists()


@pytest.mark.parametrize("email", [JO, "JO@Example.org", "jo@example.org\u200b", "jo@ｅxample.org"])
def test_nobody_can_invite_them_in_any_spelling(path, ada, client_of, email):
    revoke(actor=ada, invitation=Invitation.objects.get())
    Client().post(path)
    page = client_of(ada).post("/staff/people/invite/", {"email": email, "role": "alumnus"}).content.decode()
    assert SAID in page
    for actor in (ada, None):
        with pytest.raises(Refused) as refusal:
            invite(actor=actor, email=email)
        assert refusal.value.code == "unwilling"
    cohort = cohorts.make_cohort(actor=ada, name="Finished in May", buddy=None)
    page = client_of(ada).post(f"/staff/cohorts/{cohort.pk}/invite/", {"pasted": f"{email}\nkim@example.org"}).content.decode()
    assert SAID in page and "1 line is good." in page
    client_of(ada).post(f"/staff/cohorts/{cohort.pk}/invite/", {"good": f"1 {email}\n2 kim@example.org", "send": "1"})
    assert [sent.to[0] for sent in mail.outbox] == [JO, "kim@example.org"]


def test_an_open_invitation_is_sent_no_more_and_still_works(path, ada, client_of):
    """Somebody who wants no e-mails, and joins by the link that they have."""
    Client().post(path)
    invitation = Invitation.objects.get()
    page = client_of(ada).get("/staff/people/?show=invited").content.decode()
    assert "Asked us not to write" in page and "Send again" not in page
    with pytest.raises(Refused):
        resend(actor=ada, invitation=invitation)
    assert SAID in client_of(ada).post(f"/staff/invitations/{invitation.pk}/resend/", follow=True).content.decode()
    assert join(Client(), link_in(mail.outbox[0]))["Location"] == "/welcome/groups/" and len(mail.outbox) == 1


def test_it_outlives_the_invitation_and_shows_the_address_to_nobody(path, ada):
    """The link of an e-mail that is found a year later; and a list of people who were in treatment."""
    Invitation.objects.all().delete()
    mail.outbox.clear()
    Client().post(path)
    assert has_asked()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert JO not in str(cursor.fetchall()), table
    with pytest.raises(Refused):
        invite(actor=ada, email=JO)


# ------------------------------------------------------------------ until they ask to be invited


def test_an_admin_lets_them_be_invited_on_their_word_and_that_is_noted(path, ada, client_of):
    revoke(actor=ada, invitation=Invitation.objects.get())
    Client().post(path)
    row, client = DoNotWrite.objects.get(), client_of(ada)
    assert AGAIN in client.get("/staff/people/").content.decode()
    assert "There is a problem" in client.post(AGAIN, {"address": JO}).content.decode() and has_asked(), "their word is asked for"
    assert client.post(AGAIN, {"address": "JO@example.org", "has_asked": "on"})["Location"] == "/staff/people/"
    entry = AuditEntry.objects.get(verb="members.write_again")
    assert (entry.actor, entry.target) == (ada, str(row.pk)) and not has_asked()
    client.post("/staff/people/invite/", {"email": JO, "role": "alumnus"})
    assert len(mail.outbox) == 2
    Client().post(path_in(mail.outbox[1]))
    assert has_asked(), "and they may ask for no more once again"


def test_who_did_not_ask_is_not_on_the_list(ada, client_of):
    page = client_of(ada).post(AGAIN, {"address": JO, "has_asked": "on"}).content.decode()
    assert "isn't among those" in page.replace("&#x27;", "'") and not AuditEntry.objects.filter(verb="members.write_again").exists()


# ------------------------------------------------------------------ the key of the hashes


def test_the_wish_outlives_a_change_of_the_secret_key(path, ada, settings):
    """A list that is forgotten two weeks after the key was changed."""
    Client().post(path)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 60
    settings.SECRET_KEY_FALLBACKS = [old]
    assert has_asked()
    schedule.JOBS["community.kit.tasks.seal_keys"].do()
    settings.SECRET_KEY_FALLBACKS = []
    assert has_asked()


def test_a_site_that_is_away_from_its_secret_key_invites_and_forgets_nothing(path, ada, settings):
    """A restored site before it has its own key back."""
    Client().post(path)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 60
    invite(actor=ada, email="kim@example.org")
    other = path_in(mail.outbox[-1])
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = old, ["n" * 60]
    assert has_asked() and SiteKey.objects.count() == 2
    Client().post(other)
    assert do_not_write.asked_not_to_write([JO, "kim@example.org"]) == {JO, "kim@example.org"}


def test_the_link_is_in_no_log(path, caplog, monkeypatch):
    """Whoever reads the log could end somebody's e-mails. It is an error that is logged with its address."""
    console = next(handler for handler in logging.getLogger().handlers if isinstance(handler.formatter, DiscreetLine))
    monkeypatch.setattr(do_not_write_views, "stop", Mock(side_effect=ValueError(path)))
    assert Client(raise_request_exception=False).post(path).status_code == 500
    (failed,) = [record for record in caplog.records if record.name == "django.request"]
    console.filter(failed)
    assert "members:do_not_write" in (said := console.format(failed)) and "/stop/" not in said
