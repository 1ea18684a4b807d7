"""An account that is closed: nobody comes in with it, its groups are left, its address is free, and what stays has no name."""

import threading
import uuid

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from wagtail.admin.models import FormState
from wagtail.models import UploadedFile

from community.centre.tasks import forget_old
from community.kit import limits
from community.kit.errors import Refused
from community.kit.mail import OutboxBackend
from community.kit.models import AuditEntry, OutboxEmail, QueuedEmail
from community.members.invitations.actions import invite
from community.members.joining import actions as joining_actions
from community.members.models import ConsentText, Invitation, User
from community.members.people.actions import close_account, suspend
from community.members.people.closing_models import AccountClosing
from community.members.roles import Role
from community.notifications.models import PushSubscription
from groups.chat import actions as chat
from groups.chat.models import Message, Participant
from groups.peers import actions as peers
from groups.peers.join import requests
from groups.peers.models import Membership
from tests.cast import PASSWORD, make_person
from tests.cms.articles import photograph, write
from tests.cms.editor_forms import form
from tests.joining import join, link_in

pytestmark = pytest.mark.postgresql

DESK = "/staff/people/"


IN_A_WEEK = {"in_a_week": "on"}


def push_to(person):
    PushSubscription.objects.create(member=person, words="Firefox on Android", endpoint_hash="0" * 64, sealed="", key_id="")


def close(client, person, **more):
    return client.post(f"{DESK}{person.pk}/close/", **more)


@pytest.fixture
def admin(client_of, ada):
    return client_of(ada)


@pytest.fixture
def robin(ada):
    """Somebody who came by an invitation, as everybody does."""
    invitation, _key = invite(actor=ada, email="robin@example.org")
    text = ConsentText.objects.latest()
    return joining_actions.answer(invitation=invitation, name="Robin", password=PASSWORD, text=text)


def test_the_page_before_it_says_what_happens_and_changes_nothing(admin, alice):
    """Closing cannot be undone, so whoever presses must have read what it means."""
    page = admin.get(f"{DESK}{alice.pk}/close/").content.decode()
    for words in ("Close Alice", "signed out", "leave every group", "stays, as the words of a “Former member”", "can't be undone"):
        assert words in page, words
    assert User.objects.get(pk=alice.pk).is_active
    assert f"{DESK}{alice.pk}/close/" in admin.get(DESK).content.decode()


def test_a_page_that_was_open_leads_to_the_sign_in_and_there_is_no_way_back_in(admin, client_of, alice):
    """Catches a session that outlives the account, and a password that still opens it."""
    member = client_of(alice)
    assert member.get("/today/").status_code == 200
    assert "account is closed" in close(admin, alice, follow=True).content.decode()
    answer = member.get("/today/")
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    assert member.post("/me/", {"name": "Alice", "time_zone": "UTC"}, headers={"origin": "http://localhost:8000"}).status_code == 401
    gone = User.objects.get(pk=alice.pk)
    assert not gone.has_usable_password()
    for address in ("alice@example.org", gone.email):
        assert not Client().login(email=address, password=PASSWORD)


def test_an_admin_gives_somebody_the_same_week(admin, ada, alice, bob, channel, client_of):
    """Would catch an account that is gone by a slip, with all that its owner wanted to take along."""
    push_to(alice)
    member = client_of(alice)
    assert "Until then they can sign in" in close(admin, alice, data=IN_A_WEEK, follow=True).content.decode()
    assert member.get("/today/")["Location"].startswith("/accounts/login/") and not PushSubscription.objects.exists()
    assert AuditEntry.objects.filter(actor=ada, verb="members.ask_closing", target=str(alice.pk)).count() == 1
    closing = AccountClosing.objects.get(pk=alice.pk)
    assert closing.closes_at >= closing.asked_at + limits.CLOSING_DELAY and not closing.empties_messages
    back = client_of(User.objects.get(pk=alice.pk))
    assert back.get("/today/")["Location"] == "/me/closing/" and "My things" in back.get("/me/closing/").content.decode()
    assert "Close it in a week" not in admin.get(f"{DESK}{alice.pk}/close/").content.decode()
    close(admin, alice, data=IN_A_WEEK)
    assert AccountClosing.objects.get() == closing, "a second press moves nothing"
    assert "Only they can change that" in admin.post(f"{DESK}{alice.pk}/let-back/", follow=True).content.decode()
    assert back.post("/me/closing/cancel/")["Location"] == "/today/" and back.get("/today/").status_code == 200


