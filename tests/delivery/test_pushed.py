"""A push leaves once at most: where its worker is killed between claim and answer, nobody knows whether it did, and that is counted."""

import random
import time
from collections.abc import Iterator

import pytest

from tests import forks
from tests.delivery.stage import UNHURRIED, Backstage
from tests.notifications.push_service import PushService, running
from tests.sites import Kind, Site

pytestmark = [pytest.mark.usefixtures("sites"), pytest.mark.timeout(240)]
PEOPLE = 50  # each is mentioned once, and their worker killed once

# The command as it is, with hardly a pause between its turns, so that a drawn moment is seldom one in which nothing happens.
# It is told that its database is migrated, since to ask is half of its start.
_WORKER = """
import datetime as dt
import django
django.setup()
from django.core.management import call_command
from community import health
from community.kit import limits, worker
health._fits = True
limits.PUSH_DELAY, worker.PAUSE_SECONDS = dt.timedelta(0), 0.02
call_command("worker")
"""
_SUBSCRIBE = """
from community.notifications.models import Preferences
from community.notifications.push import actions, keys
from tests.cast import fresh_session
for name, given in browsers.items():
    Preferences.objects.create(member=person(name), email="off", is_quiet=False, kinds_off=["messages"])
    told = given | {"key": keys.current().public}
    actions.register(member=person(name), session_key=fresh_session(person(name)), words="Firefox", given=told)
"""
_TOLD = """
from community.notifications.models import Notification
mine = Notification.objects.filter(within=channel, kind="mention").prefetch_related("deliveries")
result = [[row.member.name, [[each.transport, each.state] for each in row.deliveries.all()]] for row in mine]
"""
# Its lease has run out, where its worker is gone.
_GIVE_UP = """
from datetime import timedelta
from django.utils import timezone
from community.notifications.models import Delivery
now = timezone.now()
result = Delivery.objects.filter(state="leaving", due__gt=now).update(due=now - timedelta(seconds=1))
"""
_SAY = "chat.send(member=person('alice'), channel=uuid.UUID(channel), client_id=uuid.uuid4(), body=f'Are you there, @{name}?')"
_SAID = """
from community.kit.ops.condition import troubles
result = [sentence for sentence in troubles() if "may not have arrived" in sentence]
"""


class Workplace:
    """A site that serves nobody, with one worker that is killed and started again."""

    def __init__(self, site: Site) -> None:
        self.site, self.back = site, Backstage(site)
        self.environment = site.environment | {"PORT": str(site.ports[0]), "PGAPPNAME": "killed worker"}
        self.child: forks.Child | None = None

    def start(self) -> None:
        with (self.site.folder / "log-0").open("ab") as log:
            self.child = forks.start(["-c", _WORKER], self.environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """kill -9, and wait until the database has heard of it: PostgreSQL carries out what it was told before."""
        if self.child:
            self.child.kill()
            self.child.wait(20)
        if self.site.postgresql:
            self.until(
                "SELECT COUNT(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'killed worker'"
            )

    def until(self, query: str) -> None:
        """Wait until what a query asks is so."""
        end = time.monotonic() + 20
        while not self.site.sql(query)[0][0]:
            assert time.monotonic() < end, f"{query}\n{self.site.log()[-2000:]}"
            time.sleep(0.002)  # no database tells that it has changed


@pytest.fixture(params=["sqlite", "cluster"])
def kind(request: pytest.FixtureRequest) -> Kind:
    chosen: Kind = request.param
    return chosen


@pytest.fixture
def service() -> Iterator[PushService]:
    with running() as started:
        yield started


@pytest.fixture
def workplace(kind: Kind, service: PushService) -> Iterator[Workplace]:
    site = Site(kind, MAINSTAY_PUSH_HOSTS=service.url, MAINSTAY_MAIL_FROM="post@example.org", **UNHURRIED)
    place = Workplace(site)
    try:
        yield place
    finally:
        place.kill()
        place.back.close()
        site.close()


def test_a_push_leaves_once_at_most_and_what_nobody_knows_is_counted(workplace: Workplace, service: PushService) -> None:
    """A phone that rings twice, or a push that is gone of which nobody is told."""
    back, draw = workplace.back, random.Random(11)
    names = back.make_people(PEOPLE)
    browsers = {name: service.browser(name) for name in names}
    back.run(_SUBSCRIBE, browsers={name: browser.told("") for name, browser in browsers.items()})
    _group, channel = back.make_group("alice", *names)

    in_hand = []  # at each kill: what had been claimed, and not answered as far as the worker could say
    for name in names:
        moment = draw.randrange(4)
        if moment == 2:
            service.answer(name, 0)
        ((tries,),) = workplace.site.sql("SELECT COALESCE(SUM(tries), 0) FROM notifications_delivery")
        workplace.start()
        back.run(_SAY, channel=channel, name=name)
        match moment:
            case 0:
                time.sleep(draw.uniform(0, 0.7))  # any moment
            case 1:
                workplace.until(f"SELECT COALESCE(SUM(tries), 0) > {tries} FROM notifications_delivery")  # it is claimed
            case 2:
                service.wait_for(browsers[name])  # nor is it answered
            case 3:
                service.wait_for(browsers[name])
                time.sleep(draw.uniform(0, 0.02))  # it is answered, and the answer is read and noted
        workplace.kill()
        service.answers.clear()
        assert len({each.path for each in service.came}) == len(service.came), "a browser got it twice"
        in_hand.append(back.run(_GIVE_UP))
    workplace.start()
    done = "SELECT COUNT(*) = {} FROM notifications_delivery WHERE transport = 'push' AND state IN ('sent', 'unknown')"
    workplace.until(done.format(PEOPLE))

    told = back.run(_TOLD, channel=channel)
    assert sorted(name for name, _deliveries in told) == sorted(names), "each of them is told once in the site"
    came = {name: len(service.to(browser)) for name, browser in browsers.items()}
    for name, deliveries in told:
        ((transport, state),) = deliveries
        assert transport == "push" and (came[name] == 1 if state == "sent" else came[name] <= 1), (name, state, came[name])
    unknown = sum(state == "unknown" for _name, ((_transport, state),) in told)
    assert 0 < unknown == sum(in_hand) < PEOPLE
    assert f"{unknown} perhaps sent" in workplace.site.manage("status")
    (said,) = back.run(_SAID)
    assert said.startswith(f"In the last day, {unknown} notifications may not have arrived")
