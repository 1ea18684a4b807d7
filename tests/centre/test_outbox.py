"""The outbox shows the demo's letters, and exists nowhere else."""

import re

import pytest

from community.centre.models import Centre
from community.kit import mail
from community.members.models import Invitation

OUTBOX = "/outbox/"


@pytest.fixture
def kept(db, settings):
    settings.EMAIL_BACKEND = "community.kit.mail.OutboxBackend"
    context = {"link": "http://localhost:8000/invitation/k-_9/", "days": 14, "unsubscribe": "http://localhost:8000/stop/k/"}
    mail.send("invitation", to="robin@example.org", context=context)


def test_a_guest_of_the_demo_can_follow_the_link_of_a_letter(kept, client):
    """Who tries the demo has no account yet."""
    Centre(is_demo=True).save()
    page = client.get(OUTBOX).content.decode()
    assert re.search(r'<a href="http://localhost:8000/invitation/k-_9/"[^>]*>', page) and "robin@example.org" in page


def test_every_menu_of_the_demo_leads_to_the_outbox_and_says_how_much_is_there(kept, client, client_of, alice):
    """A page that is spoken of and linked nowhere: whoever waits for an e-mail of the demo cannot find it."""
    Centre(is_demo=True).save()
    for page in (client.get("/"), client_of(alice).get("/today/"), client.get("/nowhere/")):
        assert "outbox (1)" in page.content.decode().partition(f'<a class="menu-item" href="{OUTBOX}">')[2].partition("</a>")[0]


@pytest.mark.parametrize("demo, server", [(False, False), (True, True), (False, True)])
def test_outside_the_demo_nothing_leads_to_an_outbox(kept, client, client_of, ada, settings, demo, server):
    """A demo with a mail server of its own offered a page that it does not have."""
    Centre(is_demo=demo).save()
    settings.MAIL_SERVER = server
    pages = [client.get("/"), client.post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)]
    admin = client_of(ada)
    pages += [admin.get("/staff/people/"), admin.post("/me/address/", {"email": "new@example.org"}, follow=True)]
    assert [page.status_code for page in pages] == [200] * 4 and not any(OUTBOX in page.content.decode() for page in pages)


def test_who_invites_in_the_demo_is_led_to_the_letter(kept, client_of, ada):
    """The way to it stood below everybody who is here, a page down from the form."""
    Centre(is_demo=True).save()
    admin = client_of(ada)
    page = admin.post("/staff/people/invite/", {"email": "wren@example.org", "role": "alumnus"}, follow=True).content.decode()
    note = page.partition('class="flashes')[2].partition("<main")[0]
    assert 'in the outbox in a moment. <a href="/outbox/" autofocus>' in note and "wren@example.org" in admin.get(OUTBOX).content.decode()
    again = admin.post(f"/staff/invitations/{Invitation.objects.get().pk}/resend/", follow=True).content.decode()
    assert 'no longer work. <a href="/outbox/" autofocus>' in again


@pytest.mark.parametrize("demo, server", [(False, False), (True, True), (False, True)])
def test_outside_the_demo_there_is_no_outbox(kept, client, client_of, ada, settings, demo, server):
    """It holds the keys of everybody who was invited."""
    Centre(is_demo=demo).save()
    settings.MAIL_SERVER = server
    assert client.get(OUTBOX).status_code == client_of(ada).get(OUTBOX).status_code == 404
