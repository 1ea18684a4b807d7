"""A channel layer that drops, doubles and reorders events, as one that is at-most-once may, and notes in a file what it did."""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

NOTES = "CHAOS_NOTES"  # the variable that names the file
SHARE = 0.08  # of the events, for each of the three


class FaultyLayer(RedisPubSubChannelLayer):
    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        fate = random.random() / SHARE
        if fate < 1:
            _note("event dropped")
        elif fate < 2:
            _note("event reordered")
            asyncio.get_running_loop().call_later(random.uniform(0.02, 0.5), self._send_late, group, message)
        else:
            await self._get_layer().group_send(group, message)
            if fate < 3:
                _note("event doubled")
                await self._get_layer().group_send(group, message)

    def _send_late(self, group: str, message: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._get_layer().group_send(group, message))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # Redis may be away by then


def _note(kind: str) -> None:
    with Path(os.environ[NOTES]).open("a") as notes:
        notes.write(f"{kind}\n")
