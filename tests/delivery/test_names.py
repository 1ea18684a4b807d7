"""Names come from `people`, never from rows: who takes another name has it everywhere at once."""

import pytest

from tests.delivery.stage import MARGIN, PROMISED, Stage
from tests.delivery.wire import wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


async def test_another_name_is_told_to_those_who_share_a_channel_and_to_nobody_else(cluster: Stage) -> None:
    """Catches a name that stands until the page is loaded again, and one told to strangers."""
    cluster.back.make_group("alice", "bob")
    async with (
        wire(cluster.site.url(cluster.last), cluster.cookie("bob")) as bob,
        wire(cluster.site.url(), cluster.cookie("charlie")) as charlie,
    ):
        code = "change_profile(member=person('alice'), name=name, drawing='', time_zone='UTC')"
        cluster.back.run(code, name="Alina")
        try:
            told = await bob.expect("person", name="Alina", within=PROMISED + MARGIN)
            assert set(told) == {"type", "id", "name"}
            await charlie.send({"type": "ping"})
            await charlie.expect("pong")
            assert not [frame for frame in charlie.unread if frame["type"] == "person"]
        finally:
            cluster.back.run(code, name="Alice")
