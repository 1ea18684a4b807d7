"""The versions of an agreement: kept, read by those whose they are, accepted one by one, and nobody is shut out meanwhile."""

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.peers import actions
from groups.peers.models import Acceptance, AgreementText
from tests.cast import AGREEMENT
from tests.chat.pages import say, text_of
from tests.chat.pages import url as chat_url
from tests.peers.pages import join_fields, page_of, today, url

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
NEW = "A new promise."


def test_versions_are_stored_with_who_wrote_them_and_when_one_agreed(client_of, alice, faye, group):
    """Would catch words that somebody agreed to and that cannot be read any more."""
    actions.change_agreement(actor=faye, group=group, agreement=NEW)
    page = text_of(client_of(alice).get(url("agreement", group)))
    assert "Written by Faye" in page and "Written by Ada" in page
    assert NEW in page and AGREEMENT.splitlines()[0] in page
    assert page.count("You agreed to this,") == 1
    group.refresh_from_db()
    client_of(alice).post(url("join", group), join_fields(group))
    assert text_of(client_of(alice).get(url("agreement", group))).count("You agreed to this,") == 2
    times = dict(Acceptance.objects.filter(member=alice).values_list("text__version", "agreed_at"))
    assert set(times) == {1, 2} and times[1] < times[2] <= timezone.now()


def test_only_who_belongs_and_admins_read_the_versions(client_of, alice, charlie, pat, mo, ada, faye, group):
    """Would catch an outsider who reads who changed what; asked also by one who was removed with the page open."""
    for person in (charlie, pat, mo):
        assert client_of(person).get(url("agreement", group)).status_code == 404, person
    client = client_of(alice)
    assert client.get(url("agreement", group)).status_code == 200
    actions.remove(actor=faye, group=group, member=alice)
    assert client.get(url("agreement", group)).status_code == 404
    page = text_of(client_of(ada).get(url("agreement", group)))
    assert "Written by Ada" in page and "You agreed" not in page


def test_until_the_new_version_is_accepted_one_is_asked_calmly_and_goes_on(client_of, alice, faye, group, channel):
    """Would catch a member shut out of the conversation, or one who never hears that the agreement is another."""
    client = client_of(alice)
    assert "waiting for your yes" not in text_of(client.get(chat_url(channel)))
    actions.change_agreement(actor=faye, group=group, agreement=NEW)
    assert "The agreement has changed. Read it when you can." in today(client)
    assert "You can keep reading and writing in the meantime" in page_of(client, group)
    conversation = text_of(client.get(chat_url(channel)))
    assert "is waiting for your yes. You can keep writing in the meantime." in conversation
    say(alice, channel, "Still here.")
    group.refresh_from_db()
    client.post(url("join", group), join_fields(group))
    assert "agreement has changed" not in today(client) + page_of(client, group)
    assert "waiting for your yes" not in text_of(client.get(chat_url(channel)))


def test_accepting_twice_keeps_the_first_time(client_of, alice, group):
    """Would catch a date of agreement that a second press moves."""
    first = Acceptance.objects.get(member=alice).agreed_at
    client_of(alice).post(url("join", group), join_fields(group))
    assert Acceptance.objects.get(member=alice).agreed_at == first


def test_a_facilitator_of_a_new_group_is_told_and_asked(client_of, ada, faye, group):
    """Would catch somebody who looks after a group without knowing."""
    assert "You look after this group now. Please read its agreement." in today(client_of(faye))
    assert "You look after this group now" not in today(client_of(ada))


def test_what_was_agreed_on_before_versions_were_kept_is_taken_over(ada, faye, alice, bob, group):
    """Would catch an upgrade after which nobody seems to have agreed, or that invents when they did."""
    from importlib import import_module

    from django.apps import apps

    actions.change_agreement(actor=faye, group=group, agreement=NEW)
    actions.accept(member=alice, group=group, agreed_version=2)
    AgreementText.objects.all().delete()
    migration = import_module("groups.peers.migrations.0004_present_agreements")
    migration.keep(apps, None)
    [text] = AgreementText.objects.all()
    assert (text.version, text.body, text.made_by) == (2, NEW, faye)
    agreed = {acceptance.member: acceptance.agreed_at for acceptance in text.acceptances.all()}
    assert agreed == {faye: None, alice: None}


def test_a_version_that_was_not_kept_is_said_to_be_lost(client_of, alice, faye, group):
    """Would catch a history that looks whole and is not."""
    actions.change_agreement(actor=faye, group=group, agreement=NEW)
    assert "weren't kept" not in text_of(client_of(alice).get(url("agreement", group)))
    AgreementText.objects.filter(version=1).delete()
    assert "Older versions weren't kept back then." in text_of(client_of(alice).get(url("agreement", group)))
    assert reverse("peers:agreement", args=[group.pk]) in page_of(client_of(alice), group)
