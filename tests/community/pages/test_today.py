"""Home and Today: what is shown to whom, and that it ends."""

import re
import uuid
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from community.members.invitations.actions import invite, revoke
from community.members.models import User
from community.safety import actions as safety
from community.today import greeting
from groups.chat import actions
from groups.peers import actions as peers
from groups.peers.join import requests
from groups.peers.models import Membership
from tests.cast import make_group, make_person
from tests.cms.articles import write


def say(member, channel, *bodies):
    for body in bodies:
        actions.send(member=member, channel=channel.pk, client_id=uuid.uuid4(), body=body)


def test_a_guest_sees_home_and_nobody_s_name(client, group, alice):
    page = client.get("/").content.decode()
    assert "I have an invitation" in page
    assert "Tuesday evening" not in page and "Alice" not in page and "Sign out" not in page


def test_home_sends_a_member_on_to_today(client_of, alice):
    assert client_of(alice).get("/").headers["Location"] == "/today/"


def test_today_asks_a_guest_to_sign_in(client, db):
    assert client.get("/today/").headers["Location"].startswith("/accounts/login/")


def test_today_counts_what_is_new_for_each_member(client_of, alice, bob, charlie, channel):
    """Counted for the wrong person, or shown to an outsider, it would tell that the group talks."""
    actions.mark_read(member=alice, channel=channel.pk, seq=channel.messages.count())
    say(bob, channel, "one", "two")
    page = client_of(alice).get("/today/").content.decode()
    assert "Tuesday evening" in page and "2 new messages" in page and f"/chat/{channel.pk}/" in page
    assert "one" not in re.sub(r"<[^>]*>", "", page.split("Tuesday evening")[1].split("</li>")[0])
    outside = client_of(charlie).get("/today/").content.decode()
    assert "Tuesday evening" not in outside and "not in a group yet" in outside


def test_today_says_that_nothing_is_new_and_ends(client_of, alice, bob, channel):
    say(bob, channel, "one")
    actions.mark_read(member=alice, channel=channel.pk, seq=channel.messages.count())
    assert "Nothing new. That's fine." in client_of(alice).get("/today/").content.decode()


def test_today_begins_with_all_of_one_s_groups_the_newest_first_and_says_of_each_how_much_is_new(client_of, ada, faye, alice):
    """Three of five, and whoever waits in the others is not heard of; or a list in which one has to look for what is new."""
    groups = [make_group(actor=ada, facilitator=faye, members=(alice,), name=f"Group {number}") for number in range(5)]
    say(alice, groups[0].channels.get(), "hello")
    for group in reversed(groups[1:]):
        say(faye, group.channels.get(), "hello", "again")
    actions.mark_read(member=alice, channel=groups[2].channels.get().pk, seq=9)
    answer = client_of(alice).get("/today/")
    assert group_rows(answer) == [
        ("Group 1", "2 new messages"), ("Group 2", "Nothing new"), ("Group 3", "2 new messages"), ("Group 4", "2 new messages"),
        ("Group 0", "Nothing new"),
    ]  # fmt: skip
    shown = answer.content.decode()
    assert all(f'href="/chat/{group.channels.get().pk}/"' in shown for group in groups)


def test_today_shows_three_rows_of_what_waits_at_most_and_says_that_there_is_more(client_of, ada, faye, alice, bob):
    for number in range(5):
        requests.ask(member=bob, group=make_group(actor=ada, facilitator=faye, members=(), name=f"Group {number}", join_policy="ask"))
    answer = client_of(faye).get("/today/")
    assert titles(answer) == ["Group 0", "Group 1", "Group 2"] and "More is waiting" in answer.content.decode()
    assert len(group_rows(answer)) == 5


