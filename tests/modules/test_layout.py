"""Which lines a conversation has: groups/chat/page/layout.py lays out the same, and both are asked of the same rows."""

import pytest
from django.utils import timezone

from groups.chat.page import layout
from tests.modules.rows import ME, PEOPLE, READER, handover, notice, row

BLOCKED = ["dora"]
ZONE = "Europe/London"
GONE = "2026-11-25T11:59:50Z"
SIGNS = [{"emoji": "hug", "by": ["bob", ME, "dora"]}]
_ASK = (
    READER
    + """
    const pending = given.pending.map(({ age, ...item }) => ({ item: { ...item, at: Date.now() - age }, state: "Sending" }));
    const canReturn = ({ id }) => id === given.returns;
    return layOut({ store, words, reader, pending, canReturn, rows: given.rows, firstNew: given.firstNew });
"""
)


def lay_out(stage, rows, *, first_new=None, pending=(), quoted=(), returns=None):
    more = {"people": PEOPLE, "blocked": BLOCKED, "page": handover(zone=ZONE)}
    given = {"rows": rows, "firstNew": first_new, "pending": list(pending), "quoted": list(quoted), "returns": returns}
    return stage.run(_ASK, given | more)


def on_the_server(stage, monkeypatch, rows, *, first_new=None, quoted=()):
    """The lines as the server draws them, in the client's words."""
    now = stage.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    reader = layout.Reader(ME, {person["id"]: person for person in PEOPLE}, BLOCKED)
    lines = []
    with timezone.override(ZONE):
        for line in layout.lay_out(rows, quoted=list(quoted), reader=reader, first_new=first_new):
            lines += [("day", line.day)] if line.day else []
            lines += [("new",)] if line.new else []
            quote = line.quote and (line.quote.seq, line.quote.name, line.quote.text)
            signs = [(each.emoji, each.names, each.count, each.mine) for each in line.reactions]
            what = (line.name, line.drawing, line.words, line.own, line.first, line.blocked, line.clock, line.names_reader)
            lines.append((line.row["seq"], *what, quote, signs))
    return lines


def as_the_server(entries):
    lines = []
    for entry in entries:
        if entry["kind"] == "day":
            lines.append(("day", entry["label"]))
        elif entry["kind"] == "new":
            lines.append(("new",))
        else:
            quote = entry["quote"] and (entry["quote"]["seq"], entry["quote"]["name"], entry["quote"]["text"])
            signs = [(each["emoji"], each["names"], each["count"], each["mine"]) for each in entry["signs"]]
            what = [entry[name] for name in ("name", "picture", "words", "own", "first", "blocked", "clock", "named")]
            lines.append((entry["row"]["seq"], *what, quote, signs))
    return lines


def at(clock, seq, author="bob", **more):
    return row(seq, author, sent=f"2026-11-{clock}Z" if "T" in clock else f"2026-11-25T{clock}Z", **more)


def answers(seq, to, author="bob", **more):
    return row(seq, author, reply_to={"id": f"id-{to}", "seq": to}, **more)


@pytest.mark.parametrize(
    ("rows", "more", "kinds", "firsts"),
    [
        ([], {}, "", ""),
        ([at("10:00:00", 1), at("10:09:59", 2)], {}, "day message message", "yes no"),
        ([at("10:00:00", 1), at("10:10:00", 2)], {}, "day message message", "yes yes"),
        ([at("10:00:00", 1), at("10:09:00", 2), at("10:18:00", 3)], {}, "day message message message", "yes no no"),
        ([at("10:00:00", 1), at("10:01:00", 2, "cy"), at("10:02:00", 3)], {}, "day message message message", "yes yes yes"),
        ([at("10:00:00", 1), at("10:01:00", 2, ME), at("10:02:00", 3, ME)], {}, "day message message message", "yes yes no"),
        ([at("24T23:59:00", 1), at("00:01:00", 2)], {}, "day message day message", "yes yes"),
        ([at("20T10:00:00", 1), at("22T10:00:00", 2), at("22T10:01:00", 3)], {}, "day message day message message", "yes yes no"),
        ([at("10:00:00", 1), notice(2, "joined"), at("11:01:00", 3)], {}, "day message notice message", "yes yes yes"),
        ([notice(1, "joined"), notice(2, "appointed")], {}, "day notice notice", "yes yes"),
        ([at("10:00:00", 1), at("10:01:00", 2)], {"first_new": 2}, "day message new message", "yes yes"),
        ([at("10:00:00", 1), at("10:01:00", 2), at("10:02:00", 3)], {"first_new": 2}, "day message new message message", "yes yes no"),
        ([at("10:00:00", 1), at("10:01:00", 2)], {"first_new": 1}, "day new message message", "yes no"),
        ([at("10:00:00", 5), at("10:01:00", 6)], {"first_new": 2}, "day new message message", "yes no"),
        ([at("10:00:00", 1), at("10:01:00", 2)], {"first_new": 3}, "day message message", "yes no"),
        ([at("10:00:00", 1), at("10:01:00", 4)], {"first_new": 3}, "day message new message", "yes yes"),
        ([at("24T10:00:00", 1), at("10:01:00", 2)], {"first_new": 2}, "day message day new message", "yes yes"),
        ([at("10:00:00", 1, None), at("10:01:00", 2, None)], {}, "day message message", "yes no"),
        ([at("10:00:00", 1, "dora"), at("10:01:00", 2, "dora", mentions=[ME])], {}, "day message message", "yes no"),
        ([at("10:00:00", 1, deleted=GONE), at("10:01:00", 2, hidden=True)], {}, "day message message", "yes no"),
        ([row(1), answers(2, 1), answers(3, 1, ME)], {}, "day message message message", "yes no yes"),
        ([answers(2, 1)], {"quoted": [row(1, deleted=GONE)]}, "day message", "yes"),
        ([answers(2, 1)], {"quoted": [row(1, "dora")]}, "day message", "yes"),
        ([answers(2, 1), answers(3, 1, deleted=GONE)], {}, "day message message", "yes no"),
        ([row(1, reactions=SIGNS), row(2, "cy", mentions=[ME])], {}, "day message message", "yes yes"),
    ],
)
def test_both_sides_lay_out_alike(stage, monkeypatch, rows, more, kinds, firsts):
    """A page that looks another way as soon as its script runs: a name too much or too few, a line or a day elsewhere."""
    entries = lay_out(stage, rows, **more)
    assert " ".join(entry["kind"] for entry in entries) == kinds
    assert " ".join("yes" if entry["first"] else "no" for entry in entries if "first" in entry) == firsts
    assert as_the_server(entries) == on_the_server(stage, monkeypatch, rows, **more)


