"""How many members are live, as a server says it to whoever asks from outside."""

import asyncio

import pytest

from tests.delivery.stage import Stage, aside

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


async def counted(stage: Stage, members: int) -> None:
    """Wait until the site counts so many: each server says it every five seconds, and what it said holds for fifteen."""
    async with asyncio.timeout(25):
        while await aside(stage.back.run, "from community.kit.ops import pulse; result = pulse.live()") != members:
            await asyncio.sleep(0.2)  # a row tells nobody that it has changed


async def test_members_are_counted_once_each_and_while_they_are_there(lone: Stage) -> None:
    """A watcher that counts connections for people, or people who have gone."""
    lone.back.make_group("alice", "bob")
    async with lone.client("alice"), lone.client("alice"), lone.client("bob"):
        await counted(lone, 2)
    await counted(lone, 0)
