"""The site under test: two servers behind the proxy, started with what breaks them."""

import sys
from typing import Any

import psycopg

from tests.chaos.checker import Row
from tests.chaos.layer import NOTES
from tests.delivery.stage import UNHURRIED
from tests.services import free_port
from tests.sites import Site

FAULTY, PLAIN = "tests.chaos.layer.FaultyLayer", "channels_redis.pubsub.RedisPubSubChannelLayer"
ROWS = """
SELECT id::text, channel_id::text, seq, version, kind, author_id::text, client_id::text, body, deleted_at IS NOT NULL, hidden
FROM chat_message ORDER BY channel_id, seq
"""
NAMES = ("id", "channel", "seq", "version", "kind", "author", "client_id", "body", "deleted", "hidden")


class ChaosSite(Site):
    """`without`: the safeguard that is switched off, a name of `sabotage.py`. The news layer is faulty unless `faulty` is False."""

    def __init__(self, *, without: str = "", faulty: bool = True, **environment: str) -> None:
        super().__init__("cluster", **UNHURRIED, **environment)
        self.command = [sys.executable, "-m", "tests.chaos.server"]
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.notes = self.folder / "news"
        self.environment |= {"CHAOS_LAYER": FAULTY if faulty else PLAIN, "CHAOS_WITHOUT": without, NOTES: str(self.notes)}

    def done_to_news(self) -> list[str]:
        """What the layers did, a word for each time."""
        return self.notes.read_text().splitlines() if self.notes.exists() else []

    def stored(self) -> dict[str, list[Row]]:
        """Every channel's rows as a reader would see them: what is gone has no body."""
        rows: dict[str, list[Row]] = {channel: [] for channel in self.heads()}
        for values in self._query(ROWS):
            row = dict(zip(NAMES, values, strict=True))
            rows[row["channel"]].append(row | {"body": None if row["deleted"] or row["hidden"] else row["body"]})
        return rows

    def heads(self) -> dict[str, tuple[int, int]]:
        return {channel: (seq, version) for channel, seq, version in self._query("SELECT id::text, seq, version FROM chat_channel")}

    def places(self) -> dict[tuple[str, str], tuple[int, int | None]]:
        rows = self._query("SELECT member_id::text, channel_id::text, first_seq, left_version FROM chat_participant")
        return {(member, channel): (first_seq, left) for member, channel, first_seq, left in rows}

    def _query(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.encode()).fetchall()
