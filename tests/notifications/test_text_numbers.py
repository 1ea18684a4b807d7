"""The page "Text messages": a number is proven before anything else is sent there, is its member's alone, and leaves no trace of itself."""

import contextlib
import datetime as dt
import logging
import re
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.centre.models import Centre
from community.kit import limits, site_keys
from community.kit.errors import Refused
from community.members.invitations import do_not_write
from community.members.models import DoNotWrite
from community.members.texting import numbers
from community.notifications.models import TextCode, TextNumber
from community.notifications.texting import actions, sending
from community.notifications.texting.forms import sentence
from community.notifications.texting.reading import plain
from tests.notifications.cases import sign_in

pytestmark = pytest.mark.django_db
PAGE = "/me/notifications/texts/"
BOBS = "+12125550123"


@pytest.fixture(autouse=True)
def in_america(db):
    Centre(name="Long Table", country="US", no_line=True).save()


@pytest.fixture
def page(bob, client_of):
    client = client_of(bob)
    client.get("/me/")
    return client


def ask(page, number=BOBS, **more):
    return page.post(PAGE + "ask/", {"number": number, "agreed": "on"} | more)


def come(gateway, number=BOBS):
    """The code that comes to a phone."""
    sending.send_due()
    return re.search(r"\d{6}", next(each.text for each in reversed(gateway.came) if each.number == number))[0]


def prove(page, code):
    return page.post(PAGE + "prove/", {"code": code})


