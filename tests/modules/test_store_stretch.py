"""The stretch of rows that a store holds: without a hole, bounded, moving with the reader, and never older than what was told live."""

import pytest

from tests.modules.rows import ME, changes, handed, history, row, rows
from tests.modules.talk import Talk

BELOW = history(rows(41, 50), more=True)
OLD = history(rows(1, 20), more=False)  # what stands around place 10
AT_51 = "/history/?before=51"
AROUND_10 = "/history/?around=10&limit=100"
NEWEST = "/history/?"


def held(first, last):
    return {"seqs": list(range(first, last + 1)), "first": first, "last": last}


@pytest.fixture
def talk(stage):
    """The newest ten of sixty messages."""
    return Talk(stage, handed(rows(51, 60), more=True))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("older",), ("answer", BELOW)], {**held(41, 60), "more": True, "asked": [AT_51], "calls": ["done"]}),
        ([("older",), ("answer", BELOW | {"more": False})], {**held(41, 60), "more": False}),
        ([("older",), ("older",), ("answer", BELOW)], {**held(41, 60), "asked": [AT_51], "calls": ["done", "done"]}),
        ([("older",), ("answer", BELOW | {"more": False}), ("older",)], {"asked": [AT_51], "calls": ["done", "done"]}),
        ([("older",), ("answer", {}, 500)], {**held(51, 60), "more": True, "calls": ["history answered 500"]}),
        ([("older",), ("answer", None)], {**held(51, 60), "calls": ["Failed to fetch"]}),
        ([("older",), ("answer", {}, 500), ("older",), ("answer", BELOW)], {**held(41, 60), "asked": [AT_51, AT_51]}),
        ([("older",), ("answer", {}, 401)], {"told": [["gone", "signed_out"]], "calls": ["history answered 401"]}),
        ([("newer",)], {"asked": [], "calls": ["done"]}),
        ([("go", 55)], {**held(51, 60), "asked": [], "calls": ["done"]}),
        ([("go", 10), ("answer", OLD)], {**held(1, 20), "more": False, "attached": False, "asked": [AROUND_10]}),
        ([("go", 10)], {**held(51, 60), "attached": True, "calls": ["waits"]}),
        ([("go", 45), ("answer", history(rows(30, 60), more=True))], {**held(30, 60), "more": True, "attached": True}),
        ([("go", 10), ("answer", {}, 500)], {**held(51, 60), "attached": True, "calls": ["history answered 500"]}),
        ([("newest",)], {**held(51, 60), "asked": [], "calls": ["done"]}),
        ([("go", 10), ("newest",), ("answer", OLD)], {**held(51, 60), "attached": True}),
        ([("go", 10), ("answer", OLD), ("newest",), ("answer", history(rows(51, 60), more=True))], {**held(51, 60), "attached": True}),
        ([("older",), ("go", 10), ("answer", BELOW), ("answer", OLD)], {**held(1, 20), "attached": False}),
        ([("go", 10), ("go", 30), ("answer", OLD), ("answer", history(rows(25, 35), more=True))], {**held(25, 35), "more": True}),
        ([("at", [5, 7]), ("answer", history([row(5), row(7)]))], {**held(51, 60), "found": [5, 7], "asked": ["/history/?at=5%2C7"]}),
        ([("at", [5]), ("answer", {}, 503)], {**held(51, 60), "calls": ["history answered 503"]}),
    ],
)
def test_the_stretch_moves_without_a_hole(talk, steps, expected):
    """Rows of two places side by side as if they followed each other, a page asked for twice, or an end that cannot be reached again."""
    talk.proves(steps, expected)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("newer",)], {**held(1, 20), "asked": [AROUND_10, "/history/?after=20"]}),
        ([("newer",), ("answer", history(rows(21, 40), more=True))], {**held(1, 40), "attached": False}),
        ([("newer",), ("answer", history(rows(21, 60), more=False))], {**held(1, 60), "attached": True}),
        ([("take", changes(60, row(61)))], {**held(1, 20), "seq": 61, "unread": 1, "cursor": 61}),
        ([("take", changes(60, row(15, version=61, body="Edited")))], {**held(1, 20), "cursor": 61}),
        ([("take", changes(60, row(30, version=61)))], held(1, 20)),
        ([("newer",), ("take", changes(60, row(61))), ("answer", history(rows(21, 60)))], {**held(1, 61), "attached": True}),
        ([("newer",), ("take", changes(60, row(61))), ("answer", history(rows(21, 30), more=True))], {**held(1, 30), "attached": False}),
        ([("take", changes(60, row(61, ME)))], {**held(1, 20), "read": 61}),
    ],
)
def test_what_comes_outside_the_stretch_is_counted_and_not_held(talk, steps, expected):
    """A new message drawn under old ones as if it followed them, or one that nobody hears of."""
    talk.proves([("go", 10), ("answer", OLD), *steps], expected)


