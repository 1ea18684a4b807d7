"""What waits to be sent: in order, one at a time, under one number until it is known to be stored, and kept in the vault meanwhile."""

import pytest

from tests.modules.waiting import MINUTE, Waiting, add, item, left


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
