"""Two requests about one membership at once, and a person who leaves between the page and the press."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from community.kit.models import AuditEntry
from groups.chat.models import Message
from groups.peers import actions, rules
from groups.peers.models import Membership

pytestmark = pytest.mark.postgresql


@dataclass
class Acting:
    """One of those who act at once."""

    backend: int = 0  # the number of its process in PostgreSQL
    begins: bool = False  # a transaction, which in SQLite waits for another's
    has_read: bool = False
    is_done: bool = False


acting: dict[int, Acting] = {}  # by thread


def meet() -> None:
    """Let all who act at once read before any of them writes: wait until each has read too, is done, or stands before a lock of ours."""
    mine = acting.get(threading.get_ident())
    if mine is None:  # the test's own thread
        return
    mine.has_read = True
    end = time.monotonic() + 20
    while not all(other.has_read or other.is_done or _waits_for_us(other) for other in acting.values() if other is not mine):
        assert time.monotonic() < end, "the others neither read nor wait"
        time.sleep(0.002)  # no database tells who waits for it unless it is asked


def _waits_for_us(other):
    if connection.vendor == "sqlite":
        return other.begins and connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid() = ANY(pg_blocking_pids(%s))", [other.backend])
        return cursor.fetchone()[0]


@pytest.fixture
def all_read_first(monkeypatch):
    """Nobody changes a membership before the others have read it: without the lock, all would have read the same."""
    read = actions.membership_of

    def together(group, member):
        found = read(group, member)
        meet()
        return found

    monkeypatch.setattr(actions, "membership_of", together)


def at_once(work, cases):
    """What `work(case)` returns for each case, all of them begun at the same moment."""
    start = Barrier(len(cases), timeout=20)

    def run(case):
        mine = acting[threading.get_ident()] = Acting()

        def watch(execute, sql, params, many, context):
            mine.begins = sql.startswith("BEGIN")
            try:
                return execute(sql, params, many, context)
            finally:
                mine.begins = False

        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                mine.backend = connection.connection.info.backend_pid
            start.wait()
            with connection.execute_wrapper(watch):
                return work(case)
        finally:
            mine.is_done = True
            connection.close()

    acting.clear()
    try:
        with ThreadPoolExecutor(len(cases)) as threads:
            return list(threads.map(run, cases))
    finally:
        acting.clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("all_read_first")
def test_two_joins_at_once_make_one_membership(charlie, group):
    """Would catch two "joined" notices, or an error page for the second press."""

    def join(_number):
        return actions.join(member=charlie, group=group, agreed_version=group.agreement_version).pk

    assert set(at_once(join, (1, 2))) == {Membership.objects.get(group=group, member=charlie).pk}
    assert Message.objects.filter(kind="notice", body="joined", author=charlie).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("all_read_first")
def test_a_removal_and_a_leaving_at_once_end_the_membership_once(alice, faye, group):
    """Would catch a removed person who takes the removal back, because their own leaving was written over it."""

    def end(by_herself):
        try:
            if by_herself:
                actions.leave(member=alice, group=group)
            else:
                actions.remove(actor=faye, group=group, member=alice)
        except actions.Refused:
            return False
        return True

    assert sorted(at_once(end, (True, False))) == [False, True]
    assert Message.objects.filter(kind="notice", body__in=["left", "removed"], author=alice).count() == 1


@pytest.mark.django_db
def test_removing_or_appointing_somebody_who_has_just_left_is_said_plainly(client_of, ada, alice, group, monkeypatch):
    """Would catch a server error where two people look after a group at once."""
    ask = rules.belongs
    client = client_of(ada)
    for name, fields in (("remove", {}), ("appoint", {"role": "facilitator"})):
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(actions.rules, "belongs", lambda m: ask(m) and m.member_id != alice.pk)
            meanwhile.setattr(actions.rules, "can_remove", lambda *_: True)
            answer = client.post(reverse(f"peers:{name}", args=[group.pk, alice.pk]), fields, follow=True)
        assert answer.status_code == 200 and "They are not in the group." in answer.content.decode(), name


@pytest.mark.django_db
def test_the_people_page_notes_an_admin_from_outside_but_not_its_facilitator(client_of, ada, faye, hidden_group):
    """Would catch a roster read past the group page's own note of it."""
    for person in (ada, faye):
        assert client_of(person).get(reverse("peers:people", args=[hidden_group.pk])).status_code == 200
    assert list(AuditEntry.objects.filter(verb="peers.look").values_list("actor", flat=True)) == [ada.pk]