@pytest.mark.parametrize(
    "asks",
    [
        [("older",), ("answer", history(rows(41, 50)))],
        [("go", 45), ("answer", history(rows(41, 60)))],
    ],
)
def test_a_page_that_was_on_its_way_brings_back_nothing_old(talk, asks):
    """An edit or a removal that comes while an older page loads, and that the page undoes on the screen."""
    ask, answer = asks
    edit = changes(60, row(45, version=61, body="Edited"), row(46, version=62, deleted="2026-11-25T11:30:00Z"))
    known = talk.after(ask, ("take", edit), answer)
    assert known["seqs"] == list(range(41, 61))
    assert known["bodies"][4:6] == ["Edited", None]


def test_a_page_that_is_newer_than_what_is_here_is_believed(talk):
    """Rows that stay as they were, though the page that was just loaded knows them better."""
    known = talk.after(("go", 45), ("answer", history([*rows(41, 54), row(55, version=70, body="Edited"), *rows(56, 60)])))
    assert known["bodies"][14] == "Edited"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (350, {**held(51, 350), "more": True, "attached": True}),
        (1, {**held(1, 300), "more": False, "attached": False}),
        (170, {**held(1, 300), "attached": False}),
        (180, {**held(51, 350), "attached": True}),
    ],
)
def test_no_more_is_held_than_can_be_drawn(stage, at, expected):
    """Rows that pile up until the page crawls; and those that go are where one reads."""
    Talk(stage, handed(rows(1, 350))).proves([("trim", at)], expected)


def test_three_hundred_rows_are_not_too_many(stage):
    """Rows thrown away and loaded again with every drawing."""
    Talk(stage, handed(rows(1, 300))).proves([("trim", 1)], {**held(1, 300), "attached": True})


@pytest.mark.parametrize(
    ("ask", "at", "page", "expected"),
    [
        ("older", 450, history(rows(91, 100), more=True), held(151, 450)),
        ("older", 101, history(rows(91, 100), more=True), held(91, 400)),
    ],
)
def test_a_page_that_does_not_fit_any_more_is_dropped(stage, ask, at, page, expected):
    """The end to which it belongs was let go while it came: it would stand beside a hole."""
    talk = Talk(stage, handed(rows(101, 450), more=True))
    talk.proves([(ask,), ("trim", at), ("answer", page)], expected)


def test_a_newer_page_that_does_not_fit_any_more_is_dropped(stage):
    """The same at the other end."""
    talk = Talk(stage, handed(rows(401, 410), more=True))
    talk.after(("go", 10), ("answer", history(rows(1, 310))))
    talk.proves([("newer",), ("trim", 1), ("answer", history(rows(311, 320), more=True))], held(1, 300))


