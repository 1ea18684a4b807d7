"""What waits to be sent: in order, one at a time, under one number until it is known to be stored, and kept in the vault meanwhile."""

import pytest

MINUTE = 60_000
_BEGIN = """
    const { Outbox } = await load("chat/outbox.js");
    const connection = {
      live: given.live, sent: [], asked: [], waiting: [],
      send(frame) { return this.live && Boolean(this.sent.push(frame)); },
      ask(frame) { return new Promise((resolve, reject) => (this.asked.push(frame), this.waiting.push({ resolve, reject }))); },
    };
    const vault = {
      log: [], left: [],
      keep: async (item, number) => (vault.log.push(["keep", number ?? null, item]), number ?? vault.log.length),
      drop: async (number) => void vault.log.push(["drop", number]),
      giveUp: async (item, number) => void vault.log.push(["give up", number, item.body]),
      adopt: async (wants, take) => {
        const found = vault.left.filter(({ item }) => wants(item));
        vault.left = vault.left.filter((each) => !found.includes(each));
        if (found.length) take(found);
      },
      wipe: async () => void vault.log.push(["wipe"]),
      close: () => vault.log.push(["close"]),
    };
    for (const { age, ...item } of given.left ?? []) vault.left.push({ number: item.number, item: { ...item.item, at: Date.now() - age } });
    stage = { connection, vault, changed: 0, adopted: 0 };
    stage.outbox = new Outbox({
      channel: "c", connection, vault: Promise.resolve(given.vault === false ? null : vault),
      isStored: ({ client_id }) => (given.stored ?? []).includes(client_id),
      onchange: () => stage.changed++, onadopted: () => stage.adopted++,
    });
    await settled();
"""
_STEPS = """
    const { outbox, connection, vault } = stage;
    const at = (n) => outbox.items[n];
    const steps = {
      add: (...words) => outbox.add(...words),
      stored: (n) => outbox.settle(at(n).client_id),
      strange: () => outbox.settle("nobody's"),
      refused: (n, error) => outbox.refused({ client_id: at(n).client_id, detail: "No.", ...error }),
      line: (live) => ((connection.live = live), outbox.lineChanged()),
      again: (n) => outbox.again(at(n)),
      forget: (n) => outbox.forget(at(n)),
      end: (everything) => outbox.end(everything),
      change: (n, body) => void outbox.change(at(n), body).catch(() => {}),
      remove: (n) => outbox.remove(at(n)),
      hold: (n) => outbox.hold(at(n)),
      release: (n) => outbox.release(at(n)),
      ok: () => connection.waiting.shift().resolve(),
      no: (code) => connection.waiting.shift().reject(code ? { code, detail: "No." } : new Error("the line broke")),
      late: () => outbox.settle(connection.asked[0].client_id),
      left: (number, item) => vault.left.push({ number, item: { at: Date.now(), reply_to: null, ...item } }),
      pump: () => outbox.pump(),
      look: () => outbox.look(),
    };
    stage.sameId = at(0)?.client_id;
    for (const [name, ...more] of given) {
      await steps[name](...more);
      await settled();
    }
    return {
      bodies: outbox.items.map(({ body }) => body), states: outbox.items.map(({ state }) => state),
      whys: outbox.items.map(({ why }) => why), answers: outbox.items.map(({ reply_to }) => reply_to),
      here: outbox.here.map(({ body }) => body),
      atRisk: outbox.atRisk.map(({ body }) => body), sent: connection.sent.map(({ body }) => body), frames: connection.sent,
      ids: connection.sent.map(({ client_id }) => client_id), isSameId: at(0)?.client_id === stage.sameId,
      asked: connection.asked.map(({ type, body }) => (body ? `${type} ${body}` : type)),
      one: new Set([...connection.sent, ...connection.asked].map(({ client_id }) => client_id)).size < 2,
      vault: vault.log, did: vault.log.map(([what]) => what), ...{ changed: stage.changed, adopted: stage.adopted },
    };
"""


class Waiting:
    """One outbox on the stage, between a line and a vault that do as they are told."""

    def __init__(self, stage, *, live=True, **more):
        self.stage = stage
        stage.run(_BEGIN, {"live": live, **more})

    def after(self, *steps):
        return self.stage.run(_STEPS, [list(step) for step in steps])


