"""What a store makes of frames: each row once, in its place and as new as it is known, and no gap that is not seen."""

import pytest

from tests.modules.rows import ME, changes, channel, handed, notice, row
from tests.modules.talk import Talk

NEW = changes(3, row(4))
EDIT = changes(3, row(1, version=4, body="Edited"))
GAP = changes(5, row(6))
SYNC = {"type": "sync", "channel": "c", "after": 3}


def ack(message):
    return {"type": "ack", "client_id": message["client_id"], "channel": message["channel"], "message": message}


def error(code, **more):
    return {"type": "error", "code": code, "detail": "No.", **more}


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([NEW], {"seqs": [1, 2, 3, 4], "cursor": 4, "last": 4}),
        ([NEW, NEW], {"seqs": [1, 2, 3, 4], "cursor": 4, "unread": 1}),
        ([NEW, changes(2, row(3), row(4), row(5))], {"seqs": [1, 2, 3, 4, 5], "cursor": 5, "unread": 2}),
        ([NEW, changes(0, row(1, body="Old"), upto=3)], {"bodies": ["Words 1", "Words 2", "Words 3", "Words 4"], "cursor": 4}),
        ([EDIT], {"seqs": [1, 2, 3], "bodies": ["Edited", "Words 2", "Words 3"], "cursor": 4}),
        ([EDIT, ack(row(1, ME))], {"bodies": ["Edited", "Words 2", "Words 3"]}),
        ([ack(row(1, ME, version=4, body="Mine")), EDIT], {"bodies": ["Mine", "Words 2", "Words 3"], "cursor": 4}),
        ([changes(3, upto=7)], {"seqs": [1, 2, 3], "cursor": 7}),
        ([ack(row(5, ME, version=9))], {"seqs": [1, 2, 3, 5], "cursor": 3}),
        ([ack(row(5, ME)), changes(3, row(4), row(5, ME))], {"seqs": [1, 2, 3, 4, 5], "cursor": 5}),
        ([changes(3, row(5, version=4), row(4, version=5))], {"seqs": [1, 2, 3, 4, 5]}),
        ([changes(3, row(2, version=4, deleted="2026-11-25T11:30:00Z"))], {"bodies": ["Words 1", None, "Words 3"]}),
        (
            [changes(3, row(2, version=4, hidden=True)), changes(4, row(2, version=5))],
            {"bodies": ["Words 1", "Words 2", "Words 3"], "versions": [1, 5, 3]},
        ),
        ([ack(row(9, ME, channel="d"))], {"seqs": [1, 2, 3], "kinds": ["stored"]}),
        ([changes(0, row(1), channel="nobody's")], {"seqs": [1, 2, 3], "cursor": 3, "kinds": []}),
        ([{"type": "weather", "is": "fine"}], {"seqs": [1, 2, 3], "cursor": 3, "kinds": []}),
    ],
)
def test_rows_stand_once_in_order_and_as_new_as_they_are_known(stage, frames, expected):
    """A message shown twice, at another place, or as it was before an edit; an `ack` that makes one deaf for what others wrote before."""
    Talk(stage, handed()).proves([("take", frame) for frame in frames], expected)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("take", GAP)], {"seqs": [1, 2, 3], "cursor": 3, "sent": [SYNC]}),
        ([("take", GAP), ("take", changes(6, row(7)))], {"sent": [SYNC]}),
        ([("take", GAP), ("take", changes(3, row(4), row(5), row(6)))], {"seqs": [1, 2, 3, 4, 5, 6], "cursor": 6, "sent": [SYNC]}),
        ([("take", GAP), ("take", {"type": "synced", "channel": "c", "version": 3}), ("take", GAP)], {"sent": [SYNC, SYNC]}),
        ([("line", False), ("take", GAP), ("line", True), ("take", GAP)], {"sent": [SYNC]}),
        ([("take", GAP), ("hello",), ("take", GAP)], {"sent": [SYNC, {"type": "hello", "v": 1, "cursors": {"c": 3}}, SYNC]}),
        ([("take", NEW), ("hello",)], {"sent": [{"type": "hello", "v": 1, "cursors": {"c": 4}}]}),
    ],
)
def test_a_gap_is_asked_for_once_and_moves_no_cursor(stage, steps, expected):
    """A hole between two rows that nobody notices, a flood of questions about it, or one that is never asked again."""
    Talk(stage, handed()).proves(steps, expected)


@pytest.mark.parametrize(
    ("refusal", "wait", "sent"),
    [
        (error("try_again"), 999, 1),
        (error("try_again"), 1_000, 2),
        (error("rate_limited", retry_after=2.5), 2_499, 1),
        (error("rate_limited", retry_after=2.5), 2_500, 2),
        (error("not_found"), 5_000, 1),
        (error("try_again", client_id="client-9"), 5_000, 1),
        (error("try_again", ref="r1"), 5_000, 1),
    ],
)
def test_a_gap_that_was_refused_is_asked_for_again_in_time(stage, refusal, wait, sent):
    """A page that stays deaf because one `sync` was refused, or that asks at once; one that takes the answer to something else for it."""
    talk = Talk(stage, handed())
    talk.after(("take", GAP), ("take", refusal))
    stage.wait(wait)
    known = talk.after()
    assert known["sent"] == [SYNC] * sent
    assert known["told"] == [["refused", refusal]]


