"""The checker itself, on a small made-up run: it finds nothing in a sound one, and each fault for what it is."""

import time
from typing import Any

import pytest

from tests.chaos import checker
from tests.chaos.checker import Evidence, Notified, Row, judge
from tests.chaos.crowd import STANDS, TEXT, Command, JoinAttempt
from tests.chaos.plan import CONNECTIONS, EVENTS, KINDS, SERVICES, draw
from tests.delivery.client import Client, Stream, Unsent

CHANNEL, MEMBER, OTHER = "channel", "member", "other"
NOTHING: Row = {"body": None, "html": None, "mentions": [], "reactions": []}  # of a removed row
HEART = [{"emoji": "heart", "by": [MEMBER]}]


def row(seq: int, version: int = 0, *, body: str | None = None, author: str = OTHER, kind: str = "text", **more: Any) -> Row:
    words = f"message {seq}" if body is None else body
    return {
        "id": f"id-{seq}", "channel": CHANNEL, "seq": seq, "version": version or seq, "kind": kind, "author": author,
        "client_id": f"client-id-{seq}", "body": words, "html": f"<p>{words}</p>", "deleted": None, "hidden": False,
        "reply_to": None, "mentions": [], "reactions": [],
    } | more  # fmt: skip


class World:
    """A member who joined at 1, wrote 3 and receives 4; `evidence()` is what a sound server leaves."""

    def __init__(self) -> None:
        self.rows = [row(1, author=MEMBER, kind="notice", body="joined"), row(2), row(3, author=MEMBER), row(4)]
        self.client = Client("http://nowhere", "", name="Member")
        self.client.streams[CHANNEL] = Stream(cursor=4, must_load=False)
        self.client.sent["client-id-3"] = Unsent(CHANNEL, "message 3")
        self.receive({"type": "page", "channel": CHANNEL, "messages": self.rows[:2]}, way="page")
        self.receive({"type": "ack", "client_id": "client-id-3", "channel": CHANNEL, "message": self.rows[2]})
        self.client.acked["client-id-3"] = self.rows[2]
        self.receive({"type": "changes", "channel": CHANNEL, "after": 2, "upto": 4, "messages": self.rows[2:]})
        self.participant: tuple[int, int | None] = (1, None)
        self.stored = list(self.rows)
        self.join_attempts: list[JoinAttempt] = []
        self.commands: list[Command] = []
        self.notified: list[Notified] = []
        self.blocks: set[tuple[str, str]] = set()

    def mention(self, seq: int = 2, *, leaves_by: tuple[str, ...] = ("email",)) -> None:
        """Have a text mention the member, and tell them."""
        if not self.rows[seq - 1]["mentions"]:
            self.change(self.rows[seq - 1] | {"mentions": [MEMBER], "version": 10 + seq})
        self.notified.append(Notified(MEMBER, "mention", f"id-{seq}", CHANNEL, seq, list(leaves_by)))

    def command(self, message: str, what: str, value: str | bool, answer: str) -> None:
        """Ask for something; `answer` is "ok", the code of an error, or nothing where the answer was lost."""
        ref = f"ref-{len(self.commands)}"
        self.commands.append(Command(self.client, message, what, value, ref, time.monotonic()))
        if answer:
            self.receive({"type": "ok", "ref": ref} if answer == "ok" else {"type": "error", "code": answer, "ref": ref})

    def change(self, changed: Row) -> None:
        """Replace the stored row of that seq, and send it."""
        self.stored[changed["seq"] - 1] = changed
        version = changed["version"]
        self.receive({"type": "changes", "channel": CHANNEL, "after": version - 1, "upto": version, "messages": [changed]})

    def receive(self, frame: dict[str, Any], *, way: str = "in") -> None:
        self.client.history.append((time.monotonic(), way, frame))
        for each in frame.get("messages", []):
            self.client.streams[CHANNEL].put(each)

    def evidence(self, fresh: list[Row] | None = None) -> Evidence:
        newest = max((each["version"] for each in self.stored), default=0)
        return Evidence(
            clients={self.client: MEMBER}, stored={CHANNEL: self.stored}, newest={CHANNEL: (len(self.stored), newest)},
            participants={(MEMBER, CHANNEL): self.participant}, fresh={(MEMBER, CHANNEL): self.stored if fresh is None else fresh},
            join_attempts=self.join_attempts, commands=self.commands, notified=self.notified, blocks=self.blocks,
        )  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