def add(*bodies):
    return [("add", body) for body in bodies]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (add("One"), {"sent": ["One"], "states": ["sending"]}),
        (add("One", "Two", "Three"), {"sent": ["One"], "states": ["sending", "waiting", "waiting"]}),
        ([*add("One", "Two"), ("stored", 0)], {"sent": ["One", "Two"], "bodies": ["Two"]}),
        ([*add("One", "Two", "Three"), ("stored", 0), ("stored", 0), ("stored", 0)], {"sent": ["One", "Two", "Three"], "bodies": []}),
        ([*add("One", "Two"), ("stored", 1)], {"sent": ["One"], "bodies": ["One"], "states": ["sending"]}),
        ([*add("One", "Two"), ("line", False)], {"sent": ["One"], "states": ["waiting", "waiting"]}),
        ([*add("One", "Two"), ("line", False), ("line", True)], {"sent": ["One", "One"], "states": ["sending", "waiting"]}),
        ([*add("One", "Two"), ("line", False), ("line", True), ("stored", 0)], {"sent": ["One", "One", "Two"]}),
        ([("line", False), *add("One", "Two"), ("line", True), ("stored", 0)], {"sent": ["One", "Two"]}),
        ([*add("One"), ("pump",), ("pump",)], {"sent": ["One"]}),
        ([*add("One"), ("strange",)], {"bodies": ["One"], "states": ["sending"]}),
        ([*add("One", "Two"), ("forget", 1)], {"bodies": ["One"], "sent": ["One"]}),
        ([*add("One", "Two"), ("forget", 0)], {"bodies": ["Two"], "sent": ["One", "Two"]}),
    ],
)
def test_one_after_the_other_in_order(stage, steps, expected):
    """Messages that overtake each other, or one that goes twice; a line that breaks and leaves them lying."""
    known = Waiting(stage).after(*steps)
    assert {name: known[name] for name in expected} == expected


def test_a_second_try_has_the_same_number(stage):
    """The line breaks between the commit and the `ack`: under another number the second try would be a second message."""
    ids = Waiting(stage).after(*add("One"), ("line", False), ("line", True), ("line", False), ("line", True))["ids"]
    assert len(ids) == 3 and len(set(ids)) == 1


def test_two_messages_have_two_numbers(stage):
    """The same words twice, of which the server would store one."""
    ids = Waiting(stage).after(*add("Yes", "Yes"), ("stored", 0))["ids"]
    assert len(set(ids)) == 2


