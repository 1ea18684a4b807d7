"""With all browsers closed, whoever is mentioned is told of it once, and by each way that they chose once, whatever is killed meanwhile."""

import asyncio
import random
from functools import partial
from typing import Any

import pytest

from tests.delivery.stage import Stage, aside

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]
ROUNDS, MENTIONS = 5, 10  # fifty people are mentioned once each

_REACHED = """
from community.notifications.models import Preferences, PushSubscription
Preferences.objects.filter(member=person("faye")).update(is_quiet=False)  # or she hears of it in the morning
for name in names:
    Preferences.objects.create(member=person(name), email=Preferences.Email.EACH, is_quiet=False)
    PushSubscription.objects.create(member=person(name), words="Firefox", endpoint_hash=name, sealed="", key_id="k")
"""
_TOLD = """
from community.notifications.models import Notification
mine = Notification.objects.filter(within=channel, kind="mention").prefetch_related("deliveries")
result = sorted([row.member.name, *sorted(each.transport for each in row.deliveries.all())] for row in mine)
"""
_LET_TIME_PASS = """
from datetime import timedelta
from django.utils import timezone
from community.notifications.models import Delivery
mine = Delivery.objects.filter(transport="email", notification__within=channel)
mine.filter(state__in=["waiting", "leaving"]).update(due=timezone.now() - timedelta(seconds=1))
result = mine.exclude(state="sent").count()
"""
_EMAILS = """
from community.kit.models import QueuedEmail
mine = QueuedEmail.objects.filter(template="notification").values_list("about", flat=True)
result = sorted(User.objects.get(pk=about).name for about in mine)
"""


class Killing:
    """Kills processes of a site at moments that are drawn, and starts them again."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.draw = stage, random.Random(7)

    async def count(self, query: str, *parameters: Any) -> int:
        ((count,),) = await aside(self.stage.site.sql, query, *parameters)
        return int(count)

    async def run(self, code: str, **values: Any) -> Any:
        return await aside(partial(self.stage.back.run, code, **values))

    async def more(self, query: str, *parameters: Any) -> None:
        """Wait until a count grows: then somebody is at it."""
        before = await self.count(query, *parameters)
        async with asyncio.timeout(20):
            while await self.count(query, *parameters) <= before:
                await asyncio.sleep(0.002)  # no database tells that it has changed

    async def kill(self, *, all_of_them: bool) -> None:
        processes = list(range(len(self.stage.site.ports)))
        hit = processes if all_of_them else [self.draw.choice(processes)]
        for n in hit:
            self.stage.site.kill(n)
        await asyncio.gather(*(aside(self.stage.site.start, n) for n in hit))


async def test_a_mention_is_told_once_and_leaves_once_whatever_is_killed(stage: Stage) -> None:
    """A mention that nobody hears of, or that comes twice, since the process that was to tell of it ended half-way."""
    killing = Killing(stage)
    names = await aside(stage.back.make_people, ROUNDS * MENTIONS)
    _group, channel = await aside(stage.back.make_group, "alice", *names)
    await killing.run(_REACHED, names=names)
    rows = "SELECT COUNT(*) FROM notifications_notification"
    async with stage.client("alice", roaming=True) as alice:
        for n in range(ROUNDS):
            for name in names[n * MENTIONS :][:MENTIONS]:
                alice.write(channel, f"Are you there, @{name}?")
            # At any moment, or as soon as the first of them is told.
            await (killing.more(rows) if n % 2 else asyncio.sleep(killing.draw.uniform(0, 1.2)))
            await killing.kill(all_of_them=n % 3 == 0)
            await alice.answered()
    expected = sorted([name, "email", "push"] for name in names)
    async with asyncio.timeout(20):
        while len(await killing.run(_TOLD, channel=channel)) < len(names):
            await asyncio.sleep(0.05)  # no database tells that it has changed
    assert await killing.run(_TOLD, channel=channel) == expected

    sent = "SELECT COUNT(*) FROM notifications_delivery WHERE transport = 'email' AND state = 'sent'"
    for n in range(3):
        if await killing.run(_LET_TIME_PASS, channel=channel):
            await killing.more(sent)
            await killing.kill(all_of_them=n % 2 == 0)
    async with asyncio.timeout(20):
        while await killing.run(_LET_TIME_PASS, channel=channel):
            await asyncio.sleep(0.5)  # the next turn of the workers comes in a second
    assert await killing.run(_EMAILS) == sorted(["Faye", *names]), "an e-mail to each of them, once, and to who hears of every message"
    assert await killing.run(_TOLD, channel=channel) == expected
