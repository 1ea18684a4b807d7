"""What is there for a moment: who is typing, what is read aloud, the offer to take back, and the time to bring back."""

import pytest

from tests.modules.rows import ME, handover, row

_ANNOUNCER = """
    const { Announcer } = await load("chat/js/view/announcer.js");
    const { Words } = await load("chat/js/model/words.js");
    stage.region = document.getElementById("region");
    stage.announcer = new Announcer(stage.region, { words: new Words(given.page), aloud: given.aloud });
"""


def heard(text, name="Bob", mentions_me=False):
    return {"name": name, "text": text, "mentionsMe": mentions_me}


class Aloud:
    def __init__(self, stage, aloud="all"):
        self.stage = stage
        stage.run(_ANNOUNCER, {"page": handover(), "aloud": aloud})

    def hear(self, *messages):
        return self.stage.run("stage.announcer.hear(given); return stage.region.textContent", list(messages))


NAMES_ME = heard("Hi @Alice", mentions_me=True)
JOINED = {"text": "Cy joined the group"}


@pytest.mark.parametrize(
    ("aloud", "messages", "said"),
    [
        ("all", [heard("Hi")], "Bob: Hi"),
        ("all", [heard("Hi"), heard("You")], "2 new messages"),
        ("all", [JOINED], "Cy joined the group"),
        ("all", [NAMES_ME], "Bob mentioned you: Hi @Alice"),
        ("all", [NAMES_ME, NAMES_ME], "2 new messages mention you"),
        ("all", [heard("Hi"), NAMES_ME], "1 new message. Bob mentioned you: Hi @Alice"),
        ("all", [heard("Hi"), heard("You"), NAMES_ME, NAMES_ME], "2 new messages. 2 new messages mention you"),
        ("all", [heard("a" * 200)], "Bob: " + "a" * 120),
        ("all", [heard("🌱" * 121)], "Bob: " + "🌱" * 120),
        ("all", [heard("{name}", name="{text}")], "{text}: {name}"),
        ("mentions", [heard("Hi"), JOINED], ""),
        ("mentions", [heard("Hi"), NAMES_ME], "Bob mentioned you: Hi @Alice"),
        ("none", [heard("Hi"), NAMES_ME], ""),
        ("all", [], ""),
    ],
)
def test_what_others_write_is_read_aloud_as_its_reader_chose(stage, aloud, messages, said):
    """A mention drowned in a number, a wall of text read out, or a voice for somebody who chose silence."""
    assert Aloud(stage, aloud).hear(*messages) == said


def test_it_speaks_every_three_seconds_at_most_and_then_is_still(stage):
    """A screen reader that is interrupted with each message of a lively talk, one that is lost between two, or words that stay behind."""
    aloud = Aloud(stage)
    assert aloud.hear(heard("One")) == "Bob: One"
    assert aloud.hear(heard("Two")) == "Bob: One"
    assert aloud.hear(heard("Three")) == "Bob: One"
    stage.wait(2_999)
    assert aloud.hear() == "Bob: One"
    stage.wait(1)
    assert aloud.hear() == "2 new messages"
    stage.wait(3_000)
    assert aloud.hear() == ""
    assert aloud.hear(heard("Four")) == "Bob: Four"


_TYPING = """
    const { Typing } = await load("chat/js/view/typing.js");
    const { Words } = await load("chat/js/model/words.js");
    const names = { bob: "Bob", cy: "Cy", eve: "Eve" };
    const store = { me: "me", blocked: new Set(["dora"]), name: (id) => names[id] };
    stage.region = document.getElementById("region");
    stage.typing = new Typing(stage.region, { store, words: new Words(given) });
"""


class Writing:
    def __init__(self, stage):
        self.stage = stage
        stage.run(_TYPING, handover())

    def after(self, *steps):
        code = "for (const [what, who] of given) stage.typing[what](who); return stage.region.textContent"
        return self.stage.run(code, [list(step) for step in steps])


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([("saw", "bob")], "Bob is typing…"),
        ([("saw", "bob"), ("saw", "bob")], "Bob is typing…"),
        ([("saw", "bob"), ("saw", "cy")], "Bob and Cy are typing…"),
        ([("saw", "bob"), ("saw", "cy"), ("saw", "eve")], "Several people are typing…"),
        ([("saw", "bob"), ("saw", "cy"), ("stop", "bob")], "Cy is typing…"),
        ([("saw", "bob"), ("stop", "bob")], ""),
        ([("stop", "bob")], ""),
        ([("saw", ME)], ""),
        ([("saw", "dora")], ""),
        ([("saw", "gone")], "A former member is typing…"),
    ],
)
def test_who_is_typing_is_said(stage, steps, said):
    """Oneself or somebody blocked among those who type, a person named twice, or one who has long sent it."""
    assert Writing(stage).after(*steps) == said


def test_nobody_types_for_longer_than_they_do(stage):
    """A notice that stays, or one that goes while somebody types on."""
    writing = Writing(stage)
    writing.after(("saw", "bob"))
    stage.wait(3_000)
    writing.after(("saw", "bob"), ("saw", "cy"))
    stage.wait(4_999)
    assert writing.after(("saw", "cy")) == "Bob and Cy are typing…"
    stage.wait(1)
    assert writing.after() == "Cy is typing…"
    stage.wait(4_999)
    assert writing.after() == ""