@pytest.mark.parametrize(("reply_to", "frame"), [({"id": "id-1", "seq": 1}, {"reply_to": "id-1"}), (None, {})])
def test_an_answer_is_sent_as_an_answer(stage, reply_to, frame):
    """An outbox that keeps the words and forgets whom they answer, or that names a place for an id."""
    sent = Waiting(stage).after(("add", "One", reply_to))["frames"][0]
    assert sent == {"type": "send", "channel": "c", "client_id": sent["client_id"], "body": "One", **frame}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"code": "bad_frame"}, {"states": ["failed", "sending"], "whys": ["No.", ""], "sent": ["One", "Two"], "isSameId": True}),
        ({"code": "too_long"}, {"states": ["failed", "sending"], "sent": ["One", "Two"], "isSameId": True}),
        ({"code": "reused"}, {"states": ["failed", "sending"], "isSameId": False}),
        ({"code": "not_found"}, {"states": ["failed", "sending"], "answers": [None, None], "isSameId": True}),
        ({"code": "forbidden"}, {"states": ["failed", "sending"], "answers": [{"id": "id-1", "seq": 1}, None]}),
        ({"code": "try_again"}, {"states": ["waiting", "waiting"], "whys": ["", ""], "sent": ["One"], "isSameId": True}),
        ({"code": "rate_limited", "retry_after": 3}, {"states": ["waiting", "waiting"], "sent": ["One"]}),
    ],
)
def test_a_refusal_is_said_at_its_message_and_holds_up_no_other(stage, error, expected):
    """A refused message that vanishes, blocks those after it, or can never be sent; one for later that counts as refused."""
    waiting = Waiting(stage)
    waiting.after(("add", "One", {"id": "id-1", "seq": 1}), *add("Two"))
    known = waiting.after(("refused", 0, error))
    assert {name: known[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("error", "wait", "sent"),
    [
        ({"code": "try_again"}, 999, ["One"]),
        ({"code": "try_again"}, 1_000, ["One", "One"]),
        ({"code": "rate_limited", "retry_after": 3.2}, 3_199, ["One"]),
        ({"code": "rate_limited", "retry_after": 3.2}, 3_200, ["One", "One"]),
    ],
)
def test_for_later_means_when_the_server_says(stage, error, wait, sent):
    """A server that asks for a pause and is asked again at once, or a message that waits for ever; and one behind it that overtakes it."""
    waiting = Waiting(stage)
    waiting.after(*add("One", "Two"), ("refused", 0, error), ("pump",))
    stage.wait(wait)
    assert waiting.after()["sent"] == sent


def test_a_new_line_ends_the_pause(stage):
    """Three quiet seconds that a dead server asked for, and that its living successor knows nothing of; and then a second sending."""
    waiting = Waiting(stage)
    refusal = ("refused", 0, {"code": "rate_limited", "retry_after": 30})
    assert waiting.after(*add("One"), refusal, ("line", False), ("line", True))["sent"] == ["One", "One"]
    stage.wait(40_000)
    assert waiting.after()["sent"] == ["One", "One"]


def test_what_failed_goes_again_when_its_author_says_so(stage):
    """A button that does nothing, or a failed message that goes by itself."""
    waiting = Waiting(stage)
    waiting.after(*add("One"), ("refused", 0, {"code": "bad_frame"}))
    assert waiting.after(("line", False), ("line", True))["sent"] == ["One"]
    known = waiting.after(("again", 0))
    assert (known["sent"], known["states"], known["whys"]) == (["One", "One"], ["sending"], [""])


@pytest.mark.parametrize(("age", "states", "sent"), [(10 * MINUTE, ["sending"], ["One"]), (10 * MINUTE + 1, ["asks"], [])])
def test_what_is_old_asks_first(stage, age, states, sent):
    """Words of a bad hour that go out by themselves when it is over."""
    waiting = Waiting(stage, live=False)
    waiting.after(*add("One"))
    stage.wait(age)
    known = waiting.after(("line", True))
    assert (known["states"], known["sent"]) == (states, sent)


def test_what_asks_waits_for_its_author_and_holds_up_nothing(stage):
    """A question that answers itself with the next line, or that keeps back what is written now."""
    waiting = Waiting(stage, live=False)
    waiting.after(*add("Old"))
    stage.wait(11 * MINUTE)
    waiting.after(("line", True), *add("New"))
    known = waiting.after(("line", False), ("line", True))
    assert (known["states"], known["sent"]) == (["asks", "sending"], ["New", "New"])
    known = waiting.after(("stored", 1), ("again", 0), ("line", False))
    assert (known["states"], known["sent"]) == (["waiting"], ["New", "New", "Old"])
    assert waiting.after(("line", True))["sent"] == ["New", "New", "Old", "Old"]


def item(body, **more):
    return {"client_id": f"number-{body}", "channel": "c", "body": body, "reply_to": None, **more}


def left(number, body, age=0, **more):
    return {"number": number, "age": age, "item": item(body, **more)}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([left(7, "One")], {"sent": ["One"], "ids": ["number-One"], "adopted": 1, "atRisk": []}),
        ([left(8, "Two", age=1_000), left(7, "One", age=2_000)], {"bodies": ["One", "Two"], "sent": ["One"]}),
        ([left(7, "One", age=11 * MINUTE)], {"states": ["asks"], "sent": []}),
        ([left(7, "Other", channel="d")], {"bodies": ["Other"], "here": [], "sent": ["Other"]}),
        ([left(7, "Other", age=11 * MINUTE, channel="d")], {"bodies": [], "sent": [], "vault": []}),
        ([left(7, "Stored")], {"bodies": [], "sent": [], "vault": [["drop", 7]], "adopted": 1}),
        ([left(7, "One", reply_to={"id": "id-1", "seq": 1})], {"answers": [{"id": "id-1", "seq": 1}]}),
        ([], {"bodies": [], "adopted": 0}),
    ],
)
def test_what_a_page_left_behind_is_taken_over(stage, found, expected):
    """Words lost with a page, sent in another order, a second time, under another number, or out of another talk after long."""
    known = Waiting(stage, left=found, stored=["number-Stored"]).after()
    assert {name: known[name] for name in expected} == expected


