"""Closing one's own account: a week to change one's mind, in which nothing is lost, and after it nothing that has a name."""

import datetime as dt
import uuid

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from community.centre import retention
from community.centre.tasks import forget_old
from community.kit.errors import Refused
from community.members.models import ConsentText, Device, User
from community.members.people import actions as people
from community.members.people import closing, recovery
from community.members.people.closing_models import AccountClosing, ClosedAccount, ReservedName
from community.members.people.names import check_name
from community.members.roles import Role
from community.members.settings import actions, closing_actions
from community.notifications import expansion
from community.notifications.models import Notification, PushSubscription
from community.safety import actions as safety
from community.safety.models import Block, Report
from groups.chat import actions as chat
from groups.chat.models import Message
from groups.peers import actions as peers
from groups.peers.models import Membership
from tests.cast import PASSWORD, make_person, prove
from tests.members.signing_in.test_factors import APP, code_for, key_on

pytestmark = pytest.mark.postgresql

PAGE, WAITING, CANCEL = "/me/close/", "/me/closing/", "/me/closing/cancel/"
KEEP, EMPTY = {"words": "keep"}, {"words": "empty"}
WEEK = dt.timedelta(days=8)


def sign_in(person):
    client = Client()
    client.force_login(person)
    prove(client, person)
    return client


def say(member, channel, body, **more):
    return chat.send(member=member, channel=channel.pk, client_id=uuid.uuid4(), body=body, **more)


def rows(*without):
    """All that the database holds, as text, by table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table not in without:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                found[table] = sorted(map(str, cursor.fetchall()))
    return found


def a_week_later(time_machine):
    time_machine.move_to(timezone.now() + WEEK, tick=False)
    forget_old()


# ------------------------------------------------------------ asking


def test_it_needs_proof_says_the_day_and_asks_about_the_messages(alice, client_of):
    """Catches a phone that lies open for a minute and an account that is gone with it."""
    client = client_of(alice)
    page = client.get(PAGE).content.decode()
    day = timezone.localtime(closing.closing_time(timezone.now()))
    assert day - timezone.now() >= dt.timedelta(days=7) and f"{day:%A, %B} {day.day}" in page
    assert "Former member" in page and 'value="empty"' in page and "checked" not in page
    assert "Choose what becomes of your messages" in client.post(PAGE, {}).content.decode()
    unproven = Client()
    unproven.force_login(alice)
    for answer in (unproven.get(PAGE), unproven.post(PAGE, KEEP)):
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/again/")
    assert not AccountClosing.objects.exists()


def test_me_and_the_page_of_a_new_agreement_lead_there(alice, client_of):
    """Somebody who does not agree to a new text could otherwise go only by asking others."""
    client = client_of(alice)
    assert PAGE in client.get("/me/").content.decode()
    ConsentText.objects.create(version=99, body="Something new.")
    assert PAGE in client.get("/consent/").content.decode()
    assert client.get(PAGE).status_code == 200 and "Take care" in client.post(PAGE, KEEP).content.decode()
    assert sign_in(User.objects.get(pk=alice.pk)).get(WAITING).status_code == 200


def test_it_ends_every_session_and_push_at_once(alice, client_of):
    here, elsewhere = client_of(alice), client_of(alice)
    assert elsewhere.get("/today/").status_code == 200
    PushSubscription.objects.create(member=alice, words="Firefox on Android", endpoint_hash="0" * 64, sealed="", key_id="")
    page = here.post(PAGE, KEEP).content.decode()
    assert "Your account closes on" in page and "sign in as always" in page
    for client in (here, elsewhere):
        assert client.get("/today/")["Location"].startswith("/accounts/login/")
    assert not Device.objects.filter(member=alice).exists() and not PushSubscription.objects.exists()


def test_signing_in_within_the_week_offers_to_keep_it_and_nothing_else(alice, client_of, channel, group):
    """Catches a page that nobody thought of, which goes on as if nothing were."""
    client_of(alice).post(PAGE, EMPTY)
    client = Client()
    client.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD})
    for path in ("/today/", f"/chat/{channel.pk}/", "/groups/", "/library/", "/me/", PAGE, "/inbox/", "/staff/people/", "/consent/"):
        assert client.get(path)["Location"] == WAITING, path
    said = client.post(f"/chat/{channel.pk}/", {"body": "Still here?", "client_id": str(uuid.uuid4())})
    assert said.status_code == 403 and "going to be closed" in said.content.decode()
    page = client.get(WAITING).content.decode()
    assert "Keep my account" in page and "lose their words" in page and "/groups/" not in page
    assert client.get("/help/").status_code == client.get("/privacy/").status_code == 200
    with pytest.raises(Refused):
        say(User.objects.get(pk=alice.pk), channel, "Still here?")


def test_what_rooms_above_offer_meanwhile_opens(alice, client_of, monkeypatch):
    """The seam through which one's things can be fetched before they are gone."""
    from community.members import seams

    monkeypatch.setattr(seams, "OPEN_WHILE_CLOSING", {"members:devices"})
    monkeypatch.setattr(seams, "WHILE_CLOSING", [lambda member: seams.LinkRow("Your things", "As a file.", "/me/devices/")])
    closing_actions.ask_for_closing(member=alice, empties_messages=False)
    client = sign_in(User.objects.get(pk=alice.pk))
    assert "Your things" in client.get(WAITING).content.decode() and client.get("/me/devices/").status_code == 200