_UNDO = """
    const { Undo } = await load("chat/js/view/box/undo.js");
    const { Words } = await load("chat/js/model/words.js");
    stage.did = [];
    const told = (what) => (row) => stage.did.push([what, row?.body ?? null]);
    stage.undo = new Undo({ words: new Words(given), onundo: told("asks"), onback: told("is back"), onlost: told("focus lost") });
"""
_DO = """
    const element = document.getElementById("undo");
    const steps = { press: () => element.querySelector("button").click(), focus: () => element.querySelector("button").focus() };
    const answers = [];
    for (const [what, ...more] of given) answers.push((steps[what] ?? ((...all) => stage.undo[what](...all)))(...more) ?? null);
    return { offered: !element.hidden, did: stage.did, answers };
"""
SENT = row(9, ME)
EDITED = row(9, ME, version=10, body="Edited")
BACK = row(9, ME, version=11, deleted="2026-11-25T12:00:00Z")


@pytest.mark.parametrize(
    ("steps", "offered", "did"),
    [
        ([("offer", SENT)], True, []),
        ([("offer", SENT), ("press",)], False, [["asks", "Words 9"]]),
        ([("offer", SENT), ("act",)], False, [["asks", "Words 9"]]),
        ([("act",)], False, []),
        ([("offer", SENT), ("act",), ("act",)], False, [["asks", "Words 9"]]),
        ([("offer", SENT), ("offer", row(10, ME)), ("act",)], False, [["asks", "Words 10"]]),
        ([("offer", SENT), ("changed", [EDITED]), ("act",)], False, [["asks", "Edited"]]),
        ([("offer", SENT), ("changed", [row(8, version=10, deleted="2026-11-25T12:00:00Z")])], True, []),
        ([("offer", SENT), ("changed", [BACK])], False, []),
        ([("offer", SENT), ("changed", [row(9, ME, version=10, hidden=True)])], False, []),
        ([("offer", SENT), ("act",), ("changed", [BACK])], False, [["asks", "Words 9"], ["is back", "Words 9"]]),
        ([("offer", SENT), ("act",), ("changed", [BACK]), ("changed", [BACK])], False, [["asks", "Words 9"], ["is back", "Words 9"]]),
        ([("offer", SENT), ("act",), ("changed", [EDITED])], False, [["asks", "Words 9"]]),
        ([("offer", SENT), ("focus",), ("end",)], False, [["focus lost", None]]),
        ([("offer", SENT), ("end",)], False, []),
    ],
)
def test_what_was_just_sent_can_be_taken_back(stage, steps, offered, did):
    """Words lost with what was taken back, given back twice or as they were before an edit; or another message taken back."""
    stage.run(_UNDO, handover())
    known = stage.run(_DO, [list(step) for step in steps])
    assert (known["offered"], known["did"]) == (offered, did)


def test_the_offer_ends(stage):
    """An undo that stands there for ever and takes back what was long answered, or one that ends with the offer before it."""
    stage.run(_UNDO, handover())
    stage.run(_DO, [["offer", SENT]])
    stage.wait(9_000)
    stage.run(_DO, [["offer", row(10, ME)]])
    stage.wait(9_999)
    assert stage.run(_DO, [])["offered"] is True
    stage.wait(1)
    assert stage.run(_DO, [["act"]]) == {"offered": False, "did": [], "answers": [False]}


_RETURN = """
    const { timeToReturn } = await load("chat/js/view/box/undo.js");
    const ago = (ms) => new Date(Date.now() - ms).toISOString();
    stage.row = { id: "id-1", hidden: given.hidden ?? false, deleted: given.deleted === null ? null : ago(given.deleted) };
    stage.over = 0;
    stage.canReturn = timeToReturn({ now: ago(given.ahead ?? 0), kept: 30, onover: () => stage.over++ });
    return stage.canReturn(stage.row);
"""


@pytest.mark.parametrize(
    ("given", "can"),
    [
        ({"deleted": 0}, True),
        ({"deleted": 27_999}, True),
        ({"deleted": 28_000}, False),
        ({"deleted": None}, False),
        ({"deleted": 0, "hidden": True}, False),
        ({"deleted": 60_000, "ahead": 60_000}, True),
        ({"deleted": 0, "ahead": -60_000}, False),
    ],
)
def test_what_was_removed_can_be_brought_back_for_a_while(stage, given, can):
    """A button that fails when it is pressed, also where the device's clock is wrong; or one for what a moderator has hidden."""
    assert stage.run(_RETURN, given) is can


def test_the_end_of_that_while_is_told_once(stage):
    """A button that stays when the time is over, or a log drawn again for every time that it was drawn before."""
    stage.run(_RETURN, {"deleted": 0})
    ask = "return [stage.canReturn(stage.row), stage.over]"
    assert [stage.run(ask), stage.run(ask)] == [[True, 0], [True, 0]]
    stage.wait(27_999)
    assert stage.run(ask) == [True, 0]
    stage.wait(1)
    assert stage.run(ask) == [False, 1]