def test_a_pause_outlasts_a_closing_that_an_admin_asked_for(admin, ada, alice, client_of):
    """Would catch somebody whom staff keep out, and who lets themselves in by keeping their account."""
    suspend(actor=ada, member=alice)
    close(admin, alice, data=IN_A_WEEK)
    back = client_of(User.objects.get(pk=alice.pk))
    back.post("/me/closing/cancel/")
    assert not AccountClosing.objects.exists() and User.objects.get(pk=alice.pk).is_suspended
    assert "paused" in back.get("/today/").content.decode()


def test_it_ends_by_itself_and_the_dry_run_counts_it(admin, alice, time_machine, capsys):
    close(admin, alice, data=IN_A_WEEK)
    time_machine.move_to(AccountClosing.objects.get().closes_at, tick=False)
    call_command("retention", dry_run=True)
    assert "     1  accounts to be closed" in capsys.readouterr().out
    forget_old()
    assert not User.objects.get(pk=alice.pk).is_active


def test_who_alone_looks_after_a_group_is_not_taken_from_it_unseen(admin, faye, group):
    """The admin is told what comes first, as she would be. Where it can't wait, it can be done."""
    page = admin.get(f"{DESK}{faye.pk}/close/").content.decode()
    assert group.name in page and f"/groups/{group.pk}/people/" in page and "Close it in a week" not in page
    assert group.name in close(admin, faye, data=IN_A_WEEK, follow=True).content.decode()
    assert User.objects.get(pk=faye.pk).is_active and not AccountClosing.objects.exists()
    close(admin, faye)
    assert not User.objects.get(pk=faye.pk).is_active


def test_every_group_is_left_as_by_oneself_and_drafts_are_gone(admin, alice, bob, channel, hidden_group):
    """The others must not read that somebody was removed, and the roster must not hold who is gone."""
    mine = Participant.objects.filter(member=alice)
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="I was here.")
    chat.save_draft(member=alice, channel=channel.pk, body="Not yet.")
    close(admin, alice)
    ended = Membership.objects.filter(member=alice)
    assert ended.count() == 2 and all(membership.ended_at and not membership.was_removed for membership in ended)
    assert not mine.filter(left_version=None).exists() and not mine.exclude(draft="").exists()
    notices = list(Message.objects.filter(author=alice, kind="notice").values_list("body", flat=True))
    assert notices.count("left") == 2 and "removed" not in notices


def test_what_they_wrote_stays_under_no_name(admin, client_of, alice, bob, channel):
    """A name that stays tells for good who belonged here."""
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="I was here.")
    close(admin, alice)
    page = client_of(bob).get(f"/chat/{channel.pk}/").content.decode()
    assert "I was here." in page and "Former member left the group" in page and "Alice" not in page


def test_their_address_is_nowhere_any_more_and_can_be_invited_again(admin, robin, ada):
    """Catches an address that stays behind in a row that nobody thought of."""
    OutboxBackend().send_messages([mail.outbox[0]])
    close(admin, robin)
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert "robin@example.org" not in str(cursor.fetchall()), table
    assert not EmailAddress.objects.filter(user=robin).exists() and not OutboxEmail.objects.exists()
    assert admin.post(DESK + "invite/", {"email": "robin@example.org", "role": "alumnus"}).status_code == 302
    link = link_in(mail.outbox[-1])
    page = join(Client(), link, name="Robin").content.decode()
    assert "Somebody here has that name" in page, "a stranger could otherwise pass for who wrote before"
    assert join(Client(), link, name="Wren")["Location"] == "/welcome/groups/"


def test_an_email_on_its_way_is_taken_back(admin, alice, ada, settings):
    """The link in it is dead, and its address sealed in the queue would stay for two days."""
    settings.TASKS = settings.QUEUED
    invitation, _key = invite(actor=ada, email="robin@example.org")
    robin = joining_actions.answer(invitation=invitation, name="Robin", password=PASSWORD, text=ConsentText.objects.latest())
    invite(actor=ada, email="wren@example.org")
    close(admin, robin)
    assert QueuedEmail.objects.get().about == str(Invitation.objects.get().pk), "and nobody else's"


