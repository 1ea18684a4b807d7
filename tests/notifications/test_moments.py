"""When something is news, when it is news again, and when it is none anymore."""

import datetime as dt

import pytest
from django.utils import timezone

from cms.tasks import keep_dates
from community.kit.models import QueuedEmail
from community.members.models import User
from community.members.people.actions import close_account
from community.notifications import expansion, kinds
from community.notifications.email import sending as email
from community.notifications.models import Delivery, Notification, NotificationEvent, Preferences, PushSubscription
from community.notifications.preferences import actions as preferences
from community.safety import actions as safety
from groups.chat import actions as chat
from groups.peers import actions as peers
from groups.peers.join import requests
from groups.peers.models import JoinRequest
from groups.peers.tasks import offer_free_seats
from tests.cast import make_group, make_person
from tests.cms.articles import due_now, publish, schedule, write
from tests.notifications.cases import publish_text, sign_in

pytestmark = pytest.mark.django_db


def unread(*wanted):
    """Who has what unread, of these kinds: (kind, name)."""
    expansion.run()
    rows = Notification.objects.unread().filter(kind__in=wanted)
    return sorted(rows.values_list("kind", "member__name"))


# ------------------------------------------------------------------------- ways into a group


@pytest.fixture
def asking(ada, faye):
    return make_group(actor=ada, facilitator=faye, members=(), name="Early birds", join_policy="ask")


def test_each_step_on_the_way_into_a_group_takes_the_place_of_the_one_before(asking, faye, charlie):
    """A request that waits for an answer which was given, or an offer that is over, on the same row used again."""
    wanted = ("asked", "offer", "decision")
    requests.ask(member=charlie, group=asking)
    assert unread(*wanted) == [("asked", "Faye")]
    requests.answer(actor=faye, group=asking, member=charlie, yes=True)
    assert unread(*wanted) == [("offer", "Charlie")]
    requests.withdraw(actor=faye, group=asking, member=charlie)
    assert unread(*wanted) == [("decision", "Charlie")]
    requests.ask(member=charlie, group=asking)
    assert unread(*wanted) == [("asked", "Faye")]
    requests.take_back(member=charlie, group=asking)
    assert unread(*wanted) == []


def test_what_is_answered_before_anybody_was_told_is_told_to_nobody(asking, charlie):
    requests.ask(member=charlie, group=asking)
    requests.take_back(member=charlie, group=asking)
    assert unread("asked") == [] and not Notification.objects.filter(kind="asked").exists()


def test_a_free_place_and_one_that_ran_out_are_told(ada, faye, alice, charlie, time_machine):
    """Whoever waited would have to look by themselves, within the days that the place is kept."""
    group = make_group(actor=ada, facilitator=faye, members=(alice,), name="Small", capacity=2)
    requests.wait(member=charlie, group=group)
    assert unread("offer") == []
    peers.remove(actor=faye, group=group, member=alice)
    assert unread("offer", "decision") == [("offer", "Charlie")]
    lapsed = JoinRequest.objects.get(member=charlie)
    time_machine.move_to(lapsed.until, tick=True)
    offer_free_seats()
    assert unread("offer", "decision") == [("decision", "Charlie")]


def test_an_answer_that_was_seen_before_it_was_told_is_not_told(asking, faye, charlie, client_of):
    """Something unread that one has just read: the worker comes a second later."""
    requests.ask(member=charlie, group=asking)
    requests.answer(actor=faye, group=asking, member=charlie, yes=False)
    assert client_of(charlie).get(f"/groups/{asking.pk}/").status_code == 200
    assert unread("decision") == []


def test_where_nobody_looks_after_a_group_admins_hear_who_asks(asking, ada, faye, charlie):
    peers.step_down(member=faye, group=asking)
    requests.ask(member=charlie, group=asking)
    assert unread("asked") == [("asked", "Ada")]


def test_who_no_longer_looks_after_a_group_reads_nothing_of_who_asks(asking, ada, faye, charlie):
    asked = requests.ask(member=charlie, group=asking)
    assert unread("asked") == [("asked", "Faye")]
    peers.step_down(member=faye, group=asking)
    assert kinds.shown([("asked", (faye.pk, str(asked.pk)))]) == {}
    assert kinds.shown([("asked", (ada.pk, str(asked.pk)))]) != {}, "an admin answers now"