def found(evidence: Evidence) -> set[str]:
    return {promise for promise, _what in judge(evidence)}


def test_a_sound_run_is_found_sound_and_everything_was_asked_about(world: World) -> None:
    for version, (what, value, changed) in enumerate(
        (
            (TEXT, "better", {"body": "better"}),
            (STANDS, False, NOTHING | {"deleted": "then"}),
            (STANDS, True, {"body": "better"}),
            ("heart", True, {"body": "better", "reactions": HEART}),
        ),
        start=5,
    ):
        world.command("id-3", what, value, "ok")
        world.change(row(3, version, author=MEMBER) | changed)
    world.mention()
    evidence = world.evidence()
    assert judge(evidence) == []
    assert evidence.checks.keys() == set(checker.PROMISES) - {checker.BEFORE}


def test_an_acked_message_that_is_not_stored(world: World) -> None:
    world.stored = [each for each in world.rows if each["seq"] != 3] + [row(5)]
    assert checker.ACKED in found(world.evidence())


def test_an_acked_message_with_another_seq(world: World) -> None:
    world.stored[2:] = [row(3), row(4, author=MEMBER, client_id="client-id-3")]
    assert checker.ACKED in found(world.evidence())


def test_a_message_that_is_stored_twice(world: World) -> None:
    world.stored.append(row(5, author=MEMBER, client_id="client-id-3"))
    assert checker.DOUBLED in found(world.evidence())


def test_a_seq_that_was_left_out(world: World) -> None:
    world.stored[3] = row(5)
    assert checker.ORDER in found(world.evidence())


def test_one_version_sent_with_two_contents(world: World) -> None:
    world.receive({"type": "changes", "channel": CHANNEL, "after": 1, "upto": 2, "messages": [row(2, body="something else")]})
    assert checker.ORDER in found(world.evidence())


def test_a_message_that_is_not_on_the_screen(world: World) -> None:
    del world.client.streams[CHANNEL].rows["id-2"]
    assert found(world.evidence()) == {checker.WHOLE}


def test_a_channel_that_is_not_on_the_screen(world: World) -> None:
    world.client.streams.clear()
    assert found(world.evidence()) == {checker.WHOLE}


def test_a_message_that_nobody_stored(world: World) -> None:
    world.receive({"type": "changes", "channel": CHANNEL, "after": 4, "upto": 5, "messages": [row(5)]})
    assert checker.HALF in found(world.evidence())


def test_a_frame_that_leaves_out_what_it_covers(world: World) -> None:
    world.receive({"type": "changes", "channel": CHANNEL, "after": 1, "upto": 3, "messages": [row(3, author=MEMBER)]})
    assert found(world.evidence()) == {checker.COVERED}


def test_a_message_after_a_removal(world: World) -> None:
    world.participant = (1, 3)
    assert found(world.evidence()) == {checker.REMOVED}


def test_what_was_written_meanwhile_may_be_read_after_rejoining_and_not_before(world: World) -> None:
    removed, meanwhile = row(5, author=MEMBER, kind="notice", body="removed"), row(6)
    back = row(7, author=MEMBER, kind="notice", body="joined")
    world.stored += [removed, meanwhile, back]
    world.join_attempts.append(JoinAttempt(MEMBER, CHANNEL, time.monotonic()))
    world.receive({"type": "changes", "channel": CHANNEL, "after": 4, "upto": 7, "messages": [removed, meanwhile, back]})
    assert found(world.evidence()) == set()
    world.join_attempts[0] = JoinAttempt(MEMBER, CHANNEL, time.monotonic())
    assert found(world.evidence()) == {checker.REMOVED}


