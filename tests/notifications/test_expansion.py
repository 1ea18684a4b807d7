"""Events become notifications: one a person and thing, and one a way out of the site, however often a worker is killed at it."""

import pytest
from django.db import connection

from community.notifications import actions, expansion
from community.notifications.models import Delivery, Notification, NotificationEvent, Preferences
from tests.cast import make_person
from tests.notifications.kills import killed_before_each_statement
from tests.races import at_once, meet

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(kind, reached, monkeypatch):
    """Five people whom an event of the kind `test` concerns, in chunks of two."""
    monkeypatch.setattr(expansion, "CHUNK", 2)
    kind.recipients = [make_person(f"robin{n}") for n in range(5)]
    reached(kind.recipients)
    return kind.recipients


def told():
    return sorted(Notification.objects.values_list("member__name", flat=True))


def test_an_event_is_told_to_all_but_who_did_it_and_is_gone(crowd):
    actions.notify("test", "x", actor=crowd[0])
    expansion.run()
    assert told() == ["Robin1", "Robin2", "Robin3", "Robin4"]
    assert not NotificationEvent.objects.exists()
    assert sorted(Delivery.objects.values_list("transport", flat=True)) == ["email"] * 4 + ["push"] * 4


def test_only_members_who_may_use_the_site_are_told(crowd, kind):
    """A notification for somebody who was suspended, or closed their account, between the event and its expansion."""
    actions.notify("test", "x")
    type(crowd[0]).objects.filter(pk=crowd[0].pk).update(is_active=False)
    expansion.run()
    assert told() == ["Robin1", "Robin2", "Robin3", "Robin4"]


def test_the_same_thing_again_renews_the_row_and_leaves_again_only_when_it_was_read(crowd):
    """A second row; a push for each event of a lively evening; or none ever again."""
    reader = crowd[0]
    actions.notify("test", "x")
    expansion.run()
    Delivery.objects.update(state=Delivery.State.SENT)
    actions.mark_all_read(reader)
    before = dict(Preferences.objects.values_list("member", "inbox_version"))
    actions.notify("test", "x")
    expansion.run()
    assert told() == [person.name for person in crowd]
    assert not Notification.objects.exclude(read_at=None).exists()
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    assert {row.notification.member_id for row in waiting.select_related("notification")} == {reader.pk}
    assert waiting.count() == 2
    assert all(version > before[member] for member, version in Preferences.objects.values_list("member", "inbox_version"))


def test_a_worker_that_is_killed_anywhere_loses_nothing_and_doubles_nothing(crowd):
    """A cursor or an event that is gone before all of its rows are there; a row that is made again."""
    actions.notify("test", "x")
    for n in killed_before_each_statement(expansion.run):
        expansion.run()
        assert told() == [person.name for person in crowd], f"killed before statement {n}"
        assert Delivery.objects.count() == 10, f"killed before statement {n}"
        assert not NotificationEvent.objects.exists()
        Notification.objects.all().delete()
        actions.notify("test", "x")
    assert n > 15


def test_what_fails_holds_up_nothing_else(crowd, monkeypatch):
    """One event of a kind with a mistake in it, for which nobody is notified of anything any more."""
    ran = []
    monkeypatch.setattr(expansion, "SOURCES", [lambda: 1 / 0, lambda: ran.append("after")])
    actions.notify("test", "x")
    NotificationEvent.objects.update(kind="broken")
    monkeypatch.setitem(expansion.KINDS, "broken", object())
    actions.notify("test", "y")
    with pytest.raises(AttributeError):
        expansion.run()
    assert told() == [person.name for person in crowd]
    assert ran == ["after"]
    assert NotificationEvent.objects.get().about == "x"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_row_a_person(crowd):
    """Two rows, a deadlock, or a chunk that both of them give up."""
    actions.notify("test", "x")

    def work(_case):
        def both_have_read(execute, sql, params, many, context):
            if sql.startswith('INSERT INTO "notifications_notification"'):
                meet()
            return execute(sql, params, many, context)

        with connection.execute_wrapper(both_have_read):
            expansion.run()

    at_once(work, (1, 2))
    assert told() == [person.name for person in crowd]
    assert Delivery.objects.count() == 10
