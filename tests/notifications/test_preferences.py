"""The page of preferences: what a member chooses, how soon it is felt, and that nobody else sees it."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from community.members.models import User
from community.notifications import expansion
from community.notifications.email import sending
from community.notifications.kinds import KINDS
from community.notifications.models import Delivery, Notification, Preferences
from groups.chat import actions as chat
from groups.chat.models import Participant
from tests.cast import make_group, make_person
from tests.notifications.cases import sign_in

pytestmark = pytest.mark.django_db
PAGE = "/me/notifications/"
EVENING = dt.datetime(2026, 12, 1, 22, 30, tzinfo=dt.UTC)  # a Tuesday


def choice(**more):
    """What the page's form sends where nothing was changed."""
    bob = User.objects.get(email="bob@example.org")
    kinds = [key for key, kind in KINDS.items() if kind.leaves_by and kind.may(bob)]
    return {"email": "daily", "is_quiet": "on", "quiet_from": "84", "quiet_until": "32", "kinds": kinds} | more


@pytest.fixture
def bob(bob):
    User.objects.filter(pk=bob.pk).update(time_zone="UTC")
    return User.objects.get(pk=bob.pk)


@pytest.fixture
def page(bob, client_of):
    client = client_of(bob)
    client.get("/me/")  # its browser is known from here on: no sign-in in it is told
    return client


def write(member, channel, body="Hello"):
    chat.send(member=member, channel=channel.pk, client_id=uuid.uuid4(), body=body)
    expansion.run()


def due(member):
    return list(Delivery.objects.filter(notification__member=member, transport="email", state="waiting").values_list("due", flat=True))


def chosen(member):
    return Preferences.objects.get(pk=member.pk)


def test_the_defaults_are_what_a_tired_person_need_not_touch(page, bob):
    """One quiet e-mail a day at most, and quiet from nine to eight. Sending the form as it is changes nothing."""
    shown = page.get(PAGE).content.decode()
    for said in ('value="daily" required id="id_email_2" checked', 'value="84" selected>9:00 PM', 'value="32" selected>8:00 AM'):
        assert said in shown
    page.post(PAGE, choice())
    was, now = Preferences(member=bob), chosen(bob)
    for name in ("email", "is_quiet", "quiet_from", "quiet_until", "kinds_off", "hides_words", "pause"):
        assert getattr(was, name) == getattr(now, name), name