def item(age=0, **more):
    return {"client_id": "client-9", "channel": "c", "body": "On its way", "reply_to": None, "state": "sending", "age": age, **more}


@pytest.mark.parametrize(
    ("rows", "pending", "lines"),
    [
        ([], [item()], ["day", "pending first"]),
        ([at("11:55:00", 1, ME)], [item()], ["day", "message first", "pending"]),
        ([at("11:55:00", 1)], [item()], ["day", "message first", "pending first"]),
        ([at("11:00:00", 1, ME)], [item()], ["day", "message first", "pending first"]),
        ([at("24T11:00:00", 1, ME)], [item()], ["day", "message first", "day", "pending first"]),
        ([at("11:55:00", 1, ME)], [item(age=90_000_000)], ["day", "message first", "pending"]),
        ([at("11:55:00", 1, ME)], [item(), item(client_id="client-10")], ["day", "message first", "pending", "pending"]),
    ],
)
def test_what_is_on_its_way_stands_at_the_end(stage, rows, pending, lines):
    """One's own words above those they follow, under a day of their own, or with a name over each."""
    entries = lay_out(stage, rows, pending=pending)
    assert [entry["kind"] + (" first" if entry.get("first") else "") for entry in entries] == lines


def test_stored_it_is_the_same_line(stage):
    """A line that goes and comes again when it is stored, and takes the focus with it."""
    waiting = lay_out(stage, [], pending=[item()])[-1]
    stored = lay_out(stage, [row(9, ME)])[-1]
    assert waiting["key"] == stored["key"] == "client-9"


def test_changed_since_it_is_one_line(stage):
    """The same message twice: as it is stored, and as its author wants it."""
    entries = lay_out(stage, [row(9, ME), row(10)], pending=[item(changed=True)])
    assert [entry["key"] for entry in entries if entry["kind"] != "day"] == ["id-10", "client-9"]


HUG = [{"emoji": "hug", "by": ["bob"]}]


@pytest.mark.parametrize(
    ("before", "after", "is_redrawn"),
    [
        (row(1), row(1), False),
        (row(1), row(1, version=2, body="Edited"), True),
        (row(1), row(1, version=2, reactions=HUG), True),
        (row(1), row(1, "cy"), True),
        (answers(2, 1), answers(2, 1), False),
    ],
)
def test_a_line_is_drawn_anew_where_it_looks_different(stage, before, after, is_redrawn):
    """A change that shows only after a reload, or a log that is drawn anew with every message."""
    first, second = (lay_out(stage, [message])[-1]["signature"] for message in (before, after))
    assert (first != second) is is_redrawn


@pytest.mark.parametrize(
    ("quoted", "rows"),
    [([row(1)], [answers(2, 1)]), ([row(1, version=3, body="Edited")], [answers(2, 1)]), ([row(1, deleted=GONE)], [answers(2, 1)])],
)
def test_a_line_is_drawn_anew_where_its_quote_changed(stage, quoted, rows):
    """Words that were changed or taken back, and that stay above their answer, which did not change itself."""
    texts = {lay_out(stage, rows, quoted=each)[-1]["signature"] for each in (quoted, [row(1, body="Other words")])}
    assert len(texts) == 2


@pytest.mark.parametrize(("author", "returns", "undo"), [(ME, "id-1", True), (ME, None, False), ("bob", "id-1", False)])
def test_only_one_s_own_is_brought_back(stage, author, returns, undo):
    """A button that undoes somebody else's removal."""
    entry = lay_out(stage, [row(1, author, deleted=GONE)], returns=returns)[-1]
    assert (entry["undo"], entry["words"]) == (undo, "Message removed by its author")
