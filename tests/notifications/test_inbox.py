"""The inbox: what a member was notified of, as they may read it now, and the number that every page shows."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.notifications import actions, expansion
from community.notifications.models import Notification, inboxes_of
from community.safety.models import Block
from groups.chat import actions as chat
from groups.peers import actions as peers
from tests.cast import make_group

pytestmark = pytest.mark.django_db
GONE = "This is no longer here."


def write(member, channel, body, **more):
    return chat.send(member=member, channel=channel.pk, client_id=uuid.uuid4(), body=body, **more)


def mention(member, channel, name="Bob"):
    message = write(member, channel, f"Hello @{name}")
    expansion.run()
    return message


def one_of(member, kind="mention"):
    return Notification.objects.get(member=member, kind=kind)


def inbox(client, query=""):
    answer = client.get(f"/inbox/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def rows_in(page):
    return re.findall(r'<li class="row(.*?)</li>', page, re.S)


def badge_in(page):
    return re.search(r'<span class="badge" data-inbox( hidden)?>(.*?)</span>', page).groups()


def title_of(page):
    return re.search(r"<title>(.*?)</title>", page)[1]


def test_an_inbox_shows_what_is_new_and_opening_it_marks_nothing_read(client_of, channel, alice, bob, charlie):
    mention(alice, channel)
    (row,) = rows_in(inbox(client_of(bob)))
    assert "Alice mentioned you" in row and "Tuesday evening" in row and ">New<" in row and "Hello" not in row
    assert one_of(bob).read_at is None
    assert "Alice" not in inbox(client_of(charlie))


def test_opening_a_notification_marks_it_read_and_leads_there(client_of, channel, alice, bob):
    message = mention(alice, channel)
    client, address = client_of(bob), reverse("notifications:open", args=[one_of(bob).pk])
    assert client.get(address)["Location"] == f"/chat/{channel.pk}/#m{message.seq}"
    assert one_of(bob).read_at is not None
    assert ">New<" not in inbox(client) and "Alice mentioned you" in inbox(client)


def test_a_mention_of_long_ago_is_on_the_page_that_it_leads_to(client_of, channel, alice, bob):
    """A link to a message that the newest page doesn't hold ends nowhere without scripts."""
    message = mention(alice, channel)
    for number in range(60):
        write(alice, channel, f"Later {number}")
    client = client_of(bob)
    address = client.get(reverse("notifications:open", args=[one_of(bob).pk]))["Location"]
    page, _, place = address.partition("#")
    assert f'id="{place}"' in client.get(page).content.decode() and place == f"m{message.seq}"


def test_somebody_else_s_notification_answers_like_none(client_of, channel, alice, bob, charlie):
    """An id that was passed on marks another's inbox as read, or tells what is in it."""
    mention(alice, channel)
    for other in (alice, charlie):
        client = client_of(other)
        assert client.get(reverse("notifications:open", args=[one_of(bob).pk])).status_code == 404
        assert client.post(reverse("notifications:dismiss", args=[one_of(bob).pk])).status_code == 404
    assert one_of(bob).read_at is None


def taken_back(channel, message, alice, bob):
    chat.delete(member=alice, message=message.pk)


def removed_from_the_group(channel, message, alice, bob):
    peers.leave(member=bob, group=channel.groups.get())


def blocked(channel, message, alice, bob):
    Block.objects.create(blocker=bob, blocked=alice)


@pytest.mark.parametrize("happened", [taken_back, removed_from_the_group, blocked])
def test_what_may_no_longer_be_read_says_that_it_is_gone_and_can_be_dismissed(client_of, channel, alice, bob, happened):
    """Names and a link that leads to "not found", in the inbox of somebody who has left."""
    message = mention(alice, channel)
    happened(channel, message, alice, bob)
    client, notification = client_of(bob), one_of(bob)
    (row,) = rows_in(inbox(client))
    assert GONE in row and "Alice" not in row and "Tuesday" not in row
    answer = client.get(reverse("notifications:open", args=[notification.pk]), follow=True)
    assert answer.redirect_chain == [("/inbox/", 302)] and GONE in answer.content.decode().split('class="flashes')[1]
    assert client.get(reverse("notifications:dismiss", args=[notification.pk])).status_code == 405
    client.post(reverse("notifications:dismiss", args=[notification.pk]))
    assert rows_in(inbox(client)) == [] and "Nothing here right now." in inbox(client)


def test_a_notification_of_a_kind_that_is_no_more_says_that_it_is_gone(client_of, bob):
    Notification.objects.create(member=bob, kind="of_an_older_release", about="x")
    assert GONE in inbox(client_of(bob))


def test_all_are_marked_read_at_once_and_nobody_else_s(client_of, channel, alice, bob, faye):
    write(alice, channel, "Hello @Bob and @Faye")
    expansion.run()
    client = client_of(bob)
    assert "Mark all as read" in inbox(client)
    assert client.post(reverse("notifications:mark_all_read"))["Location"] == "/inbox/"
    assert one_of(bob).read_at and not one_of(faye).read_at
    assert "Mark all as read" not in inbox(client)