def test_me_leads_to_it(page):
    assert f'href="{PAGE}"' in page.get("/me/").content.decode()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"email": "hourly"}, "id_email"), ({"quiet_from": "97"}, "id_quiet_from"), ({"quiet_until": "soon"}, "id_quiet_until"),
        ({"quiet_from": "32"}, "id_quiet_until"), ({"kinds": ["gossip"]}, "id_kinds"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(page, bob, sent, field):
    """Hours that begin when they end; or a form that is sent by hand."""
    answer = page.post(PAGE, choice(**sent)).content.decode()
    assert "There is a problem" in answer and f'id="{field}_error"' in answer
    assert not Preferences.objects.filter(pk=bob.pk).exclude(email="daily", quiet_from=84).exists()


def test_hours_off_the_half_hour_stay(page, bob):
    """A quarter to ten, which an earlier form offered, lost by saving something else."""
    Preferences.objects.create(member=bob, quiet_from=87)
    assert 'value="87" selected>9:45 PM' in page.get(PAGE).content.decode()
    page.post(PAGE, choice(quiet_from="87", email="weekly"))
    assert (chosen(bob).quiet_from, chosen(bob).email) == (87, "weekly")


def test_a_kind_that_is_switched_off_stays_in_the_site(page, bob, channel, alice):
    page.post(PAGE, choice(kinds=["mention", "reply"]))
    write(alice, channel)
    assert Notification.objects.filter(member=bob, kind="messages").exists() and not due(bob)
    write(alice, channel, "Hello @Bob")
    assert len(due(bob)) == 1


def test_a_kind_that_is_not_offered_now_stays_as_it_was(page, bob):
    """What a moderator chose, forgotten by saving the page while they are none."""
    Preferences.objects.create(member=bob, kinds_off=["of_staff"])
    page.post(PAGE, choice(kinds=["mention"]))
    assert "of_staff" in chosen(bob).kinds_off and "messages" in chosen(bob).kinds_off
    page.post(PAGE, choice())
    assert chosen(bob).kinds_off == ["of_staff"]


@time_machine.travel(EVENING.replace(hour=12), tick=False)
def test_another_rhythm_is_felt_by_what_waits(page, bob, channel, alice):
    """A digest of next Monday that still comes tomorrow; or an e-mail that waits for one that is never sent."""
    write(alice, channel)
    now = timezone.now()
    wednesday, monday = EVENING.replace(day=2, hour=8, minute=0), EVENING.replace(day=7, hour=8, minute=0)
    assert due(bob) == [wednesday]
    for sent, expected in (
        ({"email": "weekly"}, monday), ({"email": "daily"}, wednesday), ({"email": "each"}, now + dt.timedelta(minutes=5)),
        ({"email": "each", "quiet_from": "20", "quiet_until": "60"}, now.replace(hour=15, minute=0)),
        ({"email": "daily", "quiet_until": "36"}, wednesday.replace(hour=9)),
    ):  # fmt: skip
        page.post(PAGE, choice(**sent))
        assert due(bob) == [expected], sent


@time_machine.travel(EVENING.replace(hour=12), tick=False)
def test_an_alarm_that_waits_stays_one(page, bob, mailoutbox):
    """Whoever signed in with somebody's password chose an e-mail a week there, and the alarm came with it."""
    sign_in(bob)
    expansion.run()
    now = timezone.now()
    assert due(bob) == [now]
    page.post(PAGE, choice(email="weekly"))
    assert due(bob) == [now]
    page.post(f"{PAGE}pause/", {"until": "day"})
    assert due(bob) == [now + dt.timedelta(days=1)]
    page.post(f"{PAGE}resume/")
    assert due(bob) == [now]
    sending.send_due()
    assert len(mailoutbox) == 1


# ---------------------------------------------------------------- breaks


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        ("night", dt.datetime(2026, 12, 2, 8, 0, tzinfo=dt.UTC)), ("day", EVENING + dt.timedelta(days=1)),
        ("week", EVENING + dt.timedelta(days=7)),
    ],
)  # fmt: skip
def test_a_break_holds_what_waits_and_ends_by_itself(page, bob, channel, alice, mailoutbox, until, ends):
    """An e-mail into somebody's break; or one that never comes after it."""
    Preferences.objects.create(member=bob, email="each", is_quiet=False)
    with time_machine.travel(EVENING, tick=False):
        write(alice, channel)
        page.post(f"{PAGE}pause/", {"until": until})
        assert due(bob) == [ends] and "Turn on again" in page.get(PAGE).content.decode()
        write(alice, channel, "Hello @Bob")
        assert due(bob) == [ends, ends]
    with time_machine.travel(ends - dt.timedelta(seconds=1), tick=False):
        sending.send_due()
        assert not [sent for sent in mailoutbox if sent.to == [bob.email]]
    with time_machine.travel(ends, tick=False):
        sending.send_due()
        assert len([sent for sent in mailoutbox if sent.to == [bob.email]]) == 1
        assert "Turn on again" not in page.get(PAGE).content.decode()


def test_a_break_can_be_ended(page, bob, channel, alice):
    with time_machine.travel(EVENING, tick=False):
        write(alice, channel)
        for until in ("week", "back"):
            page.post(f"{PAGE}pause/", {"until": until})
            assert due(bob)[0] > EVENING.replace(day=7)
            page.post(f"{PAGE}resume/")
            assert due(bob) == [EVENING.replace(day=2, hour=8, minute=0)] and "Turn on again" not in page.get(PAGE).content.decode()


def test_who_has_a_break_is_told_of_it_and_not_offered_another(page):
    """ "Quiet for tonight?" on the page of somebody for whom it is quiet already, who then doubts whether it was saved."""
    with time_machine.travel(EVENING, tick=False):
        for until, said in (("night", ">December 2, 2026, 8:00 AM</time>."), ("back", "until you come back")):
            page.post(f"{PAGE}pause/", {"until": until})
            for path in ("/today/", "/inbox/", PAGE):
                shown = page.get(path).content.decode()
                assert said in shown and f'action="{PAGE}resume/"' in shown and "Quiet for tonight?" not in shown, path
        page.post(f"{PAGE}resume/")
        assert "Quiet for tonight?" in page.get("/inbox/").content.decode()


def test_quiet_for_the_night_is_two_taps_from_today(page, bob):
    """A form that somebody looks for at midnight; or a break of a week that the night ends."""
    today = page.get("/today/").content.decode()
    assert today.index("Quiet for tonight?</summary>") < today.index('name="until" value="night"') and f'action="{PAGE}pause/"' in today
    with time_machine.travel(EVENING, tick=False):
        for until, ends in (("night", EVENING.replace(day=2, hour=8, minute=0)), ("week", EVENING.replace(day=8))):
            page.post(f"{PAGE}pause/", {"until": until})
            assert chosen(bob).paused_until == ends
        page.post(f"{PAGE}pause/", {"until": "night"})
        assert chosen(bob).paused_until == EVENING.replace(day=8)
        page.post(f"{PAGE}pause/", {"until": "back"})
        page.post(f"{PAGE}pause/", {"until": "night"})
        assert chosen(bob).pause == "back"