def test_what_waits_for_another_talk_is_given_up_when_it_is_old(stage):
    """A question about words of another conversation that is asked nowhere, since this page holds them."""
    waiting = Waiting(stage, live=False, left=[left(7, "Other", age=9 * MINUTE, channel="d")])
    stage.wait(2 * MINUTE)
    known = waiting.after(("line", True))
    assert (known["bodies"], known["sent"], known["vault"]) == ([], [], [["give up", 7, "Other"]])


def test_it_looks_again_when_there_is_a_line_and_when_it_is_seen(stage):
    """Words that another tab left, and that wait until this one is loaded again."""
    waiting = Waiting(stage)
    assert waiting.after(("left", 7, item("One")), ("line", True))["sent"] == ["One"]
    waiting.after(("stored", 0), ("left", 8, item("Two")))
    stage.run('document.dispatchEvent(new Event("visibilitychange")); await settled()')
    assert waiting.after()["sent"] == ["One", "Two"]


@pytest.mark.parametrize(
    ("steps", "did"),
    [
        (add("One"), ["keep"]),
        ([*add("One"), ("stored", 0)], ["keep", "drop"]),
        ([*add("One"), ("forget", 0)], ["keep", "drop"]),
        ([*add("One"), ("refused", 0, {"code": "bad_frame"})], ["keep"]),
        ([*add("One"), ("refused", 0, {"code": "reused"})], ["keep", "keep"]),
        ([*add("One"), ("refused", 0, {"code": "not_found"})], ["keep", "keep"]),
        ([*add("One", "Two"), ("end", False)], ["keep", "keep", "drop", "drop", "close"]),
        ([*add("One"), ("end", True)], ["keep", "wipe"]),
    ],
)
def test_the_vault_holds_what_waits_and_nothing_else(stage, steps, did):
    """A message that is kept after it was sent, and sent again by the next page; one not kept; or words that outlive the session."""
    assert Waiting(stage).after(*steps)["did"] == did


def test_kept_is_the_message_and_not_how_it_stands(stage):
    """A message that is taken over as "sending", and then waits for an answer that nobody gives."""
    known = Waiting(stage).after(("add", "One", {"id": "id-1", "seq": 1}))
    _, number, kept = known["vault"][0]
    assert number is None
    assert set(kept) == {"client_id", "channel", "body", "reply_to", "at"}
    assert (kept["channel"], kept["body"], kept["reply_to"]) == ("c", "One", {"id": "id-1", "seq": 1})


def test_a_new_number_is_kept_in_the_place_of_the_old(stage):
    """Two kept messages for one, of which a reload sends both."""
    known = Waiting(stage).after(*add("One"), ("refused", 0, {"code": "reused"}))
    (_, first, old), (_, second, new) = known["vault"]
    assert (first, second) == (None, 1)
    assert old["client_id"] != new["client_id"]


def test_what_was_sent_before_it_could_be_kept_is_taken_out_again(stage):
    """A fast server and a slow disk: the message is stored, then kept, and sent by the next page."""
    waiting = Waiting(stage)
    stage.run("stage.vault.keep = () => new Promise((resolve) => (stage.isKept = resolve))")
    waiting.after(*add("One"), ("stored", 0))
    stage.run("stage.isKept(9); await settled()")
    assert waiting.after()["vault"] == [["drop", 9]]


@pytest.mark.parametrize(("vault", "at_risk"), [(True, []), (False, ["One"])])
def test_at_risk_is_what_the_vault_does_not_hold(stage, vault, at_risk):
    """Somebody who closes a page unwarned whose words are kept nowhere, or who is asked for no reason."""
    assert Waiting(stage, vault=vault).after(*add("One"))["atRisk"] == at_risk