def test_who_is_made_facilitator_is_asked_to_read_the_agreement(ada, faye):
    group = make_group(actor=ada, facilitator=faye, members=(), name="New")
    assert unread("agreement") == [("agreement", "Faye")]
    about = kinds.shown([("agreement", (faye.pk, str(group.pk)))])["agreement", (faye.pk, str(group.pk))].about
    assert about == "You look after this group now. Please read its agreement."


def test_of_a_group_that_is_deleted_nothing_is_left(group, alice, bob, charlie, faye):
    peers.change_agreement(actor=faye, group=group, agreement="We are kind.")
    requests.invite(actor=faye, group=group, member=charlie)
    chat.send(member=alice, channel=group.channels.get().pk, client_id=group.pk, body="Hello @Bob")
    expansion.run()
    assert Notification.objects.exists()
    group.delete()
    assert not Notification.objects.exists()


# ----------------------------------------------------------------------------------- reports


@pytest.fixture
def report(alice, bob, channel):
    said = chat.send(member=bob, channel=channel.pk, client_id=channel.pk, body="Something unkind.")
    return safety.report(member=alice, kind="message", target_id=said.pk, reason="unkind")


def decide(report, actor):
    safety.decide(actor=actor, report=report, decision="hidden", why="A reason.", kind_note="A note.")


def test_a_report_that_has_become_urgent_is_news_again(report, alice, mo, client_of):
    assert unread("report") == [("report", "Mo")]
    client_of(mo).get(f"/staff/reports/{report.pk}/")
    assert unread("report") == []
    safety.report(member=alice, kind="message", target_id=report.target_id, reason="danger")
    assert unread("report") == [("report", "Mo")]
    pair = (mo.pk, str(report.pk))
    assert kinds.shown([("report", pair)])["report", pair].about == "An urgent report waits"


def test_a_report_about_a_moderator_is_told_to_admins_and_not_to_them(alice, mo, group, channel, ada):
    """The person whom it is about, who would read it first."""
    peers_in(group, mo)
    said = chat.send(member=mo, channel=channel.pk, client_id=channel.pk, body="Hm.")
    made = safety.report(member=alice, kind="message", target_id=said.pk, reason="other")
    assert unread("report") == [("report", "Ada")]
    assert kinds.shown([("report", (mo.pk, str(made.pk)))]) == {}


def peers_in(group, member):
    requests.invite(actor=User.objects.get(name="Faye"), group=group, member=member)
    peers.join(member=member, group=group, agreed_version=group.agreement_version)


def test_a_decision_ends_the_report_for_the_others_and_one_that_is_taken_back_brings_it_back(report, faye, mo, bob):
    moira = make_person("moira", "moderator")
    safety.report(member=faye, kind="message", target_id=report.target_id, reason="other")
    both = [("report", name) for name in ("Mo", "Mo", "Moira", "Moira")]
    assert unread("report") == both
    decide(report, moira)
    of = ("report", "report_answer", "moderator_note")
    assert unread(*of) == [("moderator_note", "Bob"), ("report_answer", "Alice"), ("report_answer", "Faye")]
    safety.take_back(actor=moira, report=report)
    assert unread(*of) == [("report", "Mo"), ("report", "Mo")], "but not to who took it back"


# ------------------------------------------------------------------------------- one's account


def test_a_sign_in_from_a_browser_that_is_known_is_no_news(alice, time_machine):
    """Each evening the same, until nobody looks when it is somebody else."""
    phone = sign_in(alice)
    assert unread("sign_in") == [], "the first one ever"
    laptop = sign_in(alice)
    assert unread("sign_in") == [("sign_in", "Alice")]
    phone.get("/me/devices/")
    assert unread("sign_in") == []
    laptop.cookies.pop("sessionid")
    sign_in(alice, laptop)
    assert unread("sign_in") == []


def test_a_sign_in_is_told_also_where_nobody_is_signed_in(alice):
    """Somebody who comes once a month, and the stranger who comes in between."""
    User.objects.filter(pk=alice.pk).update(joined_at=timezone.now() - dt.timedelta(days=30))
    sign_in(alice)
    assert unread("sign_in") == [("sign_in", "Alice")]


def test_a_sign_in_is_told_whatever_whoever_signed_in_turns_off(alice):
    """A stranger in the night, whose first step is to turn e-mails off."""
    Preferences.objects.create(member=alice, is_quiet=False)
    for _browser in range(2):
        sign_in(alice)
    expansion.run()
    preferences.set_preferences(member=alice, email="off", kinds_off=["sign_in"])
    Delivery.objects.update(due=timezone.now())
    email.send_due()
    assert QueuedEmail.objects.filter(template="notification", about=alice.pk).exists()


