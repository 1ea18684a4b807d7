"""What staff announce reaches the people whom it is for, once, and nobody else; and it says how many read it without saying who."""

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community.centre.tasks import forget_old
from community.kit import limits
from community.kit.models import AuditEntry
from community.members.invitations.cohorts import make_cohort
from community.members.models import Invitation
from community.notifications import expansion, kinds
from community.notifications.announcements import actions
from community.notifications.announcements.samples import samples
from community.notifications.models import Announcement, Delivery, Notification, NotificationEvent
from groups.chat import actions as chat
from groups.peers import actions as peers
from tests.cast import make_group, make_person
from tests.notifications.kills import before
from tests.races import at_once, meet

pytestmark = pytest.mark.django_db

WRITE = "/staff/announcements/new/"


def fields_of(page):
    """What the form of a page would send, without its buttons."""
    found = re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)"', page.content.decode())
    fields: dict[str, list[str]] = {}
    for name, value in found:
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def preview(client, **fields):
    """Write one, and see how it arrives."""
    words = {"title": "A new room", "body": "We meet **upstairs** now.", "audience": "everybody"} | fields
    return client.post(WRITE, fields_of(client.get(WRITE)) | words)


def publish(client, **fields):
    """Write one, look at it and publish it, as a browser does; return it."""
    answer = client.post(WRITE, fields_of(preview(client, **fields)) | {"step": "publish"})
    assert answer.status_code == 302, answer.content.decode()
    expansion.run()
    return Announcement.objects.get(pk=answer["Location"].rstrip("/").rpartition("/")[2])


def notified():
    return sorted(Notification.objects.filter(kind="announcement").values_list("member__name", flat=True))


def page_of(announcement):
    return reverse("notifications:announcement", args=[announcement.pk])


@pytest.mark.postgresql
def test_an_announcement_to_everybody_reaches_everybody_once(client_of, pat, alice, bob):
    """Somebody who isn't told, who is told twice, or who is told what they wrote themselves."""
    client = client_of(pat)
    sent = fields_of(preview(client)) | {"step": "publish"}
    assert client.post(WRITE, sent)["Location"] == client.post(WRITE, sent)["Location"], "a second press publishes a second one"
    expansion.run()
    assert notified() == ["Alice", "Bob"]
    made = Announcement.objects.get()
    assert "<strong>upstairs</strong>" in client_of(alice).get(page_of(made)).content.decode()
    assert list(AuditEntry.objects.filter(verb="notifications.announce").values_list("target", flat=True)) == [str(made.pk)]


@pytest.mark.postgresql
def test_a_form_that_bears_another_s_id_touches_nothing_else(client_of, pat, ada, alice, bob, group, channel):
    """Whoever announced under a conversation's id and withdrew it deleted what its members were notified of; under the id of another's
    announcement they read that theirs was published, or learned that there is one."""
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Hello")
    hidden = publish(client_of(ada), audience="groups", groups=[group.pk])
    client, before = client_of(pat), set(Notification.objects.values_list("pk", flat=True))
    for identity in (channel.pk, hidden.pk, alice.pk):
        sent = fields_of(preview(client)) | {"identity": str(identity), "step": "publish"}
        answer = client.post(WRITE, sent)
        assert client.get(answer["Location"]).status_code == 200
        client.post(f"{answer['Location']}withdraw/")
        expansion.run()
        assert set(Notification.objects.values_list("pk", flat=True)) == before
    assert Announcement.objects.standing().get() == hidden


def test_what_was_changed_after_it_was_published_is_not_called_published(client_of, pat, alice):
    """Back from what was published, other words, and "Published": nobody ever read them."""
    client = client_of(pat)
    sent = fields_of(preview(client)) | {"step": "publish"}
    client.post(WRITE, sent)
    answer = client.post(WRITE, sent | {"body": "We meet downstairs."})
    assert fields_of(answer)["identity"] != sent["identity"]
    page = html.unescape(answer.content.decode())
    assert "Your earlier announcement was published." in page and "We meet downstairs." in page
    again = fields_of(answer) | {"title": "A new room", "body": "We meet downstairs.", "audience": "everybody", "step": "publish"}
    assert client.post(WRITE, again).status_code == 302
    assert sorted(Announcement.objects.values_list("body", flat=True)) == ["We meet **upstairs** now.", "We meet downstairs."]


def test_to_open_it_is_to_have_read_it(client_of, pat, alice, bob):
    made = publish(client_of(pat))
    client_of(alice).get(page_of(made))
    assert list(Notification.objects.unread().values_list("member__name", flat=True)) == ["Bob"]


