"""Invitations and reminders by text message: to a number whose owner agreed, in one message of 160, until they join or say STOP."""

import datetime as dt
import logging
import re
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client
from django.utils import timezone

from community.centre.models import Centre
from community.kit import schedule
from community.kit.errors import Refused
from community.kit.models import AuditEntry
from community.kit.ops.condition import troubles
from community.members.invitations import cohorts, texts
from community.members.invitations.actions import invite, revoke
from community.members.invitations.do_not_write import asked_not_to_write, stop_texts
from community.members.models import Cohort, DoNotWrite, Invitation, InvitationText, Reminder, User
from community.members.roles import Role
from community.notifications import expansion
from community.notifications.models import Delivery, TextNumber
from community.notifications.texting import sending
from tests.cast import make_person
from tests.house.outgoing import Reader
from tests.joining import join_by_card
from tests.notifications.test_text_wording import ALPHABET, EXTENSION, places

pytestmark = pytest.mark.django_db
JOS, KIMS = "+12125550123", "+12125550189"
TEXTS = "/me/notifications/texts/"
ZONE = ZoneInfo("America/Chicago")
START = dt.datetime(2026, 3, 2, 15, 30, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def in_america(db, settings):
    settings.MAIL_SERVER = True
    Centre(name="Long Table", country="US", time_zone="America/Chicago", no_line=True).save()


@pytest.fixture
def desk(client_of):
    """Posts what a coordinator enters where one person is invited, and returns the page that follows."""
    client = client_of(make_person("cory", Role.COORDINATOR))

    def post(path="/staff/people/invite/", **fields):
        return client.post(path, fields, follow=True).content.decode()

    post.client = client
    return post


def by_number(desk, number="(212) 555-0123", **more):
    return desk(**{"number": number, "may_text": "on", "role": "alumnus"} | more)


def link_in(text):
    return re.fullmatch(r"Long Table: something new http://localhost:\d+(/invitation/\S+/)", text)[1]


def works(text):
    return Client().get(link_in(text)).status_code == 200


def leave(gateway):
    """What leaves now, each as (number, text)."""
    before = len(gateway.came)
    InvitationText.objects.update(due=timezone.now())
    sending.send_due()
    return [(each.number, each.text) for each in gateway.came[before:]]


def test_somebody_without_a_mailbox_is_invited_at_their_phone_and_joins_with_their_number(desk, gateway, channel, alice):
    """The whole way. Nothing else is sent to the number before its member wants it, and then no code is needed: it is proven."""
    assert "The text message is on its way." in by_number(desk)
    ((number, text),) = leave(gateway)
    assert number == JOS and len(text) <= 160 and not mail.outbox
    assert Reader(frozenset({"Ada", "Cory"}), "Long Table").told(text) == []
    browser = Client()
    assert join_by_card(browser, link_in(text))["Location"] == "/welcome/groups/"
    robin = User.objects.get(name="Robin")
    assert robin.email is None and robin.sign_in_name == "Tea at dawn"
    invitation = Invitation.objects.get(member=robin)
    assert (invitation.number, invitation.number_hash) == ("", None) and not works(text)
    expansion.Preferences.objects.create(member=robin, is_quiet=False)
    found = expansion.reachable().get(pk=robin.pk)
    assert expansion.transports_of(expansion.KINDS["mention"], found) == []
    page = browser.get(TEXTS).content.decode()
    assert "212-555-0123" in page and "unless you turn text messages on" in page and "Turn them on" in page
    page = browser.post(TEXTS + "ask/", {"number": "212 555 0123", "agreed": "on"}, follow=True).content.decode()
    assert "Text messages are on." in page and leave(gateway) == []
    found = expansion.reachable().get(pk=robin.pk)
    assert expansion.transports_of(expansion.KINDS["mention"], found) == ["text"]


def test_their_number_can_be_removed_and_another_one_needs_a_code(desk, gateway):
    by_number(desk)
    browser = Client()
    join_by_card(browser, link_in(leave(gateway)[0][1]))
    browser.post(TEXTS + "ask/", {"number": KIMS, "agreed": "on"})
    assert TextNumber.objects.get().agreed_at is None and "your code is" in leave(gateway)[0][1]
    browser.post(TEXTS + "remove/")
    assert not TextNumber.objects.exists()


def test_without_consent_nothing_is_stored_and_nothing_leaves(desk, gateway):
    """A number that staff found somewhere. That somebody agreed is recorded: who noted it and when, without the number."""
    page = desk(number=JOS, role="alumnus")
    assert "Text messages go only to people who agreed to get them." in page and not Invitation.objects.exists()
    by_number(desk)
    noted = AuditEntry.objects.get(verb="members.note_texts_agreed")
    assert noted.actor.name == "Cory" and noted.target == str(Invitation.objects.get().pk)
    assert len(leave(gateway)) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"email": "jo@example.org"}, "not both"),
        ({"number": ""}, "Give an e-mail address or a mobile number."),
        ({"number": "212 555 0123 ext. 5"}, "isn't the number of a mobile phone"),
        ({"number": "+1 900 555 0123"}, "isn't the number of a mobile phone"),  # premium
        ({"number": "1" * 40}, "isn't the number of a mobile phone"),
        ({"number": "+1212<script>"}, "isn't the number of a mobile phone"),
    ],
)
def test_what_is_refused_is_said_and_nobody_is_written_to(desk, gateway, fields, told):
    assert told in by_number(desk, **fields).replace("&#x27;", "'") and not Invitation.objects.exists() and leave(gateway) == []


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "typed", ["+1 212-555-0123", " 2125550123 ", "٢١٢٥٥٥٠١٢٣", "２１２　５５５　０１２３", "tel:+1-212-555-0123", "+12125550123\0"]
)
def test_however_it_is_written_a_number_is_invited_once(desk, gateway, typed):
    by_number(desk, JOS)
    assert "This number has an open invitation." in by_number(desk, typed)
    assert Invitation.objects.count() == 1


