"""Groups with seats: full, waiting, the next on the waiting list; and never one more than there are, however many come at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community.kit import schedule
from community.kit.models import AuditEntry
from groups.peers import actions, tasks
from groups.peers.join import policy, requests, seats
from groups.peers.models import JoinRequest, Membership
from tests.cast import make_group, make_person
from tests.peers.pages import join_fields, page_of, today, url
from tests.races import at_once, meet

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def full(ada, faye, alice):
    """An open group with two seats, Faye's and Alice's."""
    return make_group(actor=ada, facilitator=faye, members=(alice,), name="Early birds", capacity=2)


def states(group):
    return dict(group.join_requests.values_list("member__name", "state"))


def change(group, actor, **wanted):
    group.refresh_from_db()
    fields = {
        "join_policy": group.join_policy,
        "capacity": group.capacity,
        "history_visibility": group.history_visibility,
        "etag": group.join_rules_etag,
    }
    return policy.change(actor=actor, group=group, **(fields | wanted))


def test_a_full_group_says_so_and_lets_one_wait(client_of, charlie, bob, alice, faye, full):
    """Would catch one person more than there are seats, and a waiting list in which others read who stands where."""
    client = client_of(charlie)
    assert "Full: you can wait" in client.get(reverse("peers:list")).content.decode()
    assert "The group is full" in client.post(url("join", full), join_fields(full)).content.decode()
    assert not Membership.objects.filter(member=charlie).exists()
    for person in (charlie, bob):
        assert client_of(person).post(url("wait", full)).status_code == 302
    assert "You&#x27;re next on the waiting list." in page_of(client, full)
    assert "You&#x27;re second on the waiting list." in page_of(client_of(bob), full)
    assert "Charlie" not in page_of(client_of(bob), full) + page_of(client_of(alice), full)
    assert "Charlie" in client_of(faye).get(url("people", full)).content.decode()


def test_a_freed_seat_is_offered_to_the_next_by_itself(client_of, charlie, bob, alice, faye, full):
    """Would catch a waiting list that only moves when somebody pushes it, or that skips the first."""
    for person in (charlie, bob):
        requests.wait(member=person, group=full)
    actions.remove(actor=faye, group=full, member=alice)
    assert (states(full)["Charlie"], states(full)["Bob"]) == ("offered", "waiting")
    assert "A place is free for you." in today(client_of(charlie))
    assert "The group is full" in client_of(bob).post(url("join", full), join_fields(full)).content.decode(), "the place is Charlie's"
    assert client_of(charlie).post(url("join", full), join_fields(full)).status_code == 302
    assert states(full)["Bob"] == "waiting"


def test_an_offer_lapses_after_seven_days_and_goes_on(client_of, charlie, bob, alice, faye, full, time_machine):
    """Would catch a seat kept for ever for somebody who does not come; and a clock that offers twice when it runs twice."""
    for person in (charlie, bob):
        requests.wait(member=person, group=full)
    actions.remove(actor=faye, group=full, member=alice)
    start = timezone.now()
    time_machine.move_to(start + timedelta(days=6, hours=23), tick=False)
    tasks.offer_free_seats()
    assert states(full)["Charlie"] == "offered"
    time_machine.move_to(start + timedelta(days=7, seconds=1), tick=False)
    client = client_of(charlie)
    assert client.post(url("join", full), join_fields(full)).status_code == 200, "too late, whether the clock has run or not"
    for _ in range(2):
        tasks.offer_free_seats()
    assert (states(full)["Charlie"], states(full)["Bob"]) == ("lapsed", "offered")
    assert AuditEntry.objects.filter(verb="peers.offer", target=str(bob.pk)).count() == 1
    assert "went to the next person on the waiting list" in today(client)
    assert "went to the next person on the waiting list" in page_of(client, full)
    assert "went to the next person on the waiting list" not in today(client)
    assert client.post(url("wait", full)).status_code == 302
    assert "You&#x27;re next on the waiting list." in page_of(client, full)


def test_who_turns_an_offer_down_makes_room_for_the_next(client_of, charlie, bob, alice, faye, full):
    for person in (charlie, bob):
        requests.wait(member=person, group=full)
    actions.remove(actor=faye, group=full, member=alice)
    client_of(charlie).post(url("take_back", full))
    assert (states(full)["Charlie"], states(full)["Bob"]) == ("taken back", "offered")


def test_a_leavers_seat_stays_theirs_while_they_can_undo_and_then_goes_on(client_of, charlie, alice, full, time_machine):
    """Would catch an undo that overfills the group, and a seat that nobody gets after it."""
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    requests.wait(member=charlie, group=full)
    client = client_of(alice)
    client.post(url("leave", full))
    tasks.offer_free_seats()
    assert states(full)["Charlie"] == "waiting"
    client.post(url("undo", full))
    assert Membership.objects.current().filter(group=full).count() == 2
    client.post(url("leave", full))
    time_machine.move_to(start + timedelta(minutes=10, seconds=1), tick=False)
    schedule.tick()
    assert states(full)["Charlie"] == "offered"
    assert client_of(alice).post(url("undo", full)).status_code == 404
    assert Membership.objects.current().filter(group=full).count() == 1


def test_more_seats_are_offered_at_once_and_fewer_put_nobody_out(client_of, charlie, bob, faye, full):
    """Would catch a raised capacity that waits for the clock, or a lowered one that throws people out."""
    for person in (charlie, bob):
        requests.wait(member=person, group=full)
    change(full, faye, capacity=3)
    assert (states(full)["Charlie"], states(full)["Bob"]) == ("offered", "waiting")
    change(full, faye, capacity=1)
    assert Membership.objects.current().filter(group=full).count() == 2
    assert "A place is free" in page_of(client_of(charlie), full), "what was offered stands"
    change(full, faye, capacity=None)
    assert states(full)["Bob"] == "offered"
    assert not JoinRequest.objects.exclude(until=None).exists(), "where places are not counted, an offer keeps none and does not lapse"


def test_a_facilitator_cannot_invite_into_a_full_group(client_of, charlie, faye, full):
    """Would catch an invitation that overfills, or that jumps the waiting list."""
    client = client_of(faye)
    assert "Give it more places first" in client.post(url("people", full), {"name": "Charlie"}).content.decode()
    requests.wait(member=charlie, group=full)
    assert "is on the waiting list" in client.post(url("people", full), {"name": "Charlie"}).content.decode()
    assert states(full)["Charlie"] == "waiting"


def test_a_yes_in_a_full_group_gives_the_position_of_of_the_day_of_asking(charlie, bob, alice, ada, faye):
    """Would catch whoever is answered first before whoever asked first."""
    group = make_group(actor=ada, facilitator=faye, members=(alice,), name="Early birds", join_policy="ask", capacity=2)
    for person in (charlie, bob):
        requests.ask(member=person, group=group)
    for person in (bob, charlie):
        requests.answer(actor=faye, group=group, member=person, yes=True)
    assert (states(group)["Charlie"], states(group)["Bob"]) == ("waiting", "waiting")
    actions.remove(actor=faye, group=group, member=alice)
    assert (states(group)["Charlie"], states(group)["Bob"]) == ("offered", "waiting")


def test_whose_account_is_paused_keeps_their_position_of_but_no_seat_of_the_group(charlie, bob, alice, faye, full):
    """Would catch a seat offered to somebody who cannot sign in."""
    for person in (charlie, bob):
        requests.wait(member=person, group=full)
    type(charlie).objects.filter(pk=charlie.pk).update(suspended_at=timezone.now())
    actions.remove(actor=faye, group=full, member=alice)
    assert (states(full)["Charlie"], states(full)["Bob"]) == ("waiting", "offered")


def test_who_was_taken_off_the_waiting_list_hears_of_it(client_of, charlie, faye, full):
    requests.wait(member=charlie, group=full)
    assert client_of(faye).post(url("withdraw", full, charlie.pk)).status_code == 302
    assert "no longer on the way into this group" in today(client_of(charlie))


@pytest.fixture
def all_count_first(monkeypatch):
    """Nobody takes a seat before the others have counted them: without the lock, all would have counted the same."""
    count = seats.counted

    def together(*args):
        found = count(*args)
        meet()
        return found

    monkeypatch.setattr(seats, "counted", together)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("all_count_first")
def test_two_who_come_at_once_for_the_last_seat_are_one_and_a_full_group(charlie, bob, ada, faye, alice):
    """Would catch a group with one person more than it holds."""
    group = make_group(actor=ada, facilitator=faye, members=(alice,), name="Early birds", capacity=3)

    def join(person):
        try:
            actions.join(member=person, group=group, agreed_version=1)
        except actions.Refused as refusal:
            return refusal.code
        return "in"

    assert sorted(at_once(join, (charlie, bob))) == ["full", "in"]
    assert Membership.objects.current().filter(group=group).count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("all_count_first")
def test_one_freed_seat_is_offered_to_one_however_many_clocks_run(charlie, bob, ada, faye, alice):
    """Would catch two processes that offer one seat twice."""
    group = make_group(actor=ada, facilitator=faye, members=(alice,), name="Early birds", capacity=2)
    for person in (charlie, bob):
        requests.wait(member=person, group=group)
    Membership.objects.filter(group=group, member=alice).update(ended_at=timezone.now() - timedelta(hours=1), ended_by=alice)
    at_once(lambda _: tasks.offer_free_seats(), (1, 2))
    assert (states(group)["Charlie"], states(group)["Bob"]) == ("offered", "waiting")
    assert AuditEntry.objects.filter(verb="peers.offer").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("all_count_first")
def test_an_offer_accepted_while_another_joins_of_the_open_group_keeps_its_seat(charlie, bob, ada, faye, alice):
    """Would catch a member of an open group who takes a seat that was promised."""
    group = make_group(actor=ada, facilitator=faye, members=(alice,), name="Early birds", capacity=3)
    requests.invite(actor=faye, group=group, member=charlie)

    def join(person):
        try:
            return actions.join(member=person, group=group, agreed_version=1).member_id == person.pk
        except actions.Refused:
            return False

    assert at_once(join, (bob, charlie)) == [False, True]


def test_the_list_of_groups_counts_seats_in_the_same_number_of_queries(client_of, charlie, ada, faye, full, django_assert_max_num_queries):
    """Would catch a count for each row."""
    client = client_of(charlie)
    client.get(reverse("peers:list"))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("peers:list"))
    for number in "abcdef":
        requests.wait(member=make_person(f"extra{number}"), group=full)
        make_group(actor=ada, facilitator=faye, members=(), name=f"Group {number}", capacity=4)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("peers:list"))