def test_a_message_from_before_one_joined(world: World) -> None:
    world.participant = (2, None)
    assert checker.BEFORE in found(world.evidence())


def test_a_screen_that_missed_an_edit(world: World) -> None:
    world.stored[1] = row(2, 5, body="changed")
    assert found(world.evidence()) == {checker.FRESH}


def test_a_fresh_load_that_differs_from_what_is_stored(world: World) -> None:
    assert found(world.evidence(fresh=world.rows[:3])) == {checker.FRESH}


ANSWERS = [("ok", True), ("not_found", False), ("try_again", False), ("", False)]  # and whether it says what must be stored


@pytest.mark.parametrize("changed", [{"reactions": HEART}, {"mentions": [MEMBER]}, {"reply_to": {"id": "id-1", "seq": 1}}])
def test_a_screen_and_a_fresh_load_that_differ_in_what_hangs_on_a_message(world: World, changed: dict[str, Any]) -> None:
    world.client.streams[CHANNEL].rows["id-3"] = row(3, author=MEMBER) | changed
    assert found(world.evidence()) == {checker.FRESH}


def test_one_version_sent_with_two_reactions(world: World) -> None:
    world.receive({"type": "changes", "channel": CHANNEL, "after": 1, "upto": 2, "messages": [row(2, reactions=HEART)]})
    assert found(world.evidence()) == {checker.ORDER}


def test_an_acked_answer_that_answers_something_else(world: World) -> None:
    world.client.sent["client-id-3"] = Unsent(CHANNEL, "message 3", reply_to="id-2")
    assert found(world.evidence()) == {checker.ACKED}


@pytest.mark.parametrize(("answer", "binds"), ANSWERS)
def test_an_edit_that_was_confirmed_and_is_not_there(world: World, answer: str, binds: bool) -> None:
    """One without an answer may or may not have happened."""
    world.command("id-3", TEXT, "better", answer)
    assert found(world.evidence()) == ({checker.EDITS} if binds else set())


@pytest.mark.parametrize(("answer", "binds"), ANSWERS)
def test_a_reaction_that_was_confirmed_and_is_not_there(world: World, answer: str, binds: bool) -> None:
    world.command("id-2", "heart", True, answer)
    assert found(world.evidence()) == ({checker.REACTIONS} if binds else set())


@pytest.mark.parametrize(("answer", "binds"), ANSWERS)
def test_a_removal_that_was_confirmed_and_is_not_there(world: World, answer: str, binds: bool) -> None:
    world.command("id-3", STANDS, False, answer)
    assert found(world.evidence()) == ({checker.REMOVALS} if binds else set())


@pytest.mark.parametrize(("answer", "binds"), ANSWERS)
def test_a_restored_message_that_is_still_removed(world: World, answer: str, binds: bool) -> None:
    world.command("id-3", STANDS, False, "ok")
    world.change(row(3, 5, author=MEMBER, deleted="then") | NOTHING)
    world.command("id-3", STANDS, True, answer)
    assert found(world.evidence()) == ({checker.REMOVALS} if binds else set())


def test_a_reaction_that_nobody_gave(world: World) -> None:
    world.change(row(2, 5, reactions=HEART))
    assert found(world.evidence()) == {checker.REACTIONS}


@pytest.mark.parametrize("first", ["ok", "", "try_again"])
def test_a_reaction_that_was_added_and_removed(world: World, first: str) -> None:
    """The last confirmed command counts; an earlier one without an answer may still be carried out after it."""
    world.command("id-2", "heart", True, first)
    world.command("id-2", "heart", False, "ok")
    assert found(world.evidence()) == set()
    world.change(row(2, 5, reactions=HEART))
    assert found(world.evidence()) == ({checker.REACTIONS} if first == "ok" else set())