def test_staff_are_invited_by_e_mail_alone(client_of, ada, gateway):
    fields = {"number": JOS, "may_text": "on", "role": "moderator"}
    page = client_of(ada).post("/staff/people/invite/", fields, follow=True).content.decode()
    assert "Staff need an e-mail address." in page and not Invitation.objects.exists()


def test_a_center_without_a_gateway_asks_for_no_number(desk, settings, ada):
    settings.SMS_URL = ""
    page = desk.client.get("/staff/people/").content.decode()
    assert "mobile number" not in page and 'name="number"' not in page
    by_number(desk)
    desk(f"/staff/cohorts/{make_cohort(ada).pk}/invite/", good=f"1 {JOS}", may_text="on", send="1")
    assert not Invitation.objects.exists()


def make_cohort(ada):
    return cohorts.make_cohort(actor=ada, name="Finished in May", buddy=None)


def test_a_list_may_hold_numbers_and_each_line_says_what_is_wrong_with_it(desk, gateway, ada):
    stop_texts(number="+12125550177")
    by_number(desk, "+12125550166")
    where = f"/staff/cohorts/{make_cohort(ada).pk}/invite/"
    lines = ["jo@x.org", "Kim, 2024-05-01, (212) 555-0123", "212 555 01", "+12125550123", "+1 212 555 0177", "2125550166", "5", KIMS]
    page = desk(where, pasted="\n".join(lines)).replace("&#x27;", "'")
    assert "3 lines are good." in page and "5 lines are not." in page and "<li>+1 212-555-0189</li>" in page
    said = {int(n): words for n, words in re.findall(r"<label[^>]*>Line (\d+) .*?field-error[^>]*>(.*?)</p>", page, re.S)}
    assert "isn't the number of a mobile phone" in said[3] and "This number stands in line 2 already." in said[4]
    assert "asked us not to write" in said[5] and "This number has an open invitation." in said[6]
    assert "neither an e-mail address nor a phone number" in said[7]
    good = f"1 jo@x.org\n2 {JOS}\n8 {KIMS}"
    assert "agreed to get them" in desk(where, good=good, send="1") and leave(gateway) == [("+12125550166", gateway.came[-1].text)]
    done = desk(where, good=good, send="1", may_text="on")
    assert "1 invitation is on its way." in done and "2 text messages are on their way." in done
    assert "Text message to …89" in done and "0189" not in done
    assert {number for number, _text in leave(gateway)} == {JOS, KIMS} and len(mail.outbox) == 1


def test_a_table_with_a_heading_is_read_by_its_columns(desk, gateway, ada):
    where = f"/staff/cohorts/{make_cohort(ada).pk}/invite/"
    table = "Name;E-mail;Cell phone;Office\nJo;;212 555 0123;+12125550144\nKim;kim@x.org;212 555 0189;"
    page = desk(where, pasted=table)
    assert "2 lines are good." in page and JOS in page and "kim@x.org" in page and "0144" not in page and "0189" not in page