@pytest.mark.postgresql
def test_one_to_a_group_is_for_its_people_alone(client_of, ada, alice, charlie, group):
    """An outsider who was given the address, or somebody who has left."""
    made = publish(client_of(ada), audience="groups", groups=[group.pk])
    assert notified() == ["Alice", "Bob", "Faye"]
    pair = (alice.pk, str(made.pk))
    assert client_of(charlie).get(page_of(made)).status_code == 404
    assert client_of(alice).get(page_of(made)).status_code == 200
    assert ("announcement", pair) in kinds.shown([("announcement", pair)])
    peers.leave(member=alice, group=group)
    assert client_of(alice).get(page_of(made)).status_code == 404
    assert kinds.shown([("announcement", pair)]) == {}


@pytest.mark.postgresql
def test_one_to_a_cohort_is_for_who_joined_with_it(client_of, ada, alice, bob):
    cohort = make_cohort(actor=ada, name="Finished in May", buddy=None)
    Invitation.objects.create(email=alice.email, cohort=cohort, member=alice, key_hash="a")
    made = publish(client_of(ada), audience="cohorts", cohorts=[cohort.pk])
    assert notified() == ["Alice"]
    page = client_of(alice).get(page_of(made)).content.decode()
    assert "Finished in May" not in page, "the people of a cohort never see its name"


def test_what_it_says_is_asked_in_a_fixed_number_of_queries(client_of, ada, alice, bob, group, django_assert_max_num_queries):
    made = [publish(client_of(ada), audience=key, groups=[group.pk]) for key in ("everybody", "groups", "groups", "everybody")]
    wanted = [("announcement", (member.pk, str(each.pk))) for member in (alice, bob) for each in made]
    with django_assert_max_num_queries(2):
        assert len(kinds.shown(wanted)) == 8


def test_a_publisher_chooses_among_what_they_may_know_of(client_of, ada, faye, alice, pat, group):
    """The names of hidden groups and of cohorts, on a form and in a list, and an announcement to such a group by its raw id."""
    hidden = make_group(actor=ada, facilitator=faye, members=(alice,), name="Quiet corner", join_policy="hidden")
    make_cohort(actor=ada, name="Finished in May", buddy=None)
    made = publish(client_of(ada), audience="groups", groups=[hidden.pk])
    client = client_of(pat)
    form = client.get(WRITE).content.decode()
    assert "Tuesday evening" in form and "Quiet corner" not in form and "Finished in May" not in form
    assert "Publish it" not in preview(client, audience="groups", groups=[hidden.pk]).content.decode()
    assert "Publish it" not in preview(client, audience="cohorts").content.decode()
    assert made.title not in client.get("/staff/announcements/").content.decode()
    for name in ("manage_announcement", "withdraw_announcement"):
        address = reverse(f"notifications:{name}", args=[made.pk])
        assert {client.get(address).status_code, client.post(address).status_code} <= {404, 405}
        assert client.get(address).status_code == 404
    assert Announcement.objects.get().withdrawn_at is None


@pytest.mark.postgresql
def test_a_withdrawn_one_is_gone_everywhere(client_of, pat, alice, bob):
    """Words that somebody took back, which are still read, counted or sent."""
    client = client_of(pat)
    made = publish(client)
    assert Delivery.objects.exists()
    address = reverse("notifications:withdraw_announcement", args=[made.pk])
    assert "Withdraw it?" in client.get(address).content.decode()
    assert not Announcement.objects.get().withdrawn_at, "a look at the question isn't the answer"
    version = alice.notification_preferences.inbox_version
    client.post(address)
    assert client_of(alice).get(page_of(made)).status_code == 404
    assert not Notification.objects.exists() and not Delivery.objects.exists()
    alice.notification_preferences.refresh_from_db()
    assert alice.notification_preferences.inbox_version > version, "open pages go on counting it"
    assert "Withdrawn" in client.get("/staff/announcements/").content.decode()


def test_one_that_is_withdrawn_before_it_was_made_known_is_not(client_of, pat, alice):
    client = client_of(pat)
    answer = client.post(WRITE, fields_of(preview(client)) | {"step": "publish"})
    client.post(f"{answer['Location']}withdraw/")
    expansion.run()
    assert notified() == []


def test_one_that_is_withdrawn_while_it_is_made_known_is_gone_as_well(client_of, pat, reached, monkeypatch):
    """Whom the worker came to afterwards had it in their inbox, unread and leading nowhere, and an e-mail about it."""
    reached([make_person(f"robin{n}") for n in range(5)])
    monkeypatch.setattr(expansion, "CHUNK", 2)
    client = client_of(pat)
    made = client.post(WRITE, fields_of(preview(client)) | {"step": "publish"})["Location"]
    turns = iter([lambda: None, lambda: client.post(f"{made}withdraw/")])
    monkeypatch.setattr(expansion.time, "sleep", lambda _seconds: next(turns, int)())
    expansion.run()
    assert Announcement.objects.get().withdrawn_at and notified() == [] and not Delivery.objects.exists()
    assert not NotificationEvent.objects.exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_withdrawing_and_making_known_at_once_leaves_nothing(pat, alice, bob):
    """What one transaction had not yet committed, the other did not find."""
    made = actions.announce(actor=pat, identity=uuid.uuid4(), title="A new room", body="We meet upstairs.", audience="everybody")

    def work(case):
        if case == "tell":
            with before('INSERT INTO "notifications_notification"', meet):
                expansion.run()
        else:
            with before('DELETE FROM "notifications_notificationevent"', meet):
                actions.withdraw(actor=pat, announcement=made)

    at_once(work, ("tell", "withdraw"))
    assert notified() == [] and not NotificationEvent.objects.exists()