def test_an_article_takes_no_place_of_a_group_or_of_what_waits(client_of, ada, faye, alice, bob):
    """Groups had news, and one of them gave way to an article that can wait."""
    write("Evenings", "members")
    groups = [make_group(actor=ada, facilitator=faye, members=(alice,), name=f"Group {number}", join_policy="ask") for number in range(3)]
    for group in groups:
        say(faye, group.channels.get(), "hello")
        requests.ask(member=bob, group=group)
    answer = client_of(alice).get("/today/")
    assert len(group_rows(answer)) == 3 and titles(answer) == ["Evenings"] and "More is waiting" not in answer.content.decode()
    assert titles(client_of(faye).get("/today/")) == ["Group 0", "Group 1", "Group 2"]
    requests.answer(actor=faye, group=groups[0], member=bob, yes=True)
    assert titles(client_of(faye).get("/today/")) == ["Group 1", "Group 2", "Evenings"]


def test_an_article_comes_before_work_that_can_wait(client_of, ada, faye, alice, rena):
    """Three agreements to read again, and what somebody came to read is never offered to them."""
    article = write("Evenings", "members")
    for number in range(3):
        group = make_group(actor=ada, facilitator=faye, members=(alice,), name=f"Group {number}")
        say(alice, group.channels.get(), "hello")
    Membership.objects.filter(member=alice).update(agreed_version=0)
    assert titles(client_of(alice).get("/today/")) == ["Evenings", "Group 0", "Group 1"]
    assert titles(client_of(rena).get("/today/"))[0] == "Evenings"
    article.unpublish()
    assert titles(client_of(alice).get("/today/")) == ["Group 0", "Group 1", "Group 2"]
    assert titles(client_of(rena).get("/today/"))[0] == "Reviews"


def test_who_waits_for_an_answer_comes_before_what_there_is_to_read(client_of, ada, faye, alice, bob):
    """A busy facilitator never hears that somebody asks to join."""
    write("Evenings", "members")
    asked = make_group(actor=ada, facilitator=faye, members=(), name="Zinnia", join_policy="ask")
    requests.ask(member=bob, group=asked)
    assert titles(client_of(faye).get("/today/")) == ["Zinnia", "Evenings", "Zinnia"], "last, its agreement to read"


def test_the_group_that_somebody_has_just_joined_says_so_until_they_have_looked_around(client_of, ada, faye, robin, bob):
    """Catches "Nothing new" right after the step of joining at which one chose a group."""
    joined = "You're in this group now. Say hello when you like."
    busy, quiet = (make_group(actor=ada, facilitator=faye, members=(robin,), name=name) for name in ("Busy", "Quiet"))
    assert group_rows(client_of(robin).get("/today/")) == [("Busy", joined), ("Quiet", joined)]
    say(faye, busy.channels.get(), "hello")
    answer = client_of(robin).get("/today/")
    assert [name for name, _about in group_rows(answer)] == ["Busy", "Quiet"] and group_rows(answer)[1] == ("Quiet", joined)
    assert "1 new message" in group_rows(answer)[0][1]
    say(robin, quiet.channels.get(), "hello")
    assert ("Quiet", "Nothing new") in group_rows(client_of(robin).get("/today/"))
    later = make_group(actor=ada, facilitator=faye, members=(bob,), name="Later")
    later.channels.get().messages.update(sent_at=timezone.now() - timedelta(days=3))
    assert group_rows(client_of(bob).get("/today/")) == [("Later", "Nothing new")]


def test_a_note_from_the_moderators_comes_first_of_what_waits_and_hides_nothing(client_of, ada, faye, mo, alice):
    """The note takes a row; what it displaces must still be spoken of."""
    groups = [make_group(actor=ada, facilitator=faye, members=(alice,), name=f"Group {number}") for number in range(3)]
    mine = actions.send(member=alice, channel=groups[0].channels.get().pk, client_id=uuid.uuid4(), body="mine")
    report = safety.report(member=faye, kind="message", target_id=mine.pk, reason="other")
    safety.decide(actor=mo, report=report, decision="hidden", why="why", kind_note="A note.")
    Membership.objects.filter(member=alice).update(agreed_version=0)
    answer = client_of(alice).get("/today/")
    assert titles(answer) == ["From the moderators", "Group 0", "Group 1"] and "More is waiting" in answer.content.decode()
    assert len(group_rows(answer)) == 3