@pytest.mark.postgresql
@pytest.mark.parametrize(("status", "body"), [(410, b""), (200, b'{"stop": true}')])
def test_whoever_says_stop_is_never_written_to_again(desk, gateway, ada, status, body):
    """Neither by another of the staff nor as a member, and what is kept of it is a hash. Their link goes on working."""
    by_number(desk)
    gateway.answer(status, body)
    assert len(leave(gateway)) == 1
    gateway.answer(200)
    assert asked_not_to_write([JOS]) == {JOS} and not InvitationText.objects.exists()
    page = desk.client.get("/staff/people/?show=invited").content.decode()
    assert "Text message to …23" in page and "Asked us not to write" in page and "Send again" not in page
    desk(f"/staff/invitations/{Invitation.objects.get().pk}/resend/")
    revoke(actor=ada, invitation=Invitation.objects.get())
    assert "asked us not to write" in by_number(desk) and leave(gateway) == []
    assert "5550123" not in "".join(DoNotWrite.objects.values_list("address_hash", flat=True))


def test_an_admin_lets_a_number_be_invited_again(client_of, ada, desk, gateway):
    stop_texts(number=JOS)
    client_of(ada).post("/staff/people/write-again/", {"address": "(212) 555 0123", "has_asked": "on"})
    assert "is on its way" in by_number(desk) and len(leave(gateway)) == 1


@pytest.mark.postgresql
def test_a_stop_to_an_invitation_ends_a_members_text_messages_too(desk, gateway, bob):
    TextNumber.objects.create(member=bob, sealed=texts.seal([JOS]), number_hash=texts.hash_of(JOS), agreed_at=timezone.now())
    by_number(desk)
    gateway.answer(410)
    leave(gateway)
    assert not TextNumber.objects.exists()


def test_what_the_phone_company_refuses_is_not_delivered_and_not_reminded_of(desk, gateway, time_machine):
    time_machine.move_to(START, tick=False)
    by_number(desk)
    gateway.answer(422)
    assert len(leave(gateway)) == 1 and leave(gateway) == []
    page = desk.client.get("/staff/people/?show=unreached").content.decode()
    assert "Not delivered" in page and "The text message couldn't be delivered." in page
    assert live(time_machine, gateway, 10) == []


def test_a_gateway_that_is_away_is_tried_again_under_the_same_id_for_two_days(desk, gateway, time_machine):
    time_machine.move_to(START, tick=False)
    by_number(desk)
    by_number(desk, KIMS)
    gateway.answer(503)
    for tries, minutes in enumerate((0, 0, 0.5, 2, 2), 1):
        time_machine.move_to(START + dt.timedelta(minutes=minutes), tick=False)
        sending.send_due()
        assert len(gateway.came) == min(tries, 2) + max(tries - 3, 0), "one at a time, and then after a minute"
    assert "MAINSTAY_SMS_URL" in "".join(troubles())
    time_machine.move_to(START + dt.timedelta(hours=50), tick=False)
    sending.send_due()
    sending.send_due()
    assert not InvitationText.objects.exists() and len({each.id for each in gateway.came}) == 2
    assert Invitation.objects.filter(bounced_at__isnull=False).count() == 2 and "MAINSTAY_SMS_URL" not in "".join(troubles())


def test_a_gateway_that_never_answers_gets_it_again_under_its_id(desk, gateway, monkeypatch):
    monkeypatch.setattr("community.members.texting.posting.TIMEOUT", (1, 0.2))
    gateway.answer(0)
    by_number(desk)
    leave(gateway)
    gateway.answer(200, b"<html>" + b"\xff" * 9000)
    leave(gateway)
    assert len(gateway.came) == 2 and len({each.id for each in gateway.came}) == 1 and not InvitationText.objects.exists()


def live(clock, gateway, days, since=START):
    """Let days pass, in quarters of an hour; return when which text messages left meanwhile."""
    left = []
    for quarter in range(1, days * 96 + 1):
        clock.move_to(since + quarter * dt.timedelta(minutes=15), tick=False)
        schedule.JOBS["community.members.invitations.reminders.send_due"].do()
        left += [(timezone.now().astimezone(ZONE), text) for _number, text in leave(gateway)] if InvitationText.objects.exists() else []
    return left


def test_they_are_reminded_three_times_in_the_morning_and_every_link_works(desk, gateway, time_machine):
    time_machine.move_to(START, tick=False)
    by_number(desk)
    ((_number, first),) = leave(gateway)
    left = live(time_machine, gateway, 13)
    assert [(at.date() - START.date()).days for at, _text in left] == [2, 4, 8] and {at.hour for at, _text in left} == {8}
    assert len({first, *(text for _at, text in left)}) == 4 and all(map(works, [first, *(text for _at, text in left)]))
    page = desk(f"/staff/invitations/{Invitation.objects.get().pk}/resend/")
    assert "This number got 4 text messages in the last 30 days." in page.replace("\n", " ") and leave(gateway) == []
    join_by_card(Client(), link_in(left[-1][1]))
    assert not any(map(works, [first, *(text for _at, text in left)]))