def test_without_a_vault_it_sends_all_the_same(stage):
    """A browser that keeps nothing, in which nothing can be sent either."""
    known = Waiting(stage, vault=False).after(*add("One", "Two"), ("stored", 0), ("stored", 0), ("end", True))
    assert (known["sent"], known["bodies"]) == (["One", "Two"], [])


def test_after_the_end_nothing_is_taken_over(stage):
    """Words of a talk that has left the page, sent by it."""
    waiting = Waiting(stage)
    known = waiting.after(("end", False), ("left", 7, item("One")), ("look",))
    assert (known["bodies"], known["sent"]) == ([], [])


OFF, ON = ("line", False), ("line", True)
TRIED = [*add("One"), OFF]  # it went out, and nobody answered
CHANGED = [*TRIED, ("change", 0, "Two"), ON]
NOT_HERE = ("no", "not_found")
REUSED = ("refused", 0, {"code": "reused"})


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # what never went out is simply another text, or gone
        ([OFF, *add("One"), ("change", 0, "Two"), ON], {"sent": ["Two"], "asked": []}),
        ([OFF, *add("One"), ("remove", 0), ON], {"sent": [], "asked": [], "bodies": []}),
        ([OFF, *add("One", "Two"), ("remove", 0), ON], {"sent": ["Two"], "bodies": ["Two"]}),
        # what may have arrived is changed where it is, and sent only where it is not
        ([*CHANGED], {"sent": ["One"], "asked": ["edit Two"], "bodies": ["Two"]}),
        ([*CHANGED, ("ok",)], {"sent": ["One"], "asked": ["edit Two"], "bodies": []}),
        ([*CHANGED, ("stored", 0), ("ok",)], {"asked": ["edit Two"], "bodies": []}),
        ([*CHANGED, NOT_HERE], {"sent": ["One", "Two"], "asked": ["edit Two"], "one": True}),
        ([*CHANGED, NOT_HERE, ("stored", 0)], {"sent": ["One", "Two"], "bodies": []}),
        (
            [*CHANGED, NOT_HERE, REUSED, ("ok",)],
            {"asked": ["edit Two", "edit Two"], "bodies": [], "one": True},
        ),
        ([*CHANGED, ("no", None), OFF, ON, ("ok",)], {"asked": ["edit Two", "edit Two"], "bodies": []}),
        ([*CHANGED, ("change", 0, "Three"), ("ok",), ("ok",)], {"asked": ["edit Two", "edit Three"], "bodies": []}),
        ([*TRIED, ("change", 0, "Two"), ("change", 0, "Three"), ON], {"asked": ["edit Three"]}),
        ([*CHANGED, ("no", "too_long")], {"states": ["failed"], "whys": ["No."], "bodies": ["Two"]}),
        # while it is under way the answer comes first
        ([*add("One"), ("change", 0, "Two")], {"sent": ["One"], "asked": []}),
        ([*add("One"), ("change", 0, "Two"), ("stored", 0)], {"asked": ["edit Two"]}),
        ([*add("One"), ("change", 0, "Two"), ("stored", 0), ("ok",)], {"bodies": []}),
        ([*add("One"), ("remove", 0), ("stored", 0), ("ok",)], {"asked": ["delete"], "bodies": []}),
        ([*add("One"), ("refused", 0, {"code": "too_long"}), ("change", 0, "Two")], {"sent": ["One", "Two"], "asked": []}),
        ([*add("One"), ("refused", 0, {"code": "too_long"}), ("remove", 0)], {"asked": [], "bodies": []}),
        # what may have arrived is taken back where it is
        ([*TRIED, ("remove", 0)], {"bodies": [""], "asked": []}),
        ([*TRIED, ("remove", 0), ON, ("ok",)], {"sent": ["One"], "asked": ["delete"], "bodies": []}),
        ([*TRIED, ("remove", 0), ON, NOT_HERE], {"sent": ["One"], "asked": ["delete"], "bodies": []}),
        ([*TRIED, ("remove", 0), ON, NOT_HERE, ("late",), ("ok",)], {"asked": ["delete", "delete"], "bodies": []}),
        ([*TRIED, ("remove", 0), ON, NOT_HERE, ("late",), OFF, ON, ("no", None), ("ok",)], {"asked": ["delete"] * 3, "bodies": []}),
        ([*TRIED, ("change", 0, "Two"), ("remove", 0), ON, ("ok",)], {"sent": ["One"], "asked": ["delete"], "bodies": []}),
        # while its author changes it, it waits, and what comes after it too
        ([OFF, *add("One", "Two"), ("hold", 0), ON], {"sent": [], "states": ["held", "waiting"]}),
        ([OFF, *add("One", "Two"), ("hold", 0), ON, ("release", 0)], {"sent": ["One"], "states": ["sending", "waiting"]}),
        (
            [OFF, *add("One", "Two"), ("hold", 0), ON, ("change", 0, "New"), ("release", 0)],
            {"sent": ["New"], "states": ["sending", "waiting"]},
        ),
        ([OFF, *add("One", "Two"), ("hold", 1), ON, ("stored", 0)], {"sent": ["One"], "states": ["held"]}),
    ],
)
def test_what_waits_can_be_changed_and_taken_back(stage, steps, expected):
    """A message that appears twice or with its old words, one that stays although it was taken back, or one sent to be removed."""
    known = Waiting(stage).after(*steps)
    assert {name: known[name] for name in expected} == expected


