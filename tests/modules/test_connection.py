"""The line: how it ends, when it is tried again, what is asked over it, and how a dead one is found out."""

import pytest

_BEGIN = """
    const { Connection } = await load("chat/js/net/connection.js");
    Math.random = () => given;
    stage = { states: [], frames: [], answers: [] };
    const { states, frames } = stage;
    const hello = () => ({ type: "hello", v: 1 });
    stage.connection = new Connection({ hello, onframe: (frame) => frames.push(frame.type), onstate: (state) => states.push(state) });
    stage.connection.start();
"""
_STEPS = """
    const { connection } = stage;
    const steps = {
      open: () => sockets.at(-1).onopen(),
      say: (frame) => sockets.at(-1).onmessage({ data: JSON.stringify(frame) }),
      ready: () => sockets.at(-1).onmessage({ data: '{"type": "ready"}' }),
      close: (code, at = -1) => sockets.at(at).onclose({ code }),
      online: () => window.dispatchEvent(new Event("online")),
      offline: () => window.dispatchEvent(new Event("offline")),
      seen: () => document.dispatchEvent(new Event("visibilitychange")),
      start: () => connection.start(),
      stop: () => connection.stop(),
      send: (frame) => stage.answers.push(connection.send(frame)),
      ask: (frame) => connection.ask(frame).then(
        () => stage.answers.push("ok"),
        (refusal) => stage.answers.push(refusal.code ?? refusal.message),
      ),
    };
    for (const [name, ...more] of given) {
      steps[name](...more);
      await settled();
    }
    const last = sockets.at(-1);
    return {
      state: connection.state, states: stage.states, frames: stage.frames, answers: stage.answers, live: connection.live,
      sockets: sockets.length, closed: sockets.map((each) => Boolean(each.isClosed)),
      url: last.url, sent: last.sent, types: last.sent.map(({ type }) => type),
    };
"""
READY = [("open",), ("ready",)]
EDIT = {"type": "edit", "id": "id-1"}


class Line:
    """A connection on the stage; chance is what Math.random gives, from 0 to almost 1."""

    def __init__(self, stage, chance=0.0):
        self.stage = stage
        stage.run(_BEGIN, chance)

    def after(self, *steps):
        return self.stage.run(_STEPS, [list(step) for step in steps])

    def wait(self, milliseconds):
        self.stage.wait(milliseconds)
        return self.after()

    def comes_back_after(self, milliseconds):
        """Prove that it opens anew at this moment and not a moment before."""
        before = self.after()["sockets"]
        if milliseconds:
            assert self.wait(milliseconds - 1)["sockets"] == before
        assert self.wait(1)["sockets"] == before + 1


@pytest.fixture
def line(stage):
    return Line(stage)


def test_it_greets_and_is_live_when_it_was_answered(line):
    """A page that writes into a line that nobody has answered, or that never greets."""
    assert line.after()["url"] == "ws://localhost:1/ws/"
    known = line.after(("send", EDIT), ("open",))
    assert (known["sent"], known["answers"], known["live"]) == ([{"type": "hello", "v": 1}], [False], False)
    known = line.after(("ready",), ("send", EDIT))
    assert (known["types"], known["answers"], known["frames"], known["state"]) == (["hello", "edit"], [False, True], ["ready"], "live")


@pytest.mark.parametrize(
    ("code", "state"),
    [(4400, "outdated"), (4401, "signed_out"), (4403, "paused"), (4409, "replaced"), (4428, "second_step")],
)
def test_an_end_is_an_end_and_says_which(line, code, state):
    """A page that knocks for ever at a door that is closed to it, or that says "reconnecting" where one must sign in."""
    assert line.after(*READY, ("close", code))["states"] == ["live", state]
    assert line.after(("online",), ("seen",))["sockets"] == 1
    assert line.wait(600_000)["sockets"] == 1
    assert line.after(("start",))["sockets"] == 2


@pytest.mark.parametrize(
    ("code", "chance", "pauses"),
    [
        (1006, 0, [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]),
        (1006, 1, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]),
        (1012, 0, [200, 200, 1_000, 2_000]),
        (1012, 1, [1_500, 1_500, 2_000, 4_000]),
        (4408, 0, [250, 500, 1_000]),
        (4429, 0, [60_000, 60_000]),
        (4429, 1, [90_000, 90_000]),
        (4999, 0, [250, 500]),
    ],
)
def test_it_comes_back_after_ever_longer_pauses(stage, code, chance, pauses):
    """A server that is knocked at without a pause by all at once, by who was told to stay away, or one that is given up."""
    line = Line(stage, chance)
    for pause in pauses:
        assert line.after(("close", code))["state"] == "waiting"
        line.comes_back_after(pause)


def test_an_answer_makes_the_pauses_short_again(line):
    """A page that waits half a minute because the line was bad this morning."""
    for pause in (250, 500, 1_000):
        line.after(("close", 1006))
        line.comes_back_after(pause)
    line.after(*READY, ("close", 1006))
    line.comes_back_after(250)


@pytest.mark.parametrize(("lived", "pause"), [(5_001, 0), (5_000, 250)])
def test_who_was_too_slow_comes_back_at_once_unless_it_was_so_at_once(line, lived, pause):
    """A slow reader who is kept waiting, or a page that is thrown out and in again without end."""
    line.after(*READY)
    line.wait(lived)
    line.after(("close", 4408))
    line.comes_back_after(pause)