def test_two_commands_of_which_nobody_knows_the_later(world: World) -> None:
    """Sent from two screens before either was answered."""
    for ref, value in (("a", True), ("b", False)):
        world.commands.append(Command(world.client, "id-2", "heart", value, ref, time.monotonic()))
    for ref in ("b", "a"):
        world.receive({"type": "ok", "ref": ref})
    assert found(world.evidence()) == set()
    world.change(row(2, 5, reactions=HEART))
    assert found(world.evidence()) == set()


@pytest.mark.parametrize("left", [{"body": "message 3"}, {"html": "<p>message 3</p>"}, {"mentions": [OTHER]}, {"reactions": HEART}])
def test_a_removed_text_that_is_still_sent(world: World, left: dict[str, Any]) -> None:
    world.command("id-3", STANDS, False, "ok")
    world.change(row(3, 5, author=MEMBER, deleted="then") | NOTHING | left)
    assert checker.NO_REMOVED_TEXT in found(world.evidence())


def test_a_removed_text_is_sent_again_once_it_is_restored_and_not_before(world: World) -> None:
    world.command("id-3", STANDS, False, "ok")
    world.change(row(3, 5, author=MEMBER, deleted="then") | NOTHING)
    world.command("id-3", STANDS, True, "")
    world.change(row(3, 6, author=MEMBER))
    assert found(world.evidence()) == set()
    del world.commands[-1]
    assert found(world.evidence()) == {checker.NO_REMOVED_TEXT, checker.REMOVALS}


def test_a_mention_of_which_nobody_is_told(world: World) -> None:
    world.mention()
    assert found(world.evidence()) == set()
    world.notified.clear()
    assert found(world.evidence()) == {checker.TOLD}


def test_a_mention_that_is_told_twice_or_leaves_by_no_way(world: World) -> None:
    world.mention(leaves_by=())
    assert found(world.evidence()) == {checker.TOLD}
    world.notified[:] = [world.notified[0]._replace(kind=kind, leaves_by=["email"]) for kind in ("mention", "reply")]
    assert found(world.evidence()) == {checker.TOLD}


def test_a_mention_by_somebody_blocked_is_told_to_nobody(world: World) -> None:
    world.blocks.add((MEMBER, OTHER))
    world.mention()
    assert found(world.evidence()) == {checker.THEIRS}
    world.notified.clear()
    assert found(world.evidence()) == set()


@pytest.mark.parametrize("whose", ["outsider", MEMBER])
def test_what_is_told_to_an_outsider_or_to_its_author(world: World, whose: str) -> None:
    world.notified.append(Notified(whose, "reply", "id-3", CHANNEL, 3, ["email"]))
    assert found(world.evidence()) == {checker.THEIRS}


def test_what_was_written_after_a_member_left_is_told_to_them_by_nobody(world: World) -> None:
    world.change(row(4, author=MEMBER, kind="notice", body="left", version=5))
    world.participant = (1, 5)
    world.notified.append(Notified(MEMBER, "messages", CHANNEL, CHANNEL, 2, ["email"]))
    assert found(world.evidence()) == set()
    world.stored.append(row(5, 6))
    world.notified.append(Notified(MEMBER, "messages", CHANNEL, CHANNEL, 5, ["email"]))
    assert checker.THEIRS in found(world.evidence())


def test_what_was_written_before_a_member_joined_is_told_to_them_by_nobody(world: World) -> None:
    world.participant = (3, None)
    world.notified.append(Notified(MEMBER, "messages", CHANNEL, CHANNEL, 2, ["email"]))
    assert checker.THEIRS in found(world.evidence())


def test_the_same_seed_draws_the_same_faults_and_each_kind_once_a_minute() -> None:
    """A run that cannot be repeated helps nobody to fix what it found."""
    faults = draw(7, 60)
    assert faults == draw(7, 60) != draw(8, 60)
    assert {fault.kind for fault in faults} == SERVICES.keys() | CONNECTIONS.keys() == set(KINDS) - set(EVENTS)
    assert len(faults) >= 120 and all(0 <= fault.at < 60 for fault in faults)