def test_others_see_what_they_see_of_a_pause(alice, bob, client_of, channel, group, faye):
    """Who changes their mind has told nobody, and who goes isn't asked why."""
    say(alice, channel, "I was here.")
    closing_actions.ask_for_closing(member=alice, empties_messages=True)
    page = client_of(bob).get(f"/chat/{channel.pk}/").content.decode()
    assert "I was here." in page and "Alice" in page and "Alice left the group" not in page
    say(bob, channel, "@Alice, are you there?")
    expansion.run()
    assert not Notification.objects.filter(member=alice).exists()


def test_canceling_brings_everything_back(alice, bob, client_of, channel, group):
    """Catches whatever asking has already ended."""
    say(alice, channel, "I was here.")
    chat.save_draft(member=alice, channel=channel.pk, body="Not yet.")
    passing = ("django_session", "members_device", "kit_auditentry", "members_user", "kit_schedule")
    people = User.objects.order_by("pk").values("pk", "name", "email", "password", "suspended_at", "is_active", "time_zone")
    before, them = rows(*passing), list(people)
    client_of(alice).post(PAGE, EMPTY)
    assert client_of(User.objects.get(pk=alice.pk)).post(CANCEL)["Location"] == "/today/"
    assert rows(*passing) == before and list(people) == them
    client = sign_in(User.objects.get(pk=alice.pk))
    assert client.get("/today/").status_code == 200 and client.get(WAITING)["Location"] == "/me/"
    assert client.post(CANCEL).status_code == 302, "a second press changes nothing"


def test_the_only_admin_and_who_alone_looks_after_a_group_hear_what_comes_first(ada, faye, bob, group, client_of):
    page = client_of(ada).get(PAGE).content.decode()
    assert "only admin" in page and 'href="/staff/people/"' in page and "<textarea" not in page and 'name="words"' not in page
    client_of(ada).post(PAGE, KEEP)
    page = client_of(faye).get(PAGE).content.decode()
    assert group.name in page and f"/groups/{group.pk}/people/" in page and 'name="words"' not in page
    told = client_of(faye).post(PAGE, KEEP, follow=True).content.decode()
    assert f"{group.name}: Nobody else looks after this group" in told, "as a sentence, not as a bare name"
    assert not AccountClosing.objects.exists()
    peers.appoint(actor=ada, group=group, member=bob, role=Membership.Role.FACILITATOR)
    make_person("kim", Role.ADMIN)
    for person in (ada, faye):
        assert "Take care" in client_of(person).post(PAGE, KEEP).content.decode()
    kim = User.objects.get(name="Kim")
    with pytest.raises(Refused, match="only admin"):
        closing_actions.ask_for_closing(member=kim, empties_messages=False)


def test_staff_prove_who_they_are_before_they_keep_it(mo):
    """A password alone opens nothing of staff's, this page neither."""
    closing_actions.ask_for_closing(member=mo, empties_messages=False)
    client = Client()
    client.force_login(User.objects.get(pk=mo.pk))
    assert client.get(WAITING)["Location"].startswith("/accounts/again/code/")
    assert client.post(CANCEL).status_code == 403 and AccountClosing.objects.exists()
    prove(client, User.objects.get(pk=mo.pk))
    assert client.get(WAITING).status_code == 200 and client.post(CANCEL).status_code == 302
    assert not AccountClosing.objects.exists()