def test_after_a_final_refusal_the_next_gap_asks_again(stage):
    """One refused question after which no gap is ever seen."""
    talk = Talk(stage, handed())
    talk.after(("take", GAP), ("take", error("not_found")))
    stage.wait(1_000)
    assert talk.after(("take", GAP))["sent"] == [SYNC, SYNC]


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        ([NEW], [([4], False)]),
        ([NEW, NEW], [([4], False)]),
        ([EDIT], []),
        ([changes(3, row(4, ME))], []),
        ([changes(3, row(4, ME), row(5), row(6, "cy"))], [([5, 6], False)]),
        ([changes(3, notice(4, "joined", "cy"))], [([4], False)]),
        ([NEW, changes(4, row(4, version=5, body="Edited"))], [([4], False)]),
        ([{"type": "ready", "me": {"id": ME}, "people": [], "channels": [channel(seq=5, version=5, facilitators=[])]}, NEW], [([4], True)]),
        (
            [
                {"type": "ready", "me": {"id": ME}, "people": [], "channels": [channel(seq=4, version=4, facilitators=[])]},
                NEW,
                changes(4, row(5)),
            ],
            [([4], True), ([5], False)],
        ),
    ],
)
def test_what_others_wrote_is_told_once_and_whether_it_was_missed(stage, frames, told):
    """A message announced twice, one's own or an edit announced, and what came after an absence taken for live."""
    known = Talk(stage, handed()).after(*(("take", frame) for frame in frames))
    arrived = [([each["seq"] for each in detail["rows"]], detail["missed"]) for kind, detail in known["told"] if kind == "arrived"]
    assert arrived == told


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        ([ack(row(4, ME))], [(4, False)]),
        ([changes(3, row(4, ME))], [(4, True)]),
        ([ack(row(4, ME)), changes(3, row(4, ME))], [(4, False), (4, False)]),
        ([changes(3, row(4, ME)), ack(row(4, ME))], [(4, True), (4, False)]),
        ([changes(3, row(1, ME, version=4, body="Edited"))], [(1, False)]),
        ([NEW, changes(4, notice(5, "joined", ME))], []),
        ([changes(5, row(6, ME, channel="d"), channel="d")], [(6, False)]),
    ],
)
def test_what_is_stored_of_ours_is_told_and_whether_it_is_new_here(stage, frames, told):
    """A message that waits for ever though it stands, and a box emptied of what another page of ours did not send."""
    known = Talk(stage, handed()).after(*(("take", frame) for frame in frames))
    assert [(detail["row"]["seq"], detail["isNew"]) for kind, detail in known["told"] if kind == "stored"] == told


@pytest.mark.parametrize(
    ("frames", "members", "leads"),
    [
        ([changes(3, notice(4, "joined", "cy"))], ["bob", "cy", ME], []),
        ([changes(3, notice(4, "left"))], [ME], []),
        ([changes(3, notice(4, "removed"))], [ME], []),
        ([changes(3, notice(4, "appointed"))], ["bob", ME], ["bob"]),
        ([changes(3, notice(4, "appointed"), notice(5, "stepped_down"))], ["bob", ME], []),
        ([changes(3, notice(4, "appointed"), notice(5, "left"))], [ME], []),
        ([changes(3, notice(4, "agreement"))], ["bob", ME], []),
        ([changes(3, row(4, "cy", body="joined"))], ["bob", ME], []),
        ([{"type": "ready", "me": {"id": ME}, "people": [], "channels": [channel(facilitators=["bob"])]}], ["bob", ME], ["bob"]),
    ],
)
def test_notices_say_who_takes_part(stage, frames, members, leads):
    """Somebody counted among the readers who has left, or not counted who reads along; a word that somebody wrote taken for a notice."""
    Talk(stage, handed()).proves([("take", frame) for frame in frames], {"members": members, "leads": leads})


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ({"type": "person", "id": "bob", "name": "Robert"}, {"names": {ME: "Alice", "bob": "Robert", "cy": "Cy", "dora": "Dora"}}),
        ({"type": "typing", "channel": "c", "member": "bob"}, {"told": [["typing", "bob"]]}),
        ({"type": "typing", "channel": "d", "member": "bob"}, {"told": []}),
        ({"type": "left", "channel": "c", "reason": "removed"}, {"told": [["gone", "removed"]]}),
        ({"type": "left", "channel": "d", "reason": "left"}, {"told": [], "channels": {"c": channel()}}),
        ({"type": "reset", "channel": "d", "version": 9}, {"told": [["stale", None]], "asked": []}),
        ({"type": "ready", "me": {"id": ME}, "people": [], "channels": [channel("d", facilitators=[])]}, {"told": [["gone", "ended"]]}),
        ({"type": "ready", "me": {"id": "bob"}, "people": [], "channels": [channel(facilitators=[])]}, {"told": [["gone", "signed_out"]]}),
    ],
)
def test_other_frames_change_what_they_name(stage, frame, expected):
    """An old name, typing of another group shown here, a talk that stays open to who was removed, or one closed for another's sake."""
    Talk(stage, handed()).proves([("take", frame)], expected)


def test_ready_keeps_what_only_the_page_knows(stage):
    """A mark for a draft that is gone with the first broken line."""
    frame = {
        "type": "ready",
        "me": {"id": ME},
        "people": [],
        "channels": [channel(facilitators=[]), channel("d", unread=7, facilitators=[])],
    }
    known = Talk(stage, handed()).after(("take", frame))
    assert (known["channels"]["d"]["draft"], known["channels"]["d"]["unread"]) == (True, 7)


def test_a_new_channel_comes_with_its_people(stage):
    """A group that one has joined on another device, without a name or its people."""
    frame = {"type": "joined", "channel": channel("e", facilitators=[]), "people": [{"id": "eve", "name": "Eve"}]}
    known = Talk(stage, handed()).after(("take", frame))
    assert (known["channels"]["e"]["name"], known["names"]["eve"]) == ("Group e", "Eve")
