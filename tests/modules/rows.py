"""What the server would give to a module: rows, people, pages and frames."""

from typing import Any

from groups.chat.owners import Wording
from groups.chat.page.data import _words
from groups.chat.page.layout import signs

ME = "me"
WORDING = Wording("Your groups", "All groups", "/groups/", "Back to groups", "See groups", "About the group", "People in this group", {})
PEOPLE = [
    {"id": ME, "name": "Alice"},
    {"id": "bob", "name": "Bob", "picture": "cup"},
    {"id": "cy", "name": "Cy"},
    {"id": "dora", "name": "Dora"},
]


def row(seq: int, author: str | None = "bob", *, version: int | None = None, body: str | None = None, **more: Any) -> dict[str, Any]:
    """A message as it stands; what is deleted or hidden has lost its text."""
    text = None if more.get("deleted") or more.get("hidden") else f"Words {seq}" if body is None else body
    return {
        "id": f"id-{seq}",
        "channel": "c",
        "seq": seq,
        "version": seq if version is None else version,
        "kind": "text",
        "author": author,
        "client_id": f"client-{seq}",
        "sent": "2026-11-25T11:00:00.000Z",
        "edited": None,
        "deleted": None,
        "hidden": False,
        "pinned": False,
        "body": text,
        "html": text and f"<p>{text}</p>",
        "reply_to": None,
        "reactions": [],
        "attachments": [],
        "mentions": [],
        **more,
    }


def notice(seq: int, word: str, about: str = "bob", **more: Any) -> dict[str, Any]:
    return row(seq, about, kind="notice", body=word, html=None, **more)


def rows(first: int, last: int, **more: Any) -> list[dict[str, Any]]:
    return [row(seq, **more) for seq in range(first, last + 1)]


def channel(id: str = "c", **more: Any) -> dict[str, Any]:
    return {"id": id, "name": f"Group {id}", "seq": 3, "version": 3, "read": 3, "unread": 0, **more}


def handed(
    here: list[dict[str, Any]] | None = None, *, blocked: list[str] | None = None, more: bool = False, **open: Any
) -> dict[str, Any]:
    """What the page hands to the store: three rows that are read, and another channel with two messages to read."""
    shown = rows(1, 3) if here is None else here
    seq = open.get("seq", shown[-1]["seq"] if shown else 0)
    version = open.get("version", max((each["version"] for each in shown), default=0))
    return {
        "channel": "c",
        "me": ME,
        "version": version,
        "rows": shown,
        "more": more,
        "blocked": blocked or [],
        "people": PEOPLE,
        "members": [ME, "bob"],
        "urls": {"history": "/history/"},
        "channels": [
            channel(**{"seq": seq, "version": version, "read": seq, **open}),
            channel("d", seq=5, version=5, read=3, unread=2, draft=True),
        ],
    }


def history(here: list[dict[str, Any]], *, more: bool = False, version: int = 0, **other: Any) -> dict[str, Any]:
    """A page of history; `version` says how new it is at least."""
    return {"rows": here, "quoted": [], "people": PEOPLE, "members": [ME, "bob"], "version": version, "more": more, **other}


def changes(after: int, *messages: dict[str, Any], upto: int | None = None, channel: str = "c") -> dict[str, Any]:
    top = max((each["version"] for each in messages), default=after) if upto is None else upto
    return {"type": "changes", "channel": channel, "after": after, "upto": top, "messages": list(messages)}


def handover(**more: Any) -> dict[str, Any]:
    """What a page hands to whatever writes words: the site's own, in English."""
    return {
        "words": _words(WORDING),
        "language": "en",
        "zone": "Europe/London",
        "twelve_hours": True,
        "signs": signs(),
        **more,
    }


# What lays out rows: a reader with a store, for scripts that are given people, rows, those quoted, who is blocked and the page's data.
READER = """
    const { layOut } = await load("chat/js/model/layout.js");
    const { Reader } = await load("chat/js/model/reader.js");
    const { Words } = await load("chat/js/model/words.js");
    const people = new Map(given.people.map((person) => [person.id, person]));
    const store = {
      me: "me", blocked: new Set(given.blocked),
      name: (id) => people.get(id)?.name, picture: (id) => people.get(id)?.picture ?? "",
    };
    const words = new Words(given.page);
    const quoted = new Map([...given.quoted, ...given.rows].map((row) => [row.id, row]));
    const reader = new Reader({ store, words, quotes: { row: ({ id }) => quoted.get(id) ?? null }, signs: given.page.signs });
"""