def said_to(page):
    """The words of the page and what stands in its fields, without the keys of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken"[^>]*', "", page.get(PAGE).content.decode())


def errors(answer):
    return [unescape(said) for said in re.findall(r'class="field-error"[^>]*>\s*(.*?)\s*</p>', answer.content.decode(), re.DOTALL)]


def test_a_number_is_given_proven_changed_and_removed_by_oneself(page, bob, gateway):
    assert f'href="{PAGE}"' in page.get("/me/notifications/").content.decode()
    assert ask(page, "(212) 555-0123").status_code == 302
    assert "+1 212-555-0123" in page.get(PAGE).content.decode() and not TextNumber.objects.exists()
    code = come(gateway)
    assert gateway.came[0].text == f"Long Table: your code is {code}. Reply STOP for no more texts."
    assert prove(page, f" {code[:3]}-{code[3:]} ").status_code == 302
    row = TextNumber.objects.get(member=bob)
    assert plain(row) == BOBS and row.agreed_to == sentence() and "from Long Table" in row.agreed_to
    assert timezone.now() - row.agreed_at < dt.timedelta(minutes=1)
    shown = page.get(PAGE).content.decode()
    assert "+1 212-555-0123" in shown and "you agreed to this" in shown
    ask(page, "+44 7911 123456")
    assert plain(TextNumber.objects.get(member=bob)) == BOBS, "the old one stays until the new one is proven"
    prove(page, come(gateway, "+447911123456"))
    assert plain(TextNumber.objects.get(member=bob)) == "+447911123456"
    page.post(PAGE + "remove/")
    assert not TextNumber.objects.exists() and "7911" not in page.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "number",
    [
        "", "1", "12", "112", "911", "+1 212 555", "+1 800 555 0123", "+1 900 555 0123", "+1 212 555 0123 ext. 4", "+999 12345678",
        "tel:+1", "+44 9098 790123", "9" * 40, "+" * 40, "+1\x00212555012", "'; DROP TABLE", "<script>", "１１２",
        "+12125550123,+12125550124", "+12125550123\nBcc: x",
    ],
)  # fmt: skip
def test_what_is_no_mobile_number_gets_nothing(page, gateway, number):
    """A premium number, an emergency number, two numbers, or something that is none."""
    answer = ask(page, number)
    assert answer.status_code == 200 and errors(answer)
    sending.send_due()
    assert not gateway.came and not TextCode.objects.exists()


@given(typed=st.text(max_size=40) | st.text("+0123456789()-. extx;=", max_size=40))
@settings(deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_a_number_or_refused(typed):
    """A server error for what nobody thought of, which would stand in the log with the number."""
    with contextlib.suppress(Refused):
        number = numbers.canonical(typed)
        assert re.fullmatch(r"\+[1-9][0-9]{6,14}", number) and numbers.canonical(numbers.readable(number)) == number


@pytest.mark.parametrize(
    "typed", ["2125550123", "212.555.0123", "1 (212) 555-0123", "+1-212-555-0123", "２１２５５５０１２３", " +12125550123 "]
)
def test_a_number_may_be_typed_as_people_do(page, gateway, typed):
    assert ask(page, typed).status_code == 302


def test_without_a_yes_nothing_is_sent(page, gateway):
    answer = page.post(PAGE + "ask/", {"number": BOBS})
    assert errors(answer) and not TextCode.objects.exists()


@pytest.mark.parametrize("typed", ["", "000000x", "12345", "abcdef", "１２３４５６", "\x00" * 6, "9" * 20])
def test_a_wrong_code_proves_nothing(page, gateway, typed):
    ask(page)
    come(gateway)
    assert errors(prove(page, typed)) and not TextNumber.objects.exists()


def test_a_code_cannot_be_guessed(page, gateway):
    """Five tries, and then the right one is no good either."""
    ask(page)
    code = come(gateway)
    wrong = "000000" if code != "000000" else "000001"
    said = [errors(prove(page, wrong))[0] for _ in range(limits.MAX_TEXT_CODE_TRIES)]
    assert set(said) == {"That isn't the code. Look at the newest text message from us."}
    assert errors(prove(page, code)) == ["That code has run out. Ask for a new one."] and not TextNumber.objects.exists()


@pytest.mark.postgresql
def test_a_code_runs_out_is_used_once_and_ends_with_the_next(page, gateway):
    ask(page)
    first = come(gateway)
    with time_machine.travel(timezone.now() + limits.TEXT_CODE_LIFETIME):
        assert errors(prove(page, first)) and not TextNumber.objects.exists()
    ask(page)
    second = come(gateway)
    assert first == second or errors(prove(page, first))
    prove(page, second)
    page.post(PAGE + "remove/")
    assert errors(prove(page, second)) and not TextNumber.objects.exists()


def test_a_code_of_somebody_else_proves_nothing(page, gateway, client_of, alice):
    ask(page)
    assert errors(prove(client_of(alice), come(gateway))) and not TextNumber.objects.exists()


@pytest.mark.postgresql
def test_codes_and_numbers_are_few_a_day(page, gateway):
    """Somebody has a stranger's phone ring all day, or the center pays for a thousand text messages."""
    for number in ("+12125550123", "+12125550124", "+12125550125"):
        assert ask(page, number).status_code == 302
    assert errors(ask(page, "+12125550126")) == ["That was a lot of codes for one day. Please try again tomorrow."]
    assert ask(page).status_code == 302 and ask(page).status_code == 302
    assert errors(ask(page)) == ["That was a lot of codes for one day. Please try again tomorrow."]
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        page.post("/accounts/logout/")
        assert ask(sign_in(TextCode.objects.first().member), "+12125550126").status_code == 302


@pytest.mark.postgresql
def test_one_number_gets_few_codes_whoever_asks(gateway, client_of, alice, bob, page):
    """Each of a group asks for as many as they may. The answer tells nobody that others have asked."""
    other = client_of(alice)
    for _ in range(limits.TEXT_CODE_RATE.most):
        ask(page)
        sending.send_due()
    answer = ask(other)
    sending.send_due()
    assert answer.status_code == 302 and len(gateway.came) == limits.TEXT_CODE_RATE.most


@pytest.mark.postgresql
def test_a_number_is_one_members_and_goes_to_whoever_reads_it(page, gateway, client_of, alice, bob):
    """Whoever gets a phone of a former member. Neither is told that somebody had it, which would tell of a member."""
    ask(page)
    prove(page, come(gateway))
    other = client_of(alice)
    assert ask(other).headers["Location"] == PAGE
    prove(other, come(gateway))
    assert list(TextNumber.objects.values_list("member", flat=True)) == [alice.pk]


def test_a_number_that_said_stop_gets_no_code_and_nobody_is_told(page, gateway, bob):
    """It would tell a member that this number was here. A guessed code is none either."""
    do_not_write.stop_texts(number=BOBS)
    assert ask(page).status_code == 302
    shown = said_to(page)
    ask(page, "+12125550199")
    assert "0123" in shown and said_to(page).replace("0199", "0123") == shown
    do_not_write.stop_texts(number="+12125550199")  # said when the code was there already
    TextCode.objects.update(sealed=actions.seal(["+12125550199", "123456"]))
    assert errors(prove(page, "123456")) and not TextNumber.objects.exists()
    sending.send_due()
    assert not gateway.came


