"""How much is unread, here and in other channels, and how far was read: counted on from frames, as the server would count."""

import pytest

from tests.modules.rows import ME, changes, channel, handed, notice, row, rows
from tests.modules.talk import Talk

GONE = {"deleted": "2026-11-25T11:30:00Z"}
HIDDEN = {"hidden": True}


def told(*messages, after=5):
    """News of the other channel, of which places 4 and 5 are unread and all up to 5 is known."""
    return changes(after, *messages, channel="d")


@pytest.mark.parametrize(
    ("frames", "unread", "read"),
    [
        ([told(row(6))], 3, 3),
        ([told(row(6)), told(row(6))], 3, 3),
        ([told(row(5), row(6), after=4)], 3, 3),
        ([told(row(6), row(7, "cy"))], 4, 3),
        ([told(row(6, ME))], 2, 3),
        ([told(notice(6, "joined"))], 2, 3),
        ([told(row(6, "dora"))], 2, 3),
        ([told(row(6, None))], 3, 3),
        ([told(row(6, **GONE))], 2, 3),
        ([told(row(6, **HIDDEN))], 2, 3),
        ([told(row(4, version=6, body="Edited"))], 2, 3),
        ([told(row(4, version=6, **GONE))], 1, 3),
        ([told(row(4, version=6, **HIDDEN))], 1, 3),
        ([told(row(4, version=6, **GONE)), told(row(4, version=6, **GONE))], 1, 3),
        ([told(row(4, version=6, **GONE)), told(row(4, version=7, **GONE, **HIDDEN), after=6)], 1, 3),
        ([told(row(4, version=6, **GONE, **HIDDEN))], 2, 3),  # it was not counted before: what is both was one before
        ([told(row(4, version=6, **GONE)), told(row(4, version=7), after=6)], 2, 3),
        ([told(row(4, version=6, **HIDDEN)), told(row(4, version=7), after=6)], 2, 3),
        ([told(row(4, version=6, **GONE)), told(row(4, version=7), after=6), told(row(4, version=8, body="Edited"), after=7)], 2, 3),
        ([told(row(4, version=6, **GONE)), told(row(4, version=7), after=6), told(row(4, version=8, **GONE), after=7)], 1, 3),
        ([told(row(2, version=6, **GONE))], 2, 3),
        ([told(row(4, ME, version=6, **GONE))], 2, 3),
        ([told(row(4, "dora", version=6, **GONE))], 2, 3),
        ([told(row(4, version=6, **GONE), row(5, version=7, **GONE), row(6, version=8, **GONE))], 0, 3),
        ([told(row(7), after=6)], 2, 3),
        ([told(row(9), after=8), told(row(6))], 3, 3),
        ([{"type": "read", "channel": "d", "seq": 5, "unread": 0, "version": 5}, told(row(6, ME))], 0, 6),
        ([{"type": "read", "channel": "d", "seq": 5, "unread": 0, "version": 5}, told(row(6), row(7, ME))], 1, 5),
        ([{"type": "read", "channel": "d", "seq": 6, "unread": 0, "version": 6}, told(row(6))], 0, 6),
        ([{"type": "read", "channel": "d", "seq": 4, "unread": 1, "version": 6}, told(row(6)), told(row(7), after=6)], 2, 4),
        ([told(*rows(6, 130))], 100, 3),
    ],
)
def test_another_channel_counts_what_the_server_would_count(stage, frames, unread, read):
    """A number beside a group that counts oneself, notices, blocked people or what is gone; that counts twice, or never falls."""
    known = Talk(stage, handed(blocked=["dora"])).after(*(("take", frame) for frame in frames))
    other = known["channels"]["d"]
    assert (other["unread"], other["read"]) == (unread, read)


ASKS = {"type": "read", "channel": "d", "seq": 0}