@pytest.mark.parametrize(
    ("code", "event", "sockets"),
    [(1006, "online", 2), (1006, "seen", 2), (1006, "offline", 2), (4429, "online", 1), (4429, "seen", 1)],
)
def test_a_network_that_is_back_is_tried_at_once_unless_one_was_sent_away(line, code, event, sockets):
    """Half a minute of waiting beside a network that works; and a page that comes back at once to a server that asked for quiet."""
    assert line.after(*READY, ("close", code), (event,))["sockets"] == sockets


def test_it_is_tried_once_and_not_again_by_the_timer(line):
    """Two lines of one page, where the network came back while it waited."""
    line.after(("close", 1006), ("online",))
    assert line.wait(5_000)["sockets"] == 2


def test_what_an_old_line_says_is_of_no_account(line):
    """A line that is closed because its predecessor was."""
    line.after(*READY, ("close", 1006), ("online",), *READY)
    assert line.after(("close", 4401, 0))["state"] == "live"


def test_a_line_that_opens_into_nothing_is_given_up(line):
    """A page that says "connecting" for ever behind a network that swallows everything."""
    line.after(("open",))
    assert line.wait(11_999)["state"] == "connecting"
    known = line.wait(1)
    assert (known["state"], known["closed"]) == ("waiting", [True])


def test_a_line_that_is_silent_is_asked_and_then_given_up(line):
    """A dead line that looks alive: what is written waits for an answer that never comes."""
    line.after(*READY)
    assert line.wait(24_999)["types"] == ["hello"]
    assert line.wait(1)["types"] == ["hello", "ping"]
    assert line.wait(7_999)["state"] == "live"
    assert line.wait(1)["state"] == "waiting"


@pytest.mark.parametrize("frame", [{"type": "pong"}, {"type": "typing"}])
def test_whatever_is_heard_is_a_sign_of_life(line, frame):
    """A lively line that is cut every half a minute."""
    line.after(*READY)
    line.wait(25_000)
    known = line.after(("say", frame))
    assert "pong" not in known["frames"]
    known = line.wait(24_999)
    assert (known["state"], known["types"]) == ("live", ["hello", "ping"])
    assert line.wait(1)["types"] == ["hello", "ping", "ping"]


@pytest.mark.parametrize("event", ["online", "offline", "seen"])
def test_where_something_changed_a_live_line_is_asked_at_once(line, event):
    """Half a minute before a page learns that it has no network any more."""
    assert line.after(*READY, (event,))["types"] == ["hello", "ping"]
    assert line.wait(2_999)["state"] == "live"
    assert line.wait(1)["state"] == "waiting"


def test_stopped_is_stopped(line):
    """A talk that has left the page and comes back to it."""
    known = line.after(*READY, ("ask", EDIT), ("stop",))
    assert (known["answers"], known["closed"]) == (["the connection broke"], [True])
    assert line.after(("online",), ("seen",), ("send", EDIT))["answers"][-1] is False
    assert line.wait(600_000)["sockets"] == 1


def answer(ref, **more):
    return ("say", {"ref": ref, **more})


OK, ERROR, LATER = {"type": "ok"}, {"type": "error", "code": "not_found"}, {"type": "error", "code": "try_again"}


@pytest.mark.parametrize(
    ("steps", "answers"),
    [
        ([("ask", EDIT), answer("r1", **OK)], ["ok"]),
        ([("ask", EDIT), answer("r1", **ERROR)], ["not_found"]),
        ([("ask", EDIT), ("ask", EDIT), answer("r2", **OK), answer("r1", **ERROR)], ["ok", "not_found"]),
        ([("ask", EDIT), answer("r9", **OK)], []),
        ([("ask", EDIT), ("close", 1006)], ["the connection broke"]),
        ([("ask", EDIT), ("close", 1006), ("online",), *READY, answer("r1", **OK)], ["the connection broke"]),
        ([("close", 1006), ("ask", EDIT)], ["not connected"]),
        ([("ask", EDIT), answer("r1", **LATER)], []),
    ],
)
def test_who_asks_gets_the_answer_to_that(line, steps, answers):
    """An edit that counts as saved because another was, or that waits for an answer from a line that is gone."""
    assert line.after(*READY, *steps)["answers"] == answers


def test_an_answer_is_no_news(line):
    """A refusal that is said twice, by who asked and by the store."""
    known = line.after(*READY, ("ask", EDIT), answer("r1", **ERROR), answer("r7", **ERROR))
    assert known["frames"] == ["ready", "error"]


@pytest.mark.parametrize(("seconds", "pause"), [({}, 1_000), ({"retry_after": 0.5}, 500)])
def test_what_is_for_later_is_asked_again_in_time_and_not_for_ever(line, seconds, pause):
    """An edit given up because the database was busy for a moment; or one that is asked for ever, with nobody told."""
    line.after(*READY, ("ask", EDIT))
    for tries in (1, 2, 3):
        line.after(answer("r1", **LATER, **seconds))
        assert line.wait(pause - 1)["types"].count("edit") == tries
        known = line.wait(1)
        assert known["types"].count("edit") == tries + 1
        assert known["sent"][-1] == EDIT | {"ref": "r1"}
    assert line.after(answer("r1", **LATER, **seconds))["answers"] == ["try_again"]
    assert line.wait(pause)["types"].count("edit") == 4