def test_a_moderator_sees_on_today_what_waits_for_them(client_of, alice, bob, faye, mo, group, channel):
    """Reports lay unseen until somebody happened to open the desk. One about themself is not counted: the number would tell of it."""
    assert "nothing you have to do here." in page(client_of(mo))
    peers.join(member=mo, group=group, agreed_version=1)
    of_bob, of_mo = (actions.send(member=who, channel=channel.pk, client_id=uuid.uuid4(), body="hm") for who in (bob, mo))
    safety.report(member=alice, kind="message", target_id=of_mo.pk, reason="danger")
    assert "waits" not in page(client_of(mo))
    first = safety.report(member=alice, kind="message", target_id=of_bob.pk, reason="other")
    assert "1 report waits<" in page(client_of(mo))
    safety.report(member=faye, kind="message", target_id=of_bob.pk, reason="danger")
    shown = page(client_of(mo))
    assert "2 reports wait, 1 urgent" in shown and "nothing you have to do here." not in shown
    assert 'href="/staff/reports/"' in shown.split("2 reports wait")[0].rsplit("<li", 1)[1]
    safety.decide(actor=mo, report=first, decision="hidden", why="why", kind_note="A note.")
    assert "wait" not in page(client_of(mo)) and "reports wait" not in page(client_of(alice))


