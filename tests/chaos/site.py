"""The site under test: two servers behind the proxy, started with what breaks them."""

from collections import defaultdict
from typing import Any

import psycopg

from tests.chaos.checker import Notified, Row
from tests.chaos.crowd import EMOJI
from tests.chaos.layer import NOTES
from tests.delivery.stage import UNHURRIED
from tests.services import free_port
from tests.sites import Site

FAULTY, PLAIN = "tests.chaos.layer.FaultyLayer", "channels_redis.pubsub.RedisPubSubChannelLayer"
ROWS = """
SELECT m.id::text, m.channel_id::text, m.seq, m.version, m.kind, m.author_id::text, m.client_id::text, m.body,
       m.deleted_at IS NOT NULL, m.hidden, m.mentions, answered.id::text, answered.seq
FROM chat_message m LEFT JOIN chat_message answered ON answered.id = m.reply_to_id ORDER BY m.channel_id, m.seq
"""
NAMES = ("id", "channel", "seq", "version", "kind", "author", "client_id", "body", "deleted", "hidden", "mentions")
NOTIFIED = """
SELECT n.member_id::text, n.kind, n.about, n.within::text, n.position, COALESCE(array_agg(d.transport ORDER BY d.transport)
       FILTER (WHERE d.id IS NOT NULL), '{}')
FROM notifications_notification n LEFT JOIN notifications_delivery d ON d.notification_id = n.id WHERE n.within IS NOT NULL GROUP BY n.id
"""
BEHIND = """
SELECT COUNT(*) FROM chat_channel c LEFT JOIN chat_notificationcursor k ON k.channel_id = c.id WHERE COALESCE(k.version, 0) < c.version
"""
REACTIONS = "SELECT message_id::text, emoji, member_id::text FROM chat_reaction ORDER BY id"


class ChaosSite(Site):
    """`without`: the safeguard that is switched off, a name of `sabotage.py`. The channel layer is faulty unless `faulty` is False."""

    def __init__(self, *, without: str = "", faulty: bool = True, **environment: str) -> None:
        super().__init__("cluster", **UNHURRIED, **environment)
        self.command = ["-m", "tests.chaos.server"]
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.notes = self.folder / "events"
        self.environment |= {"CHAOS_LAYER": FAULTY if faulty else PLAIN, "CHAOS_WITHOUT": without, NOTES: str(self.notes)}

    def faults_of_events(self) -> list[str]:
        """What the layers did to events, one entry for each."""
        return self.notes.read_text().splitlines() if self.notes.exists() else []

    def stored(self) -> dict[str, list[Row]]:
        """Every channel's rows as a reader would see them: what was removed or hidden has no body, mentions and reactions."""
        rows: dict[str, list[Row]] = {channel: [] for channel in self.newest()}
        reactions: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for message, emoji, member in self._query(REACTIONS):
            reactions[message].append((emoji, member))
        for *values, answered, answered_seq in self._query(ROWS):
            row = dict(zip(NAMES, values, strict=True))
            given = {emoji: [member for given_emoji, member in reactions[row["id"]] if given_emoji == emoji] for emoji in EMOJI}
            row["reply_to"] = {"id": answered, "seq": answered_seq} if answered else None
            row["reactions"] = [{"emoji": emoji, "by": members} for emoji, members in given.items() if members]
            emptied = {"body": None, "mentions": [], "reactions": []} if row["deleted"] or row["hidden"] else {}
            rows[row["channel"]].append(row | emptied)
        return rows

    def newest(self) -> dict[str, tuple[int, int]]:
        return {channel: (seq, version) for channel, seq, version in self._query("SELECT id::text, seq, version FROM chat_channel")}

    def participants(self) -> dict[tuple[str, str], tuple[int, int | None]]:
        rows = self._query("SELECT member_id::text, channel_id::text, first_seq, left_version FROM chat_participant")
        return {(member, channel): (first_seq, left) for member, channel, first_seq, left in rows}

    def notified(self) -> list[Notified]:
        return [Notified(*row) for row in self._query(NOTIFIED)]

    def is_telling(self) -> bool:
        """True while something has changed of which nobody was notified yet."""
        return bool(self._query(BEHIND)[0][0])

    def blocks(self) -> set[tuple[str, str]]:
        return {(blocker, blocked) for blocker, blocked in self._query("SELECT blocker_id::text, blocked_id::text FROM safety_block")}

    def _query(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.encode()).fetchall()