def test_staff_whose_second_step_was_taken_off_set_one_up_and_keep_it(ada, mo):
    """Two pages that each sent them to the other, without end, until the week was over."""
    closing_actions.ask_for_closing(member=mo, empties_messages=False)
    recovery.take_factors_off(actor=ada, member=mo, reason="He lost his phone.")
    client = sign_in(User.objects.get(pk=mo.pk))
    answer = client.get("/today/", follow=True)
    assert answer.status_code == 200 and answer.request["PATH_INFO"] == "/accounts/signing-in/"
    client.post(APP, {"code": code_for(key_on(client.get(APP)))})
    assert client.get("/today/")["Location"] == WAITING
    client.post(CANCEL)
    assert client.get("/today/").status_code == 200


# ------------------------------------------------------------ admins meanwhile


def test_admins_see_it_and_can_neither_end_it_nor_be_outlasted_by_it(ada, alice, client_of):
    """A pause that nobody made would have them let her in again; one that they made must hold when she changes her mind."""
    closing_actions.ask_for_closing(member=alice, empties_messages=False)
    desk = client_of(ada)
    page = desk.get("/staff/people/").content.decode()
    assert "Closes" in page and f"/staff/people/{alice.pk}/let-back/" not in page
    assert "Only they can change that" in desk.post(f"/staff/people/{alice.pk}/let-back/", follow=True).content.decode()
    people.suspend(actor=ada, member=alice)
    closing_actions.cancel_closing(member=alice)
    assert User.objects.get(pk=alice.pk).is_suspended and not AccountClosing.objects.exists()
    people.reinstate(actor=ada, member=alice)
    assert not User.objects.get(pk=alice.pk).is_suspended


def test_letting_them_back_from_a_pause_leaves_the_closing_in_sight(ada, alice, client_of):
    """A page from before they asked, and an account that was open to its last day and then closed without a word."""
    closing_actions.ask_for_closing(member=alice, empties_messages=False)
    people.suspend(actor=ada, member=alice)
    client_of(ada).post(f"/staff/people/{alice.pk}/let-back/")
    client = sign_in(User.objects.get(pk=alice.pk))
    assert client.get("/today/")["Location"] == WAITING
    client.post(CANCEL)
    assert client.get("/today/").status_code == 200


def test_an_admin_who_closes_it_earlier_keeps_to_what_they_chose(ada, alice, channel):
    said = say(alice, channel, "I was here.")
    closing_actions.ask_for_closing(member=alice, empties_messages=True)
    people.close_account(actor=ada, member=alice)
    assert not User.objects.get(pk=alice.pk).is_active and Message.objects.get(pk=said.pk).body == ""


def test_a_closing_that_broke_off_goes_on_by_itself(ada, alice, monkeypatch):
    """Somebody who was killed over it leaves a person signed out, paused, and still here."""

    def killed(member, **options):
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(closing, "_reserve", killed)
        with pytest.raises(SystemExit):
            people.close_account(actor=ada, member=alice)
    assert User.objects.get(pk=alice.pk).is_suspended
    with pytest.raises(Refused):
        closing_actions.cancel_closing(member=alice)
    forget_old()
    assert not User.objects.get(pk=alice.pk).is_active


# ------------------------------------------------------------ the day


def test_it_closes_at_night_and_not_before(alice, time_machine, centre_in):
    made = closing_actions.ask_for_closing(member=alice, empties_messages=False)
    local = made.closes_at.astimezone(centre_in)
    assert (local.hour, local.minute) == (4, 0) and dt.timedelta(days=7) <= made.closes_at - made.asked_at <= dt.timedelta(days=8, hours=1)
    time_machine.move_to(made.closes_at - dt.timedelta(seconds=1), tick=False)
    forget_old()
    assert User.objects.get(pk=alice.pk).is_active
    time_machine.move_to(made.closes_at, tick=False)
    with pytest.raises(Refused, match="too late"):
        closing_actions.cancel_closing(member=alice)
    forget_old()
    forget_old()
    assert not User.objects.get(pk=alice.pk).is_active
    closing.close(AccountClosing(member=alice, asked_at=made.asked_at, closes_at=made.closes_at))  # another worker, which is late