@pytest.mark.parametrize(
    ("wait", "frame", "asks"),
    [
        (0, told(row(4, version=6)), True),  # taken back before the page was made, and brought back
        (31_000, told(row(4, version=6)), False),  # edited: what was taken back before the page cannot come back any more
        (31_000, told(row(4, version=6, **GONE, **HIDDEN)), True),  # one of the two may have come before the count
        (0, told(row(4, version=6, **GONE)), False),
        (0, told(row(2, version=6)), False),
        (0, told(row(6)), False),
    ],
)
def test_what_a_change_does_not_tell_is_asked(stage, wait, frame, asks):
    """A number beside a group that is one too high or too low until the next greeting: a message brought back, or gone twice."""
    talk = Talk(stage, handed() | {"kept": 30})
    stage.wait(wait)
    known = talk.after(("take", frame))
    assert known["sent"] == ([ASKS] if asks else [])
    answer = {"type": "read", "channel": "d", "seq": 3, "unread": 7, "version": 6}
    assert talk.after(("take", answer))["channels"]["d"]["unread"] == 7


def test_what_was_gone_when_it_was_first_told_counts_when_it_is_brought_back(stage):
    """A message sent and taken back within one frame, which its author brings back and nobody is told of."""
    talk = Talk(stage, handed())
    assert talk.after(("take", told(row(6, **GONE))))["channels"]["d"]["unread"] == 2
    assert talk.after(("take", told(row(6, version=7), after=6)))["channels"]["d"]["unread"] == 3


def test_a_gap_in_another_channel_asks_for_all_anew(stage):
    """A number beside another group that stays wrong for ever after one lost frame."""
    known = Talk(stage, handed()).after(("take", told(row(7), after=6)))
    assert known["kinds"] == ["stale"]
    assert known["channels"]["d"]["version"] == 5


HERE = {"read": 1, "unread": 2}  # places 2 and 3 are unread
FAR = {"read": 10, "unread": 90, "more": True}  # of 100, 51 and later are here: what is unread is not all here
FULL = {"read": 10, "unread": 100, "more": True}


@pytest.mark.parametrize(
    ("page", "steps", "expected"),
    [
        (HERE, [("take", changes(3, row(4)))], {"unread": 3}),
        (HERE, [("take", changes(3, row(4, ME)))], {"unread": 2, "read": 1}),
        (HERE, [("take", changes(3, row(2, version=4, **GONE)))], {"unread": 1}),
        (HERE, [("take", changes(3, row(2, version=4, **GONE))), ("take", changes(4, row(2, version=5)))], {"unread": 2}),
        (HERE, [("take", changes(3, row(2, version=4, **GONE, **HIDDEN)))], {"unread": 1}),
        (HERE, [("read", 2)], {"unread": 1, "read": 2}),
        (HERE, [("read", 3)], {"unread": 0, "read": 3}),
        (HERE, [("read", 3), ("read", 2)], {"unread": 0, "read": 3}),
        (HERE, [("read", 0, True)], {"unread": 3, "read": 0}),
        (HERE, [("read", 3), ("read", 1, True)], {"unread": 2, "read": 1}),
        ({}, [("take", changes(3, row(4, ME)))], {"unread": 0, "read": 4}),
        ({}, [("take", changes(3, row(4, ME), row(5, ME)))], {"unread": 0, "read": 5}),
        ({}, [("take", changes(3, row(4), row(5, ME)))], {"unread": 1, "read": 3}),
        ({}, [("take", {"type": "read", "channel": "c", "seq": 1, "unread": 9, "version": 3})], {"unread": 2, "read": 1}),
        (FAR, [("take", changes(100, row(101)))], {"unread": 91}),
        (FAR, [("take", changes(100, *rows(101, 120)))], {"unread": 100}),
        (FAR, [("take", changes(100, row(60, version=101, **GONE)))], {"unread": 89}),
        (FAR, [("take", changes(100, row(20, version=101, **GONE)))], {"unread": 89}),
        (FAR, [("take", changes(100, row(5, version=101, **GONE)))], {"unread": 90}),
        (FAR, [("read", 60)], {"unread": 40, "read": 60}),
        (FAR, [("read", 100)], {"unread": 0, "read": 100}),
        (FULL, [("read", 20)], {"unread": 100, "read": 20}),
        (FULL, [("read", 55)], {"unread": 45, "read": 55}),
        (FULL, [("take", {"type": "read", "channel": "c", "seq": 30, "unread": 70, "version": 100})], {"unread": 70, "read": 30}),
    ],
)
def test_here_the_count_follows_the_rows_and_the_mark(stage, page, steps, expected):
    """A count that stays when one has read, forgets what is not loaded, guesses where nobody knows, or falls below what is there."""
    shown = rows(51, 100) if page.get("more") else rows(1, 3)
    Talk(stage, handed(shown, **page)).proves(steps, expected)