@pytest.mark.parametrize("ended", ["joined", "revoked", "stopped", "switched off"])
def test_nobody_is_reminded_for_whom_the_matter_is_over(desk, gateway, time_machine, settings, ada, ended):
    time_machine.move_to(START, tick=False)
    by_number(desk)
    ((_number, text),) = leave(gateway)
    if ended == "joined":
        join_by_card(Client(), link_in(text))
    elif ended == "revoked":
        revoke(actor=ada, invitation=Invitation.objects.get())
    elif ended == "stopped":
        stop_texts(number=JOS)
    else:
        settings.SMS_URL = ""
    assert live(time_machine, gateway, 10) == [] and not Reminder.objects.exists()


def test_one_that_was_taken_back_before_it_left_does_not_leave(desk, gateway, ada):
    by_number(desk)
    revoke(actor=ada, invitation=Invitation.objects.get())
    assert leave(gateway) == [] and not InvitationText.objects.exists()


def test_a_number_is_nowhere_in_clear_and_in_no_log(desk, gateway, caplog, capsys, time_machine):
    caplog.set_level(logging.DEBUG)
    by_number(desk)
    key = None
    for status, body in ((500, b"5550123"), (200, b"no JSON \xff"), (400, b"")):
        gateway.answer(status, body)
        left = leave(gateway)
        key = key or link_in(left[0][1])
        if not InvitationText.objects.exists():
            desk(f"/staff/invitations/{Invitation.objects.get().pk}/resend/")
    desk.client.get("/staff/people/?show=invited")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "5550123" not in str(cursor.fetchall()), table
    assert "5550123" not in caplog.text + str(capsys.readouterr()) and key not in caplog.text


@pytest.mark.postgresql
def test_staff_find_it_again_by_the_whole_number(desk, gateway):
    by_number(desk)
    for sought, is_found in (("212-555-0123", True), ("5550123", False), (KIMS, False)):
        assert ("Text message to …23" in desk("/staff/people/", sought=sought, show="invited")) is is_found


def test_a_new_secret_key_keeps_numbers(gateway, settings, ada):
    """After the former key is dropped, reminders still find the phone, and nobody is invited a second time."""
    invite(actor=ada, number=JOS, may_text=True)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key, as long as it should be, it seems"
    texts.seal_afresh()
    settings.SECRET_KEY_FALLBACKS = []
    assert Invitation.objects.get().number == JOS
    with pytest.raises(Refused, match="This number has an open invitation"):
        invite(actor=ada, number=JOS, may_text=True)
    assert leave(gateway) == [] and Invitation.objects.get().state == "bounced", "its first link was under the former key"


@pytest.mark.postgresql
def test_what_nobody_answers_is_forgotten_with_its_number(desk, gateway, time_machine):
    by_number(desk)
    with_number = Invitation.objects.get()
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(days=400))
    assert list(cohorts.unanswered(timezone.now() - dt.timedelta(days=300))) == [with_number]
    cohorts.unanswered(timezone.now()).delete()
    assert not InvitationText.objects.exists() and not Invitation.objects.exists()


@pytest.mark.parametrize("name", ["€" * 60, "’“”–ëıç" * 8, "中" * 60, "L" * 60, "🙂", "[{~^}]" * 10, "Long Table"])
@pytest.mark.parametrize("host", ["https://a.example", "https://" + "community" * 7 + ".example.org"])
def test_an_invitation_is_one_message_whatever_the_center_is_called(gateway, settings, ada, name, host):
    settings.SITE_URL = host
    Centre.objects.update(name=name)
    _invitation, key = invite(actor=ada, number=JOS, may_text=True)
    ((_number, text),) = leave(gateway)
    assert not set(text) - set(ALPHABET + EXTENSION) and places(text) <= 160
    assert text.endswith(f"omething new {host}/invitation/{key}/")


def test_an_address_that_leaves_no_room_for_the_link_is_refused_at_the_start(gateway, settings):
    settings.SITE_URL = "https://" + "a" * 60 + "." + "b" * 30 + ".example"
    with pytest.raises(SystemCheckError, match="shorten MAINSTAY_URL"):
        call_command("check", "--tag", "security")
    settings.SMS_URL = ""
    call_command("check", "--tag", "security")


def test_whoever_closes_their_account_is_invited_nowhere(bob, gateway, desk, client_of, ada):
    """By the number that was theirs: they would be written to after they had gone."""
    TextNumber.objects.create(member=bob, sealed=texts.seal([JOS]), number_hash=texts.hash_of(JOS), agreed_at=timezone.now())
    by_number(desk)
    client_of(ada).post(f"/staff/people/{bob.pk}/close/")
    assert not Invitation.objects.exists() and leave(gateway) == [] and not Delivery.objects.exists() and Cohort.objects.count() == 0
