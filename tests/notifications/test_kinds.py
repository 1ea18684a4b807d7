"""Of each kind: who is told, once, in which words, and no longer than they may read what it is about. A kind without a case fails."""

from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.members.models import User
from community.members.roles import Role
from community.notifications import expansion, kinds
from community.notifications.models import Notification, NotificationEvent
from groups.peers.models import PeerGroup
from tests.cast import NAMES, make_cast, make_person
from tests.cms.articles import write
from tests.notifications.cases import CASES
from tests.worlds import lasting

pytestmark = pytest.mark.django_db
each_kind = pytest.mark.parametrize("kind", sorted(kinds.KINDS))


def make() -> None:
    """The cast and their group, of whom nobody has heard anything yet."""
    make_cast()
    expansion.run()
    Notification.objects.all().delete()


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with lasting(django_db_blocker, make):
        yield


@pytest.fixture
def w(made, db):
    people = {name: User.objects.get(email=f"{name}@example.org") for name in NAMES}
    group = PeerGroup.objects.get()
    return SimpleNamespace(**people, group=group, channel=group.channels.get())


def happen(w, kind):
    w.about = str(CASES[kind].happens(w))
    expansion.run()


def told(w, kind):
    """Who has this one unread."""
    return sorted(Notification.objects.unread().filter(kind=kind, about=w.about).values_list("member__name", flat=True))


def shown(w, kind):
    """What everybody would read of it: the right is asked whatever row there is."""
    people = {person.pk: person.name for person in User.objects.all()}
    found = kinds.shown((kind, (pk, w.about)) for pk in people)
    return {people[pk]: (each.title, each.about) for (_kind, (pk, _about)), each in found.items()}


def test_every_kind_has_a_case():
    assert set(CASES) == set(kinds.KINDS)


@pytest.mark.postgresql
@each_kind
def test_those_whom_it_concerns_are_told_once_and_may_read_it(w, kind):
    """Too many, too few, or whoever did it; and others by its raw id."""
    happen(w, kind)
    case = CASES[kind]
    assert told(w, kind) == case.told.split()
    read = shown(w, kind)
    assert sorted(read) == sorted([*case.told.split(), *case.may_read.split()])
    assert {read[name] for name in case.told.split()} == {case.words}
    expansion.run()
    assert told(w, kind) == case.told.split() and not NotificationEvent.objects.exists()


@each_kind
def test_after_the_right_to_it_ended_it_says_nothing(w, kind):
    happen(w, kind)
    CASES[kind].ends(w)
    assert not set(shown(w, kind)) & set(CASES[kind].told.split())


@each_kind
def test_who_has_opened_it_has_read_it(w, client_of, kind):
    """A badge that stays when everything was seen, or one that is gone for a colleague too."""
    happen(w, kind)
    case = CASES[kind]
    first, *others = case.told.split()
    member = User.objects.get(name=first)
    page = kinds.shown([(kind, (member.pk, w.about))])[kind, (member.pk, w.about)].url
    case.opens(w, client_of(member), urlsplit(page).path)
    assert told(w, kind) == others


@each_kind
def test_what_a_paused_member_would_hear_they_do_not(w, kind):
    """Somebody who may not use the site learns what goes on in it."""
    first = CASES[kind].told.split()[0]
    w.about = str(CASES[kind].happens(w))
    User.objects.filter(name=first).update(suspended_at="2026-01-01T00:00Z")
    expansion.run()
    assert first not in told(w, kind)


@each_kind
def test_many_take_as_many_queries_as_one(w, kind, django_assert_max_num_queries):
    """A question for each row of an inbox."""
    happen(w, kind)
    people = list(User.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(12 if kind in ("review", "review_answer", "missed_publication") else 6):
        kinds.shown((kind, (pk, w.about)) for pk in people)


@pytest.mark.parametrize("kind", ["review", "review_answer", "missed_publication"])
def test_many_of_the_staff_take_as_many_queries_as_one(w, kind):
    """What each of them may know of asked for each: of a hundred reviewers, some hundred questions for one article."""

    def asked():
        people = list(User.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as queries:
            kinds.shown((kind, (pk, w.about)) for pk in people)
        return len(queries)

    happen(w, kind)
    few = asked()
    for n in range(4):
        for role in (Role.REVIEWER, Role.PUBLISHER):
            make_person(f"{role}{n}", role=role)
    assert asked() == few


def test_reviewers_are_found_with_as_many_queries_for_many(w):
    def asked(slug):
        write(slug, "groups", groups=(w.group,))
        event = NotificationEvent.objects.get(kind="review")
        with CaptureQueriesContext(connection) as queries:
            found = list(kinds.KINDS["review"].recipients(event.about, None))
        expansion.run()
        return len(queries), len(found)

    queries, found = asked("First")
    for n in range(4):
        make_person(f"reviewer{n}", role=Role.REVIEWER)
    assert asked("Second") == (queries, found + 4)
