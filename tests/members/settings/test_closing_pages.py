"""What pages say of an account that closes: one day to everybody, nothing that is too late, and to staff what they can still do."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from community.members.models import User
from community.members.people import actions as people
from community.members.people.closing_models import AccountClosing
from community.members.settings import closing_actions
from tests.cast import make_person
from tests.members.settings.test_closing_own import CANCEL, KEEP, PAGE, WAITING, a_week_later, sign_in


def test_each_page_says_one_day_and_the_hour_of_who_reads_it(alice, client_of, centre_in):
    """Four in the morning at the center is the day before elsewhere: three pages named three days, one of them too late."""
    User.objects.filter(pk=alice.pk).update(time_zone="Pacific/Pago_Pago")
    client = client_of(User.objects.get(pk=alice.pk))
    pages = [client.get(PAGE).content.decode(), client.post(PAGE, KEEP).content.decode()]
    pages.append(sign_in(User.objects.get(pk=alice.pk)).get(WAITING).content.decode())
    theirs = AccountClosing.objects.get().closes_at.astimezone(ZoneInfo("Pacific/Pago_Pago"))
    assert theirs.hour > 20 and theirs.day != AccountClosing.objects.get().closes_at.astimezone(centre_in).day
    for page in pages:
        said = re.sub(r"<[^>]+>", "", page)
        assert f"on {theirs:%A, %B} {theirs.day}, at {theirs.hour - 12}:00 PM" in said and "early" not in said


def test_when_its_time_is_over_the_page_offers_nothing_that_is_too_late(alice, time_machine):
    """While the worker is late, it named a day that had passed, with a button that always said no."""
    made = closing_actions.ask_for_closing(member=alice, empties_messages=False)
    time_machine.move_to(made.closes_at + dt.timedelta(minutes=3), tick=False)
    page = sign_in(User.objects.get(pk=alice.pk)).get(WAITING).content.decode()
    assert "being closed now" in page and "Keep my account" not in page and "Until then" not in page and CANCEL not in page


def test_a_pause_during_the_week_is_ended_in_the_list_and_promises_nothing(ada, alice, client_of, time_machine):
    """Staff could pause somebody for good by mistake, or be told that somebody can come in who is on their way out."""
    for person in (alice, make_person("dora")):
        closing_actions.ask_for_closing(member=person, empties_messages=False)
    desk, let_back = client_of(ada), f"/staff/people/{alice.pk}/let-back/"
    assert let_back not in desk.get("/staff/people/").content.decode()
    people.suspend(actor=ada, member=alice)
    assert let_back in desk.get("/staff/people/").content.decode()
    told = desk.post(let_back, follow=True).content.decode()
    assert "can come in again" not in told and "still closes" in told and let_back not in told
    closing_actions.cancel_closing(member=alice)
    people.suspend(actor=ada, member=alice)
    assert "Alice can come in again" in desk.post(let_back, follow=True).content.decode()
    dora = User.objects.get(name="Dora")
    people.suspend(actor=ada, member=dora)
    people.reinstate(actor=ada, member=dora)
    a_week_later(time_machine)
    assert [User.objects.get(pk=person.pk).is_active for person in (alice, dora)] == [True, False]