def test_one_that_fails_holds_up_no_other(alice, bob, time_machine, monkeypatch):
    for person in (alice, bob):
        closing_actions.ask_for_closing(member=person, empties_messages=False)
    reserve = closing._reserve

    def fails_for_alice(member, **options):
        if member.pk == alice.pk:
            raise RuntimeError
        reserve(member, **options)

    monkeypatch.setattr(closing, "_reserve", fails_for_alice)
    a_week_later(time_machine)
    assert [User.objects.get(pk=person.pk).is_active for person in (alice, bob)] == [True, False]


def test_retention_counts_it_first(alice, time_machine, capsys):
    closing_actions.ask_for_closing(member=alice, empties_messages=False)
    time_machine.move_to(timezone.now() + WEEK, tick=False)
    call_command("retention", dry_run=True)
    assert "     1  accounts to be closed" in capsys.readouterr().out and User.objects.get(pk=alice.pk).is_active
    assert retention.forget()["closings"] == 1
    time_machine.move_to(timezone.now() + dt.timedelta(days=366), tick=False)
    call_command("retention", dry_run=True)
    kept = ReservedName.objects.count()
    assert kept and f"{kept}  names of closed accounts" in capsys.readouterr().out
    assert retention.forget()["reserved_names"] == kept and not ReservedName.objects.exists() and ClosedAccount.objects.exists()


def test_those_who_are_gone_have_one_name_and_stay_apart(ada, alice, bob, charlie, channel):
    """Whom somebody blocked stays blocked."""
    safety.block(member=bob, other=alice)
    for person in (alice, charlie):
        people.close_account(actor=ada, member=person)
    assert set(User.objects.filter(is_active=False).values_list("name", flat=True)) == {"Former member"}
    assert Block.objects.filter(blocker=bob, blocked=alice).exists()
    with pytest.raises(Exception, match="taken for staff"):
        check_name("Former member", member=bob)


def test_open_pages_and_old_names_are_found(ada, alice, bob, channel, django_capture_on_commit_callbacks):
    """A mention that was stored under a former name, in text and HTML, and escaped there."""
    first = say(bob, channel, "@Alice, good morning. *@alice*?")
    actions.change_profile(member=alice, name="R & B", time_zone="UTC", drawing="")
    second = say(bob, channel, "@R & B, and `code`. @Bob too.")
    bare = say(bob, channel, "Alice said so.")
    before = Message.objects.get(pk=bare.pk).version
    people.close_account(actor=ada, member=User.objects.get(pk=alice.pk))
    first.refresh_from_db(), second.refresh_from_db()
    assert first.body == "@Former member, good morning. *@Former member*?" and "lice" not in first.html
    assert second.body == "@Former member, and `code`. @Bob too." and "R &amp; B" not in second.html
    assert second.mentions == [str(bob.pk)] and first.mentions == []
    assert min(first.version, second.version) > before, "so that open pages hear of it"
    assert Message.objects.get(pk=bare.pk).body == "Alice said so.", "what others say in words of their own is theirs"


def test_words_that_were_taken_out_keep_their_place(alice, bob, channel, time_machine):
    said = say(alice, channel, "I was here.")
    reply = say(bob, channel, "So was I.", reply_to=said.pk)
    chat.react(member=bob, message=said.pk, emoji="hug")
    closing_actions.ask_for_closing(member=alice, empties_messages=True)
    assert Message.objects.get(pk=said.pk).body == "I was here.", "not before the day"
    a_week_later(time_machine)
    emptied = Message.objects.get(pk=said.pk)
    assert (emptied.body, emptied.html, emptied.seq) == ("", "", said.seq) and emptied.deleted_at and not emptied.reactions.exists()
    assert Message.objects.get(pk=reply.pk).body == "So was I."
    seqs = list(Message.objects.filter(channel=channel).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))


def test_a_copy_in_a_report_stays_without_the_name(alice, bob, mo, channel, time_machine):
    """It protects others; and it must not be the one place where a name is left."""
    mine, named = say(alice, channel, "Buy it from me."), say(bob, channel, "@Alice, stop that.")
    for kind, target in (("message", mine.pk), ("person", alice.pk)):
        safety.report(member=bob, kind=kind, target_id=target, reason="other")
    safety.report(member=alice, kind="message", target_id=named.pk, reason="other")
    closing_actions.ask_for_closing(member=alice, empties_messages=True)
    a_week_later(time_machine)
    copies = [report.snapshot["text"] for report in Report.objects.order_by("pk")]
    assert sorted(copies) == ["@Former member, stop that.", "Buy it from me.", "Former member"]
    assert "Alice" not in str(list(Report.objects.values()))