def test_a_phone_may_say_stop_to_a_code(page, gateway):
    gateway.answer(200, b'{"stop": true}')
    ask(page)
    sending.send_due()
    assert DoNotWrite.objects.exists() and not TextCode.objects.exclude(sealed="").exists()
    gateway.answer(200)
    ask(page)
    sending.send_due()
    assert len(gateway.came) == 1


def test_a_code_is_handed_over_again_under_its_id_until_it_has_run_out(page, gateway):
    """A gateway that is being started. The same id is the same message, so none comes twice."""
    gateway.answer(503)
    ask(page)
    sending.send_due()
    for seconds, status in ((5, None), (25, 503), (50, 200), (90, None)):
        with time_machine.travel(timezone.now() + dt.timedelta(seconds=seconds)):
            if status:
                gateway.answer(status)
            sending.send_due()
    assert len(gateway.came) == 3 and len({each.id for each in gateway.came}) == 1


def test_a_number_is_nowhere_in_clear(page, gateway, bob, caplog, capsys):
    """In a dump, a log or an error. Numbers are so few that a hash without a key would be none."""
    caplog.set_level(logging.DEBUG)
    for status in (500, 400, 200):
        gateway.answer(status)
        ask(page)
        sending.send_due()
    prove(page, come_of(gateway))
    with override_settings(SMS_URL="http://127.0.0.1:9/"):
        ask(page)
        sending.send_due()
    with connection.cursor() as cursor:
        for model in (TextNumber, TextCode, DoNotWrite):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            assert "5550123" not in str(cursor.fetchall())
    assert "5550123" not in caplog.text + str(capsys.readouterr())


def come_of(gateway):
    return re.search(r"\d{6}", gateway.came[-1].text)[0]


def test_a_new_secret_key_keeps_numbers_and_stops(page, gateway, bob, settings):
    """After the former key is dropped a number can still be read, and is still one member's."""
    ask(page)
    prove(page, come(gateway))
    do_not_write.stop_texts(number="+12125550199")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key, as long as it should be, it seems"
    assert do_not_write.asked_not_to_write(["+12125550199"])
    actions.seal_afresh()
    site_keys.seal_afresh()
    settings.SECRET_KEY_FALLBACKS = []
    assert do_not_write.asked_not_to_write(["+12125550199"])
    row = TextNumber.objects.get()
    assert plain(row) == BOBS and row.number_hash == actions.hash_of(BOBS)


def test_codes_are_forgotten_after_a_day_and_what_they_say_at_once(page, gateway):
    ask(page)
    with time_machine.travel(timezone.now() + limits.TEXT_CODE_LIFETIME):
        actions.forget_codes()
        assert TextCode.objects.get().sealed == ""
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        actions.forget_codes()
        assert not TextCode.objects.exists()


def test_a_center_without_a_gateway_offers_none_and_lets_a_number_be_removed(page, bob, gateway, settings):
    settings.SMS_URL = ""
    assert PAGE not in page.get("/me/notifications/").content.decode()
    assert "doesn't send text messages" in page.get(PAGE).content.decode() and ask(page).status_code == 200
    assert not TextCode.objects.exists()
    TextNumber.objects.create(member=bob, sealed=actions.seal([BOBS]), number_hash="0", agreed_to="Yes", agreed_at=timezone.now())
    assert PAGE in page.get("/me/notifications/").content.decode()
    page.post(PAGE + "remove/")
    assert not TextNumber.objects.exists()


@pytest.mark.parametrize("away", ["paused", "closed"])
def test_whoever_is_paused_or_closed_meanwhile_proves_nothing(page, gateway, bob, away):
    ask(page)
    code = come(gateway)
    type(bob).objects.filter(pk=bob.pk).update(**{"suspended_at": timezone.now()} if away == "paused" else {"is_active": False})
    prove(page, code)
    assert not TextNumber.objects.exists()
    with pytest.raises(Refused):
        actions.prove(member=bob, code=code)
    assert not TextNumber.objects.exists()