def test_a_change_that_finds_no_end_says_so(stage):
    """A message hidden meanwhile, which is neither to be found nor to be sent, asked for again and again."""
    known = Waiting(stage).after(*CHANGED, NOT_HERE, REUSED, NOT_HERE, REUSED, NOT_HERE)
    assert (known["states"], known["asked"], known["bodies"]) == (["failed"], ["edit Two"] * 3, ["Two"])


@pytest.mark.parametrize(("more", "asked"), [({"changed": True}, ["edit Two"]), ({"removed": True, "body": ""}, ["delete"])])
def test_what_was_changed_or_taken_back_before_a_reload_stays_so(stage, more, asked):
    """A page that goes before there is a line, and the next one that sends the old words or forgets what was taken back."""
    body = more.pop("body", "Two")
    known = Waiting(stage, left=[left(7, body, **more)], stored=[f"number-{body}"]).after()
    assert (known["asked"], known["sent"]) == (asked, [])


def test_what_was_taken_back_before_it_arrived_is_still_known_after_a_reload(stage):
    """A first try that is stored after the page which knew of it has gone: what its author took back stood for all."""
    waiting = Waiting(stage)
    known = waiting.after(*TRIED, ("remove", 0), ON, NOT_HERE)
    assert (known["bodies"], known["did"]) == ([], ["keep", "keep"])
    _, number, kept = known["vault"][-1]
    stage.begin()
    known = Waiting(stage, left=[{"number": number, "item": kept, "age": MINUTE}]).after(NOT_HERE, ("late",), ("ok",))
    assert (known["asked"], known["sent"], known["bodies"]) == (["delete", "delete"], [], [])
    assert known["vault"][-1] == ["drop", number]


def test_what_was_taken_back_and_never_arrived_is_not_kept_for_ever(stage):
    """A record in the browser that tells for as long as the session lives that something was taken back."""
    waiting = Waiting(stage)
    waiting.after(*TRIED, ("remove", 0), ON, NOT_HERE)
    stage.wait(10 * MINUTE)
    assert waiting.after()["did"] == ["keep", "keep", "drop"]


def test_what_is_taken_over_may_have_arrived(stage):
    """A message of the page before, removed here and already read by all."""
    known = Waiting(stage, left=[left(7, "One")], live=False).after(("remove", 0), ON, ("ok",))
    assert (known["asked"], known["sent"], known["vault"][-1]) == (["delete"], [], ["drop", 7])


def test_of_what_is_taken_back_no_word_is_kept(stage):
    """Words in the browser that their author has removed."""
    known = Waiting(stage).after(*TRIED, ("remove", 0))
    *_, (_, number, kept) = known["vault"]
    assert (number, kept["body"], kept["removed"]) == (1, "", True)