@pytest.mark.parametrize("door", ["/today/", "/inbox/", "/me/"])
def test_a_break_until_they_come_back_ends_when_they_do_on_another_day(bob, channel, alice, client_of, door):
    """It ends when they look in once more that evening; or never, since nothing tells them that it goes on."""

    def come():
        client_of(bob).get(door)

    with time_machine.travel(EVENING, tick=False):
        write(alice, channel)
        client_of(bob).post(f"{PAGE}pause/", {"until": "back"})
        come()
        assert chosen(bob).pause == "back" and due(bob) == [dt.datetime(9999, 1, 1, tzinfo=dt.UTC)]
    with time_machine.travel(EVENING + dt.timedelta(hours=2), tick=False):
        come()
        assert chosen(bob).pause == "" and due(bob) == [EVENING.replace(day=2, hour=8, minute=0)]


def test_a_break_of_another_length_is_refused(page, bob):
    assert page.post(f"{PAGE}pause/", {"until": "ever"}).status_code == 400
    assert not Preferences.objects.filter(pk=bob.pk).exclude(pause="").exists()


# ---------------------------------------------------------------- how much of each group


def involvement(page, channel, chosen):
    return page.post("/chat/involvement/", {f"involvement-{channel.pk}": chosen})


def waiting(member):
    waits = Delivery.objects.filter(notification__member=member, transport="email", state="waiting")
    return sorted(waits.values_list("notification__kind", flat=True))


def test_how_much_of_a_group_is_chosen_and_felt_by_what_waits(page, bob, channel, alice):
    """An e-mail about a group that somebody has just silenced; or a mention that is lost with it."""
    write(alice, channel)
    write(alice, channel, "Hello @Bob")
    assert waiting(bob) == ["mention", "messages"]
    involvement(page, channel, "mentions")
    assert waiting(bob) == ["mention"]
    involvement(page, channel, "nothing")
    assert waiting(bob) == [] and Notification.objects.unread().filter(member=bob).count() == 2, "it is there to read"
    assert 'value="nothing" selected' in page.get(PAGE).content.decode()
    assert set(Participant.objects.exclude(member=bob).values_list("involvement", flat=True)) == {"everything"}


def test_only_ones_own_conversations_are_offered(client_of, charlie, bob, channel):
    """Somebody outside, who names the group's channel by hand."""
    outside = client_of(charlie)
    assert str(channel.pk) not in outside.get(PAGE).content.decode() and "Your groups" not in outside.get(PAGE).content.decode()
    involvement(outside, channel, "nothing")
    assert set(Participant.objects.values_list("involvement", flat=True)) == {"everything"}


def test_a_measure_that_there_is_not_is_said_at_its_field(page, bob, channel):
    answer = involvement(page, channel, "some").content.decode()
    assert "There is a problem" in answer and f'id="id_involvement-{channel.pk}_error"' in answer


def test_nobody_else_sees_what_was_chosen(page, bob, alice, channel, client_of):
    """That somebody has silenced a group, or takes a break, on any page that the others read."""
    other = client_of(alice)
    addresses = (f"/chat/{channel.pk}/", f"/groups/{channel.about}/", f"/people/{bob.pk}/", f"/chat/{channel.pk}/history/")

    def seen():
        return [(answer.status_code, len(answer.content)) for answer in map(other.get, addresses)]

    before = seen()
    involvement(page, channel, "nothing")
    page.post(f"{PAGE}pause/", {"until": "back"})
    page.post(PAGE, choice(email="off"))
    assert seen() == before and before[0][0] == 200


def test_the_page_asks_no_query_for_each_conversation(page, bob, ada, faye, channel, django_assert_num_queries):
    page.get(PAGE)
    with django_assert_num_queries(11) as few:
        page.get(PAGE)
    for n in range(3):
        make_group(actor=ada, facilitator=faye, members=(bob,), name=f"Circle {n}")
    with django_assert_num_queries(len(few)):
        page.get(PAGE)


def test_newcomers_are_told_what_happens_where_they_choose_nothing(alice, client_of):
    """A last step of joining that promises silence, and an e-mail on the next day."""
    fresh = Preferences()
    assert fresh.email == Preferences.Email.DAILY and fresh.is_quiet
    told = client_of(alice).get("/welcome/leaving/").content.decode()
    assert "once a day at most and never at night" in told and "unless you turn it on" in told
    told = client_of(make_person("dot", sign_in="Tea at dawn")).get("/welcome/leaving/").content.decode()
    assert "nothing is e-mailed to you" in told and "once a day" not in told and "unless you turn it on" in told


def test_who_asks_for_their_account_to_be_closed_is_told_what_stops(alice, client_of):
    """A page that names some of the ways in which one is reached, and not the one that goes on."""
    told = client_of(alice).get("/me/close/").content.decode()
    assert "not by e-mail, not on your devices, and not by text message" in told
    assert "your phone number" in told and "download your things" in told