@pytest.mark.parametrize("until", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30", "\0", "x" * 9999])
def test_a_time_that_is_none_is_no_fault_of_the_site(client_of, bob, until):
    """A time that no calendar has in UTC: the page failed."""
    assert client_of(bob).post(reverse("notifications:mark_all_read"), {"until": until})["Location"] == "/inbox/"


def test_thirty_stand_on_a_page_newest_first(client_of, bob):
    now = timezone.now()
    for number in range(31):
        Notification.objects.create(member=bob, kind="old", about=str(number), at=now - timedelta(days=number))
    client = client_of(bob)
    first, second = inbox(client), inbox(client, "?page=2")
    assert (len(rows_in(first)), len(rows_in(second))) == (30, 1)
    assert "?page=2" in first and ">Older<" in first and ">Newer<" not in first
    assert "?page=1" in second and ">Newer<" in second and ">Older<" not in second
    assert inbox(client, "?page=nonsense") and inbox(client, "?page=99")
    times = re.findall(r'datetime="([^"]+)"', first + second)
    assert times == sorted(times, reverse=True)


def test_an_inbox_takes_as_many_queries_for_many_as_for_one(client_of, channel, alice, bob, ada, faye):
    mention(alice, channel)
    client = client_of(bob)
    inbox(client)
    with CaptureQueriesContext(connection) as one:
        inbox(client)
    other = make_group(actor=ada, facilitator=faye, members=(bob,), name="Another").channels.get()
    for _number in range(5):
        mention(alice, channel)
        mention(faye, other)
    with CaptureQueriesContext(connection) as many:
        assert len(rows_in(inbox(client))) == 11
    assert len(many) <= len(one)


# ------------------------------------------------------------------ the badge


def test_every_page_of_a_member_shows_how_much_is_new_and_nothing_of_what(client_of, channel, alice, bob):
    mention(alice, channel)
    client = client_of(bob)
    for path in ("/today/", "/groups/", "/inbox/", "/me/", "/library/", f"/chat/{channel.pk}/", "/nothing-here/"):
        page = client.get(path).content.decode()
        assert badge_in(page) == (None, "1") and title_of(page).startswith("(1) "), path
        assert title_of(page).count("(") == 1
    client.post(reverse("notifications:mark_all_read"))
    page = client.get("/today/").content.decode()
    assert badge_in(page) == (" hidden", "") and title_of(page) == "Today – Mainstay"


@pytest.mark.postgresql
@pytest.mark.parametrize("happened", [taken_back, removed_from_the_group, blocked])
def test_what_the_inbox_shows_as_gone_is_not_counted(client_of, channel, alice, bob, happened):
    """A number on every page, until the next day, for something that nobody finds in the inbox."""
    message = mention(alice, channel)
    happened(channel, message, alice, bob)
    client, before = client_of(bob), inboxes_of([bob.pk])[bob.pk]
    assert badge_in(inbox(client)) == (" hidden", "")
    now = inboxes_of([bob.pk])[bob.pk]
    assert now.unread == 0 and (now.version > before.version) == bool(before.unread), "pages that are open elsewhere hear nothing of it"
    inbox(client)
    assert inboxes_of([bob.pk])[bob.pk] == now, "each look at it is news to the pages that are open"


def test_what_is_back_is_counted_again(client_of, channel, alice, bob):
    """Somebody who looks while a thing is gone for a moment never hears of it."""
    message, client = mention(alice, channel), client_of(bob)
    blocked(channel, message, alice, bob)
    inbox(client)
    Block.objects.all().delete()
    assert badge_in(inbox(client)) == (None, "1") and "Alice mentioned you" in inbox(client)


def test_what_comes_again_is_there_again(client_of, bob, kind):
    kind.recipients, client = [bob], client_of(bob)
    actions.notify("test", "x")
    expansion.run()
    kind.hidden.add(bob.pk)
    assert badge_in(inbox(client)) == (" hidden", "")
    kind.hidden.clear()
    actions.notify("test", "x")
    expansion.run()
    assert badge_in(client.get("/today/").content.decode()) == (None, "1")


def test_a_large_number_stays_short(client_of, bob):
    Notification.objects.bulk_create(Notification(member=bob, kind="old", about=str(number)) for number in range(101))
    client = client_of(bob)
    assert badge_in(client.get("/today/").content.decode())[1] == "99+"
    Notification.objects.filter(about__in=["1", "2"]).delete()
    assert badge_in(client.get("/today/").content.decode())[1] == "99"


def test_groups_leads_to_what_its_badge_counts(client_of, channel, alice, bob, charlie):
    """A number on Groups, and a page on which nothing is new: what it counts may be of no group at all."""
    mention(alice, channel)
    leads = '<a class="row-title row-link" href="/inbox/">'
    assert leads in client_of(bob).get("/groups/").content.decode()
    assert leads not in client_of(charlie).get("/groups/").content.decode()


def test_a_page_asks_once_how_much_is_new_and_a_guest_s_page_never(client, client_of, bob):
    def asked(by, path):
        with CaptureQueriesContext(connection) as queries:
            by.get(path)
        return sum("notifications_notification" in query["sql"] for query in queries)

    assert asked(client_of(bob), "/me/") == 1
    for path in ("/", "/help/", "/library/", "/accounts/login/"):
        assert asked(client, path) == 0


def test_the_way_to_the_inbox_stands_in_the_menu(client_of, client, bob):
    link = 'class="menu-item" href="/inbox/"'
    assert link in client_of(bob).get("/me/").content.decode()
    assert link not in client.get("/").content.decode()