def said_of(client, announcement):
    """How many have read it, as staff see it: alike in the list and on its page."""
    said = set()
    for address in ("/staff/announcements/", reverse("notifications:manage_announcement", args=[announcement.pk])):
        said |= set(re.findall(r"[^<>]*\bread it\b[^<>]*", html.unescape(client.get(address).content.decode())))
    return said


@pytest.mark.postgresql
def test_how_many_read_it_is_told_in_fives(client_of, pat):
    """A number that rises with each of them tells of whoever is here just then."""
    people = [make_person(f"reader{n}") for n in range(11)]
    made, staff = publish(client_of(pat)), client_of(pat)
    for read in range(len(people) + 1):
        expected = "Fewer than 5 people have read it" if read < 5 else f"At least {read // 5 * 5} people have read it"
        assert said_of(staff, made) == {expected}
        if read < len(people):
            client_of(people[read]).get(page_of(made))


def test_the_preview_stores_nothing_and_gives_everything_back(client_of, pat, alice):
    client = client_of(pat)
    seen = preview(client, body="First.\r\n\r\nSecond.")
    page = seen.content.decode()
    assert "<p>First.</p>" in page and "It reaches a few people." in page
    assert not Announcement.objects.exists()
    again = client.post(WRITE, fields_of(seen) | {"step": "change"}).content.decode()
    assert 'value="A new room"' in again and "First.\r\n\r\nSecond." in again and "There is a problem" not in again


def test_what_leaves_the_site_is_shown_as_it_leaves(client_of, pat, alice):
    """A preview of words that no e-mail has, or an e-mail with words of the announcement."""
    client = client_of(pat)
    page = html.unescape(preview(client).content.decode())
    for sample in samples():
        assert sample.title in page and sample.body.splitlines()[0] in page
        assert "A new room" not in sample.title + sample.body and "upstairs" not in sample.body


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": "\u200b"}, "Write a title."),
        ({"body": " "}, "Write what you want to say."),
        ({"audience": ""}, "Choose who it's for."),
        ({"audience": "groups"}, "Choose at least one group."),
        ({"body": "x" * 4001}, "At most 4000"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(client_of, pat, group, fields, problem):
    page = html.unescape(preview(client_of(pat), **{"body": "Upstairs.", **fields}).content.decode())
    assert problem in page and ("Upstairs." in page or "body" in fields)
    assert not Announcement.objects.exists()


def test_a_title_stands_in_one_line_and_turns_no_words_around_it(client_of, pat, alice, bob):
    """A title that has the rest of an inbox read backwards, covers the lines around it, or breaks into several."""
    made = publish(client_of(pat), title="\u202ea\u2066 new\r\nroom\0 a" + "\u0301" * 50)
    assert made.title == "a new room a" + "\u0301" * 8


def test_a_text_of_the_full_length_may_have_many_lines(client_of, pat, alice):
    """Line ends that a browser sends as two characters, and counts as one."""
    assert "Publish it" in preview(client_of(pat), body="\r\n".join(["x" * 39] * 100)).content.decode()


def test_one_of_the_staff_announces_so_often_a_day(client_of, pat, alice):
    """A mistake, or a stolen session, that fills everybody's day."""
    client = client_of(pat)
    for n in range(limits.ANNOUNCEMENT_RATE.most):
        publish(client, title=f"Number {n}")
    answer = client.post(WRITE, fields_of(preview(client, body="One too many.")) | {"step": "publish"})
    page = html.unescape(answer.content.decode())
    assert "You've published many announcements today." in page and "One too many." in page
    assert Announcement.objects.count() == limits.ANNOUNCEMENT_RATE.most


@pytest.mark.postgresql
def test_an_announcement_goes_with_the_last_that_anybody_was_notified_of(client_of, pat, alice, bob, time_machine):
    """What staff once told everybody stood there for ever; or was gone while somebody had it unread."""
    began, made = timezone.now(), publish(client_of(pat))
    client_of(alice).get(page_of(made))

    def days_later(days):
        time_machine.move_to(began + timedelta(days=days), tick=False)
        forget_old()
        return Announcement.objects.filter(pk=made.pk).exists()

    assert days_later(89) and notified() == ["Alice", "Bob"]
    assert days_later(91) and notified() == ["Bob"], "Bob has not read it"
    assert client_of(bob).get(page_of(made)).status_code == 200
    assert days_later(179) and notified() == ["Bob"]
    assert not days_later(182) and notified() == []