@pytest.mark.parametrize(
    ("mine", "count"),
    [
        ({}, 1),
        ({"author": ME}, 0),
        ({"author": "dora"}, 0),
        ({"author": None}, 1),
        ({"kind": "notice", "body": "joined"}, 0),
        (GONE, 0),
        (HIDDEN, 0),
    ],
)
def test_unread_is_what_another_wrote_and_stands(stage, mine, count):
    """A page that calls something new that the server does not count, so that the two never agree."""
    other = row(2) | mine
    page = handed([row(1), other], blocked=["dora"], read=1, unread=0)
    assert Talk(stage, page).after(("take", changes(2, upto=3)))["unread"] == count


READ = {"type": "read", "channel": "c"}


def ready(**more):
    return {"type": "ready", "me": {"id": ME}, "people": [], "channels": [channel(facilitators=[], **more)]}


@pytest.mark.parametrize(
    ("steps", "sent"),
    [
        ([("read", 2)], [READ | {"seq": 2}]),
        ([("read", 2), ("read", 2), ("read", 1)], [READ | {"seq": 2}]),
        ([("read", 0, True)], [READ | {"seq": 0, "back": True}]),
        ([("line", False), ("read", 3), ("line", True)], []),
        ([("line", False), ("read", 3), ("line", True), ("take", ready(read=1, unread=2))], [READ | {"seq": 3}]),
        ([("line", False), ("read", 2), ("read", 3), ("line", True), ("take", ready(read=1, unread=2))], [READ | {"seq": 3}]),
        ([("line", False), ("read", 3), ("line", True), ("take", ready(read=3)), ("take", ready(read=3))], []),
        ([("line", False), ("read", 3), ("line", True), ("take", ready(read=1)), ("take", ready(read=1))], [READ | {"seq": 3}]),
        ([("line", False), ("read", 0, True), ("line", True), ("take", ready(read=1, unread=2))], [READ | {"seq": 0, "back": True}]),
        (
            [("line", False), ("read", 0, True), ("read", 2), ("line", True), ("take", ready(read=1, unread=2))],
            [READ | {"seq": 2, "back": True}],
        ),
        ([("line", False), ("read", 2), ("line", True), ("read", 3), ("take", ready(read=3))], [READ | {"seq": 3}]),
    ],
)
def test_the_mark_reaches_the_server_once_there_is_a_line(stage, steps, sent):
    """What was read without a line is unread again after it, or "unread from here" is forgotten; a mark that is told over and over."""
    Talk(stage, handed(**HERE)).proves(steps, {"sent": sent})


@pytest.mark.parametrize(
    ("seq", "told"),
    [(2, []), (1, []), (0, [["unread", 1]])],
)
def test_a_mark_set_back_on_another_device_is_told(stage, seq, told):
    """A line that stays away though its member marked it unread elsewhere, or one that comes because they read on there."""
    frame = {"type": "read", "channel": "c", "seq": seq, "unread": 1, "version": 3}
    Talk(stage, handed(**HERE)).proves([("take", frame)], {"told": told, "read": seq})


def test_a_mark_of_another_channel_says_nothing_about_this_one(stage):
    """A line drawn in the open talk because another group was marked unread."""
    frame = {"type": "read", "channel": "d", "seq": 1, "unread": 4, "version": 5}
    known = Talk(stage, handed()).after(("take", frame))
    assert (known["told"], known["read"], known["channels"]["d"]["unread"]) == ([], 3, 4)