def test_a_sign_in_is_told_also_when_its_session_has_ended(alice):
    """A stranger who signs out again would take the only trace along."""
    phone, stranger = sign_in(alice), sign_in(alice)
    assert unread("sign_in") == [("sign_in", "Alice")]
    about = Notification.objects.get(kind="sign_in").about
    stranger.post("/accounts/logout/")
    phone.post(f"/me/devices/{about}/end/")
    found = kinds.shown([("sign_in", (alice.pk, about))])
    assert [each.about for each in found.values()] == ["A device that isn't signed in anymore. If that wasn't you, change your password."]


def test_a_changed_password_is_no_new_browser(alice):
    client = sign_in(alice)
    changed = {"oldpassword": "cast-password-1", "password1": "a-quiet-evening-7", "password2": "a-quiet-evening-7"}
    assert client.post("/accounts/password/change/", changed).status_code == 302
    client.get("/today/")
    assert unread("sign_in") == []


def test_a_text_to_agree_to_is_asked_for_anew_with_each_version(alice, bob, ada):
    first = publish_text(ada)
    assert unread("consent") == [("consent", "Alice"), ("consent", "Bob")]
    publish_text(ada, "Newer words.")
    pair = (alice.pk, str(first))
    assert kinds.shown([("consent", pair)]) == {}, "the older one is no question anymore"


# --------------------------------------------------------------------------------- the library


def test_an_article_is_news_once(group, alice, bob, faye, charlie, client_of):
    """A comma that an editor mends, and a thousand people who are told."""
    article = write("Evenings", "groups", groups=(group,))
    assert unread("article") == [("article", name) for name in ("Alice", "Bob", "Faye")]
    client_of(alice).get(f"/library/{article.slug}/")
    publish(article, summary="Another line.")
    article.refresh_from_db()
    article.unpublish()
    publish(article, summary="A third one.")
    assert ("article", "Alice") not in unread("article") and ("article", "Bob") in unread("article")


@pytest.mark.parametrize("audience", ["public", "members"])
def test_an_article_for_all_is_told_to_all_but_its_author(alice, pat, charlie, audience):
    article = write("Evenings", audience, live=False)
    article.save_revision(user=pat).publish(user=pat)
    assert unread("article") == [("article", "Alice"), ("article", "Charlie")]


def test_a_scheduled_article_is_told_when_it_appears(alice):
    article = schedule("Coming")
    assert unread("article") == []
    due_now(article)
    keep_dates()
    assert unread("article") == [("article", "Alice")]


def test_other_words_ask_for_a_review_again(rena, client_of):
    article = write("Mornings", "public")
    assert unread("review") == [("review", "Rena")]
    client = client_of(rena)
    reviewed = {"fingerprint": article.edition, "name": "Rena Reed", "credential": "LCSW", "read": "on"}
    assert client.post(f"/staff/reviews/{article.pk}/", reviewed).status_code == 302
    publish(article)
    assert unread("review") == []
    publish(article, summary="Other words.")
    assert unread("review") == [("review", "Rena")]


def test_of_an_article_that_is_deleted_nothing_is_left(alice, rena):
    article = write("Mornings", "public")
    assert unread("article", "review") != []
    article.delete()
    assert not Notification.objects.exists() and not NotificationEvent.objects.exists()


# --------------------------------------------------------------------------------- who is gone


def test_of_a_closed_account_nothing_is_left_and_nobody_counts_it(group, channel, alice, bob, ada):
    """Rows of somebody who left for good; and a number on others' pages for what is gone."""
    PushSubscription.objects.create(member=bob, words="Firefox", endpoint_hash="x", sealed="", key_id="k")
    chat.send(member=alice, channel=channel.pk, client_id=channel.pk, body="Hello @Bob")
    expansion.run()
    assert Notification.objects.filter(member=bob).exists()
    close_account(actor=ada, member=bob)
    expansion.run()
    for model in (Notification, Preferences, PushSubscription):
        assert not model.objects.filter(member=bob).exists()


def test_what_is_forgotten_moves_the_inbox_on(asking, faye, charlie):
    """An open page that counts what is no longer there."""
    requests.ask(member=charlie, group=asking)
    expansion.run()
    before = Preferences.objects.get(pk=faye.pk).inbox_version
    requests.take_back(member=charlie, group=asking)
    assert Preferences.objects.get(pk=faye.pk).inbox_version == before + 1