@pytest.mark.parametrize(
    ("here", "seq", "expected"),
    [
        ([], 0, {"seqs": [], "first": 1, "last": 0}),
        ([], 7, {"seqs": [], "first": 8, "last": 7}),
    ],
)
def test_an_empty_stretch_ends_where_the_channel_ends(stage, here, seq, expected):
    """The first message that a newcomer hears is not shown, as if it stood outside."""
    talk = Talk(stage, handed(here, seq=seq, version=seq, read=seq))
    talk.proves([], expected)
    talk.proves([("take", changes(seq, row(seq + 1)))], {"seqs": [seq + 1]})


def test_who_takes_part_is_not_told_by_an_older_page(talk):
    """Somebody who left while a page of history was on its way, and is one of the group again."""
    gone = changes(60, row(61, kind="notice", body="left"))
    talk.proves([("older",), ("take", gone), ("answer", BELOW | {"version": 60})], {"members": [ME]})


def test_who_takes_part_is_told_by_a_page(talk):
    """Names that stay those of the first page after an absence in which the changes were not told one by one."""
    page = BELOW | {"version": 60, "members": [ME, "cy"], "people": [{"id": "cy", "name": "Cyril", "role": "facilitator"}]}
    known = talk.after(("older",), ("answer", page))
    assert (known["members"], known["leads"], known["names"]["cy"]) == (["cy", ME], ["cy"], "Cyril")


RESET = {"type": "reset", "channel": "c", "version": 500}
FRESH = history(rows(251, 300), more=True, version=500)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("take", RESET)], {**held(51, 60), "cursor": 500, "kinds": ["forgotten"], "asked": [NEWEST], "attached": False}),
        ([("take", RESET), ("answer", FRESH)], {**held(251, 300), "attached": True, "kinds": ["forgotten", "quoted", "returned"]}),
        (
            [("reads", 55), ("take", RESET), ("answer", history(rows(30, 80)))],
            {**held(30, 80), "asked": ["/history/?around=55&limit=100"]},
        ),
        ([("take", RESET), ("answer", history(rows(51, 60, version=2, body="Restored")))], {"bodies": ["Restored"] * 10}),
        ([("take", RESET), ("take", changes(500, row(301, version=501))), ("answer", FRESH)], held(251, 301)),
        ([("take", RESET), ("take", changes(500, row(61, version=501)))], held(51, 60)),
        ([("take", RESET), ("answer", history(rows(51, 60))), ("take", changes(500, row(61, version=501)))], held(51, 61)),
        ([("take", RESET), ("take", changes(60, row(61)))], {"cursor": 500}),
    ],
)
def test_after_a_reset_all_is_loaded_afresh(talk, steps, expected):
    """After a long absence, or a backup put back: a hole between the rows of before and the newest, or rows that stay as they were."""
    talk.proves(steps, expected)


@pytest.mark.parametrize(("reading", "kept"), [(55, True), (None, False)])
def test_after_a_reset_is_told_whether_the_place_was_kept(talk, reading, kept):
    """A reader thrown to the newest page, or one who followed the talk left in the middle of it."""
    known = talk.after(("reads", reading), ("take", RESET), ("answer", history(rows(51, 60))))
    assert ["returned", kept] in known["told"]


def test_a_reset_that_could_not_be_loaded_is_tried_again_ever_later(talk):
    """A page that stays with rows of an hour ago because the network failed once, or that asks without a pause."""
    talk.after(("take", RESET), ("answer", {}, 503))
    for pause in (1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000):
        talk.stage.wait(pause - 1)
        before = len(talk.after()["asked"])
        talk.stage.wait(1)
        assert len(talk.after()["asked"]) == before + 1, pause
        talk.after(("answer", None))
    talk.stage.wait(30_000)
    talk.proves([("answer", FRESH)], held(251, 300))


def test_who_goes_elsewhere_meanwhile_is_not_called_back(talk):
    """A page that jumps to the newest half a minute after one has gone to another place."""
    talk.after(("take", RESET), ("answer", {}, 503), ("go", 10), ("answer", OLD))
    talk.stage.wait(60_000)
    talk.proves([], {**held(1, 20), "asked": [NEWEST, AROUND_10]})
