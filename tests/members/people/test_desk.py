"""The staff's desk: admins invite and pause; to everybody else it does not exist."""

import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.kit.models import AuditEntry
from community.members.invitations.actions import invite
from community.members.models import Invitation, User
from tests.answers import same

DESK = "/staff/people/"
INVITED = "/staff/people/?show=invited"


@pytest.fixture
def invitation(ada):
    return invite(actor=ada, email="robin@example.org")[0]


def routes(invitation, member):
    return [
        ("get", DESK),
        ("post", DESK + "invite/"),
        ("post", f"/staff/invitations/{invitation.pk}/resend/"),
        ("post", f"/staff/invitations/{invitation.pk}/revoke/"),
        ("get", f"{DESK}{member.pk}/pause/"),
        ("post", f"{DESK}{member.pk}/suspend/"),
        ("post", f"{DESK}{member.pk}/let-back/"),
    ]


@pytest.mark.parametrize("who", ["alice", "faye", "pat", "rena", "mo"])
def test_outsiders_find_no_desk(who, request, client_of, invitation, charlie):
    """Every door of the desk, asked for by who has no key to it, is a page that does not exist, and does nothing."""
    client = client_of(request.getfixturevalue(who))
    typed = {"email": "new@example.org", "role": "alumnus"}
    before = AuditEntry.objects.count(), Invitation.objects.values_list("key_hash", "revoked_at").get(), len(mail.outbox)
    for method, path in routes(invitation, charlie):
        answer, nothing = (getattr(client, method)(to, typed) for to in (path, "/staff/nothing-is-here/"))
        assert answer.status_code == 404 and same(answer, nothing)
    assert before == (AuditEntry.objects.count(), Invitation.objects.values_list("key_hash", "revoked_at").get(), len(mail.outbox))
    assert not User.objects.get(pk=charlie.pk).is_suspended


def test_guests_are_asked_to_sign_in(client, invitation, charlie):
    for method, path in routes(invitation, charlie):
        assert getattr(client, method)(path)["Location"].startswith("/accounts/login/")


def test_what_changes_something_takes_a_post(client_of, ada, invitation, charlie):
    for method, path in routes(invitation, charlie):
        if method == "post":
            assert client_of(ada).get(path).status_code == 405


def test_ids_of_nobody_are_not_found(client_of, ada):
    for path in (f"/staff/invitations/{uuid.uuid4()}/resend/", f"{DESK}{uuid.uuid4()}/suspend/", f"{DESK}7/suspend/"):
        assert client_of(ada).post(path).status_code == 404


def test_the_desk_shows_what_became_of_an_invitation(client_of, ada, invitation):
    def page():
        return client_of(ada).get(INVITED).content.decode()

    assert "robin@example.org" in page() and "Waiting" in page()
    client_of(ada).post(f"/staff/invitations/{invitation.pk}/revoke/")
    assert "Taken back" in page() and "Send again" not in page()


def test_an_invitation_from_before_there_was_a_mail_server_says_that_it_never_left(client_of, ada, invitation, settings):
    """It looks like one that is waiting for its answer, and nobody would send it again."""
    outbox, backend = "community.kit.mail.OutboxBackend", settings.EMAIL_BACKEND
    never_left = "No mail server was set when this was written, so the e-mail never went out. Send it again."
    settings.EMAIL_BACKEND = outbox
    client_of(ada).post(DESK + "invite/", {"email": "wren@example.org", "role": "alumnus"})
    assert never_left not in client_of(ada).get(INVITED).content.decode(), "there is still no server"
    settings.EMAIL_BACKEND, settings.MAIL_SERVER = backend, True
    page = client_of(ada).get(INVITED).content.decode()
    assert page.count(never_left) == 1 and never_left in page.split("wren@example.org")[1].split("</li>")[0]
    client_of(ada).post(f"/staff/invitations/{Invitation.objects.get(email='wren@example.org').pk}/resend/")
    assert never_left not in client_of(ada).get(INVITED).content.decode() and mail.outbox[-1].to == ["wren@example.org"]


def test_who_is_here_is_not_invited_again(client_of, ada, alice):
    page = client_of(ada).post(DESK + "invite/", {"email": "ALICE@example.org", "role": "alumnus"}).content.decode()
    assert "Somebody with this address is here already." in page and "There is a problem" in page and not mail.outbox


def test_an_answered_invitation_cannot_be_sent_again(client_of, ada, invitation, alice):
    """A second link for an account that exists would be a second way into it."""
    Invitation.objects.update(answered_at="2026-01-01T00:00Z", member=alice)
    page = client_of(ada).post(f"/staff/invitations/{invitation.pk}/resend/", follow=True).content.decode()
    assert "has been answered" in page and len(mail.outbox) == 1


def test_every_act_is_written_down(client_of, ada, charlie, invitation):
    for method, path in routes(invitation, charlie)[1:]:
        getattr(client_of(ada), method)(path, {"email": "new@example.org", "role": "alumnus"})
    verbs = list(AuditEntry.objects.filter(actor=ada).order_by("at").values_list("verb", flat=True))
    assert verbs == ["members.invite", "members.invite", "members.resend", "members.revoke", "members.suspend", "members.let_back"]
    assert "@" not in " ".join(AuditEntry.objects.values_list("target", flat=True))


def test_an_account_is_paused_only_after_a_page_that_says_what_it_means(client_of, ada, charlie):
    """One touch beside the name that was meant locked somebody out of their group."""
    client, person = client_of(ada), f"{DESK}{charlie.pk}/"
    desk = client.get(DESK).content.decode()
    assert f'href="{person}pause/"' in desk and f'action="{person}suspend/"' not in desk
    page = client.get(f"{person}pause/").content.decode()
    assert "Pause Charlie's account?" in page and f'action="{person}suspend/"' in page
    assert not User.objects.get(pk=charlie.pk).is_suspended
    client.post(f"{person}suspend/")
    assert User.objects.get(pk=charlie.pk).is_suspended


def test_nobody_pauses_themselves(client_of, ada):
    """The last admin would be locked out."""
    client_of(ada).post(f"{DESK}{ada.pk}/suspend/")
    assert not User.objects.get(pk=ada.pk).is_suspended


@pytest.mark.parametrize("address", [DESK, INVITED])
def test_the_desk_asks_the_database_as_often_for_many_as_for_one(client_of, ada, invitation, address):
    def queries():
        client = client_of(ada)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    few = queries()
    for number in range(8):
        User.objects.create_user(email=f"p{number}@example.org", name=f"Person {chr(65 + number)}")
        invite(actor=ada, email=f"i{number}@example.org", role="publisher")
    assert queries() == few


def test_addresses_stand_on_the_desk_alone(client_of, ada, alice, bob):
    """The list of people shows names; an address is shown for an invitation only."""
    page = client_of(ada).get(DESK).content.decode()
    assert "Alice" in page and "alice@example.org" not in page
