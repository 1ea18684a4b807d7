"""What comes back to those who report and decide: the answer, and what they typed."""

import uuid

import pytest
from django.urls import reverse

from community.safety import actions
from community.safety.models import Report
from groups.chat import actions as chat
from tests.cast import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
OWN, TODAY = "/safety/", "/today/"
NEWS = "It has been looked at"


@pytest.fixture
def said(bob, channel):
    return chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="Something unkind.")


@pytest.fixture
def report(said, alice):
    return actions.report(member=alice, kind="message", target_id=said.pk, reason="unkind", note="It hurt.")


def decide(actor, report, decision="hidden"):
    return actions.decide(actor=actor, report=report, decision=decision, why="A reason.", kind_note="A note.")


def shown(client, path):
    return client.get(path).content.decode()


@pytest.mark.parametrize(("decision", "answer"), [("hidden", "It was hidden from everybody"), ("none", "nothing was changed")])
def test_an_answer_says_what_it_is_about(client_of, alice, mo, report, decision, answer):
    """A chip with the word "Hidden", and nothing of whom or what had been reported."""
    decide(mo, report, decision)
    page = shown(client_of(alice), OWN)
    assert "A message from Bob" in page and "Something unkind." in page and "It hurt." in page and answer in page
    assert "A reason." not in page and "A note." not in page
    assert answer in shown(client_of(alice), reverse("safety:reported", args=[report.pk]))


def test_an_answer_about_a_person_says_what_it_is_about(client_of, alice, bob, mo, group):
    report = actions.report(member=alice, kind="person", target_id=bob.pk, reason="unkind")
    decide(mo, report, "acted")
    page = shown(client_of(alice), OWN)
    assert ">Bob<" in page and str(group) in page and "Something was done about it." in page and "A reason." not in page


@pytest.mark.parametrize("page", ["own", "reported"])
def test_today_tells_of_an_answer_until_it_was_opened(client_of, alice, bob, charlie, mo, report, page):
    """Who reported something had to look by themselves whether anybody had decided."""
    client = client_of(alice)
    assert NEWS not in shown(client, TODAY) and "nothing you have to do here." in shown(client, TODAY)
    decide(mo, report)
    for person in (bob, charlie, mo):
        assert NEWS not in shown(client_of(person), TODAY)
    assert NEWS in shown(client, TODAY) and NEWS in shown(client, TODAY), "looking at Today opens nothing"
    client.head(OWN)
    assert NEWS in shown(client, TODAY)
    opened = shown(client, OWN if page == "own" else reverse("safety:reported", args=[report.pk]))
    assert page == "reported" or ">New<" in opened
    assert NEWS not in shown(client, TODAY) and ">New<" not in shown(client, OWN)


def test_an_answer_that_was_taken_back_is_no_news_and_the_next_one_is(client_of, alice, mo, report):
    client = client_of(alice)
    decide(mo, report)
    client.get(OWN)
    actions.take_back(actor=mo, report=report)
    assert NEWS not in shown(client, TODAY)
    decide(mo, report, "none")
    assert NEWS in shown(client, TODAY)


def test_several_answers_take_one_row(client_of, alice, faye, mo, said, report):
    """One decision closes the reports of others too: they are told as well."""
    actions.report(member=faye, kind="message", target_id=said.pk, reason="other")
    about_faye = actions.report(member=alice, kind="person", target_id=faye.pk, reason="other")
    decide(mo, report)
    actions.decide(actor=mo, report=about_faye, decision="none", why="A reason.")
    assert "2 of your reports have been looked at" in shown(client_of(alice), TODAY) and NEWS in shown(client_of(faye), TODAY)


@pytest.mark.parametrize("decision", ["hidden", "none"])
def test_who_takes_a_decision_back_finds_what_they_typed(client_of, mo, report, decision):
    """The form came back empty: reason and note had to be written again."""
    client, case = client_of(mo), reverse("safety:case", args=[report.pk])
    typed = {"decision": decision, "why": "Unkind to somebody.", "kind_note": "Please be gentle with one another."}
    client.post(case, typed)
    page = client.post(reverse("safety:undo", args=[report.pk]), follow=True).content.decode()
    assert typed["why"] in page and typed["kind_note"] in page
    assert f'value="{decision}"' in page and "checked" in page.split(f'value="{decision}"')[1].split(">")[0]
    assert Report.objects.get().state == "open"


def test_what_one_moderator_typed_is_in_no_other_form(client_of, alice, bob, mo, channel, report):
    """Words that come to stand under another case, or before another moderator."""
    other = actions.report(member=alice, kind="person", target_id=bob.pk, reason="other")
    client, case = client_of(mo), reverse("safety:case", args=[report.pk])
    client.post(case, {"decision": "none", "why": "Only mine.", "kind_note": "A note."})
    client.post(reverse("safety:undo", args=[report.pk]))
    assert "Only mine." not in shown(client, reverse("safety:case", args=[other.pk]))
    assert "Only mine." not in shown(client_of(make_person("moira", "moderator")), case)
    assert "Only mine." in shown(client, case)


def test_who_reports_the_same_again_finds_what_they_wrote(client_of, alice, said, report):
    """The form was empty, as if nothing had been reported; and what was taken out of it stayed."""
    client, form = client_of(alice), reverse("safety:report", args=["message", said.pk])
    page = shown(client, form)
    assert "It hurt." in page and "already" in page and "checked" in page.split('value="unkind"')[1].split(">")[0]
    client.post(form, {"reason": "private", "note": ""})
    assert (Report.objects.get().reason, Report.objects.get().note) == ("private", "")


def test_a_decided_case_says_what_each_line_of_it_is(client_of, mo, report):
    """Two lines of text under one another, and a stranger could not tell which of them the author had got."""
    decide(mo, report)
    page = shown(client_of(mo), reverse("safety:case", args=[report.pk]))
    for label, words in (("Why", "A reason."), ("Note to the person who wrote it", "A note."), ("Decided", "by Mo")):
        assert words in page.split(f"<dt>{label}</dt>")[1].split("</dd>")[0]


def test_the_reported_words_come_before_everything_about_them(client_of, mo, report):
    page = shown(client_of(mo), reverse("safety:case", args=[report.pk]))
    assert page.index("Something unkind.") < page.index("It hurt.") < page.index("Save the decision")