def test_today_asks_as_much_of_the_database_for_many_groups_as_for_one(client_of, ada, faye, alice, group, django_assert_num_queries):
    """A query a group would slow the first page of those who belong to most."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    member = client_of(alice)
    member.get("/today/")
    with CaptureQueriesContext(connection) as few:
        member.get("/today/")
    for number in range(5):
        make_group(actor=ada, facilitator=faye, members=(alice,), name=f"Group {number}")
    with django_assert_num_queries(len(few)):
        member.get("/today/")


@pytest.mark.parametrize(
    ("hour", "words"), [(4, "Good evening"), (5, "Good morning"), (11, "Good morning"), (12, "Good afternoon"), (18, "Good evening")]
)
def test_the_greeting_follows_the_hour(hour, words, alice):
    assert greeting(hour, alice) == f"{words}, Alice."


def test_the_greeting_follows_the_member_s_own_clock(client_of, alice, monkeypatch):
    """The server's clock would say good night to half of the people at breakfast."""
    moment = datetime(2026, 11, 23, 13, 0, tzinfo=ZoneInfo("UTC"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    for zone, words in (("America/Los_Angeles", "Good morning"), ("Asia/Tokyo", "Good evening")):
        alice.time_zone = zone
        alice.save()
        assert words in client_of(alice).get("/today/").content.decode()


def test_staff_doors_are_shown_to_who_may_use_them(client_of, alice, mo, pat, ada):
    doors = {"People": "/staff/people/", "Reports": "/staff/reports/", "Library editor": "/cms/"}

    def seen(person):
        shown = page(client_of(person))
        return {name for name, url in doors.items() if f'href="{url}"' in shown}

    expected = {"Alice": set(), "Mo": {"Reports"}, "Pat": {"Library editor"}, "Ada": {"People", "Library editor"}}
    assert {person.name: seen(person) for person in (alice, mo, pat, ada)} == expected


def page(client):
    return client.get("/today/").content.decode()


FIRST = ("Invite somebody", "Make a group", "Write an article")


def steps(client):
    shown = page(client)
    return [title for title in FIRST if title in shown]


def test_an_admin_of_an_empty_site_reads_what_to_do_first_and_only_while_it_is_true(client_of, ada):
    """Catches the words for a new member, "You're not in a group yet", where there is no group, and a list that stays for ever."""
    admin = client_of(ada)
    assert steps(admin) == list(FIRST) and "not in a group yet" not in page(admin) and "nothing you have to do" not in page(admin)
    for href in re.findall(r'href="([^"]+)"', page(admin).split("To get started")[1].split("</section>")[0]):
        assert admin.get(href).status_code == 200, href
    invitation, _key = invite(actor=ada, email="robin@example.org")
    assert steps(admin) == ["Make a group", "Write an article"]
    revoke(actor=ada, invitation=invitation)
    assert steps(admin) == list(FIRST), "nobody is here and nobody was asked"
    make_person("robin")
    make_group(actor=ada, facilitator=ada, members=())
    assert steps(admin) == ["Write an article"]
    write("Evenings", "members")
    assert steps(admin) == [] and "nothing you have to do" in page(admin)


def test_a_coordinator_of_an_empty_site_reads_that_people_can_be_invited(client_of, ada, cora):
    """An admin and a coordinator are no members yet, and an open invitation of staff brings none."""
    invite(actor=ada, email="robin@example.org", role="publisher")
    assert steps(client_of(cora)) == ["Invite somebody", "Make a group"]
    invite(actor=cora, email="sam@example.org")
    assert steps(client_of(cora)) == ["Make a group"]


def test_what_comes_first_is_an_admins(client_of, alice, pat, mo):
    """The doors behind it are closed to the others."""
    for person in (alice, pat, mo):
        assert steps(client_of(person)) == [] and "not in a group yet" in page(client_of(person))


def test_an_admin_finds_the_door_to_the_first_group_in_the_list_of_groups(client_of, ada, alice):
    """Whoever invited them cannot tell them more: nobody did."""
    assert "The person who invited you" not in client_of(ada).get("/groups/").content.decode()
    assert "The person who invited you" in client_of(alice).get("/groups/").content.decode()


@pytest.mark.parametrize(
    ("path", "place"),
    [("/me/", "Me"), ("/safety/", "Me"), ("/accounts/password/change/", "Me"), ("/groups/", "Groups"), ("/reported/", "Groups")],
)
def test_a_page_below_a_place_says_where_one_is(client_of, alice, path, place):
    """On a page below "Me" no place was marked, so that nobody could tell where they had got to."""
    shown = client_of(alice).get(path).content.decode()
    marked = re.findall(r'<a href="[^"]*" aria-current="\w+">.*?</svg> (\w+)(?: <span class="badge".*?)?</a>', shown, re.S)
    assert marked == [place]


def test_every_page_title_is_a_section_and_the_name_of_the_centre(client_of, alice):
    assert "<title>Today – Mainstay</title>" in page(client_of(alice))


@pytest.fixture
def robin(db):
    return make_person("Robin")


def titles(answer):
    return [row.title for row in answer.context["rows"]]


def group_rows(answer):
    """The groups on Today, each (name, what its row says beside when), as their reader hears them."""
    part = answer.content.decode().split('id="groups"')[1].split("</section>")[0]
    part = re.sub(r"<time.*?</time>", "", re.sub(r'<span aria-hidden="true">.*?</span>', "", part))
    found = [re.sub(r"<[^>]*>", "\n", unescape(row)) for row in part.split('<li class="row')[1:]]
    return [tuple(words.strip() for words in row.partition(">")[2].split("\n") if words.strip()) for row in found]


def test_a_newcomer_s_today_begins_with_a_group_and_goes_gently(client_of, robin, charlie, group, ada):
    """A first page that begins with an article about suicide."""
    write("Close to home")
    write("Before it is loud", content_note="thoughts of suicide, and using again")
    assert titles(client_of(robin).get("/today/")) == ["Choose a group", "Close to home"]
    User.objects.filter(pk=robin.pk).update(joined_at=timezone.now() - timedelta(days=99))
    assert titles(client_of(robin).get("/today/")) == ["Choose a group", "Close to home"], "they are in no group yet"
    make_group(actor=ada, facilitator=charlie, members=(robin,), name="Early birds")
    rows = titles(client_of(robin).get("/today/"))
    assert "Before it is loud" in rows and "Choose a group" not in rows


def test_where_everything_touches_on_something_a_newcomer_is_offered_no_article(client_of, robin, group):
    """An article with a content note after all, because there is no other."""
    write("Before it is loud", content_note="thoughts of suicide, and using again")
    assert titles(client_of(robin).get("/today/")) == ["Choose a group"]


def test_where_there_is_no_group_nobody_is_asked_to_choose_one(client_of, robin, hidden_group):
    """A way to a list with nothing in it."""
    page = client_of(robin).get("/today/")
    assert titles(page) == [] and "not in a group yet" in page.content.decode()