def test_no_link_for_a_new_password_opens_it_again(admin, alice):
    Client().post("/accounts/password/reset/", {"email": "alice@example.org"})
    link = mail.outbox[-1].body.split("http://localhost:8000")[1].split()[0]
    close(admin, alice)
    assert "new password" not in Client().get(link, follow=True).content.decode().lower().split("<h1>")[1].split("</h1>")[0]
    mail.outbox.clear()
    for address in ("alice@example.org", User.objects.get(pk=alice.pk).email):
        Client().post("/accounts/password/reset/", {"email": address})
    assert not mail.outbox


def test_they_are_in_no_list_of_people_and_a_second_press_finds_nobody(admin, alice):
    close(admin, alice, follow=True)
    admin.get(DESK)  # which tells once that Alice's account is closed
    assert "Alice" not in admin.get(DESK).content.decode()
    for verb in ("close", "suspend", "let-back"):
        assert admin.post(f"{DESK}{alice.pk}/{verb}/").status_code == 404
    assert admin.get("/groups/new/").content.decode().count("Alice") == 0


def test_a_closed_admin_is_no_staff_any_more(admin, pat):
    close(admin, pat)
    assert User.objects.get(pk=pat.pk).roles == frozenset()


def test_it_is_written_down_without_a_word_about_who(admin, ada, alice):
    close(admin, alice)
    entry = AuditEntry.objects.get(verb="members.close_account")
    assert (entry.actor, entry.target) == (ada, str(alice.pk))
    assert not AuditEntry.objects.filter(verb="peers.leave").exists(), "they did not leave by themselves"


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_closes_their_own_account(admin, ada, method):
    """The last admin would take the keys of the house along."""
    url = f"{DESK}{ada.pk}/close/"
    page = getattr(admin, method)(url, follow=True).content.decode()
    assert "Ada is the only admin. Make somebody else an admin first." in page
    make_person("kim", Role.ADMIN)
    page = getattr(admin, method)(url, follow=True).content.decode()
    assert "You can close your own account on your page" in page
    assert User.objects.get(pk=ada.pk).is_active


@pytest.mark.parametrize("who", ["alice", "faye", "pat", "mo"])
def test_the_action_asks_for_itself_who_may(who, request, charlie):
    """Each caller of it, not the page alone."""
    with pytest.raises(Refused, match="Only an admin"):
        close_account(actor=request.getfixturevalue(who), member=charlie)
    assert User.objects.get(pk=charlie.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_close_one_another_at_once_leave_one(ada):
    kim, outcomes, start = make_person("kim", Role.ADMIN), [], threading.Barrier(2, timeout=20)

    def run(actor, member):
        try:
            connection.ensure_connection()
            start.wait()
            close_account(actor=actor, member=member)
            outcomes.append("closed")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in ((ada, kim), (kim, ada))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["closed", "forbidden"] and User.objects.filter(is_active=True).count() == 1


def test_who_was_just_closed_is_let_into_no_group(admin, alice, bob, faye, group):
    """A press that was under way: the member as the page had read them still looks as if they were here."""
    peers.leave(member=bob, group=group)
    close(admin, bob)
    for come in (
        lambda: peers.join(member=bob, group=group, agreed_version=group.agreement_version),
        lambda: peers.undo_leave(member=bob, group=group),
        lambda: requests.invite(actor=faye, group=group, member=bob),
    ):
        with pytest.raises(Refused):
            come()
    assert not Membership.objects.current().filter(member=bob).exists()


def test_what_was_begun_in_the_editor_goes_too(ada, pat, client_of, django_capture_on_commit_callbacks):
    """A preview that was never saved, a file that waited for its title, and its bytes: nobody else can finish or find them."""
    pats, article = client_of(pat), write("Evenings")
    assert pats.post(f"/cms/pages/{article.pk}/edit/preview/", form(title="Evenings, later")).json()["is_valid"]
    sent = {"title": "x" * 300, "files[]": SimpleUploadedFile("chair.jpg", photograph())}
    pats.post("/cms/images/multiple/add/", sent, headers={"X-Requested-With": "XMLHttpRequest"})
    waiting = UploadedFile.objects.get().file
    assert FormState.objects.filter(user=pat).exists() and waiting.storage.exists(waiting.name)
    with django_capture_on_commit_callbacks(execute=True):
        close_account(actor=ada, member=pat)
    assert not FormState.objects.exists() and not UploadedFile.objects.exists() and not waiting.storage.exists(waiting.name)
