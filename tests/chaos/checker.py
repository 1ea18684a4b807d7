"""Proves the promises of delivery from three things alone: what clients received and did, what the database holds, and fresh loads.

It knows docs/protocol.md and the names of seven tables, and nothing of the code.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.chaos.crowd import STANDS, TEXT, Command, JoinAttempt
from tests.delivery.client import Client

Row = dict[str, Any]
ENDS = ("left", "removed")

ACKED = "acked once"
ORDER = "one order for all"
WHOLE = "nothing missing"
DOUBLED = "nothing doubled"
HALF = "nothing half-there"
REMOVED = "nothing after a removal"
BEFORE = "nothing from before one's time"
COVERED = "a frame holds all that it covers"
FRESH = "live equals fresh"
NO_REMOVED_TEXT = "a removed text is nowhere, unless it was restored"
EDITS = "a confirmed edit stands"
REMOVALS = "a confirmed removal or restoring holds"
REACTIONS = "a confirmed reaction stands"
TOLD = "who is mentioned is told of it once"
THEIRS = "nobody is told of what they may not read, or asked not to hear"
PROMISES = (
    ACKED, ORDER, WHOLE, DOUBLED, HALF, REMOVED, BEFORE, COVERED, FRESH, NO_REMOVED_TEXT, EDITS, REMOVALS, REACTIONS, TOLD, THEIRS,
)  # fmt: skip


class Notified(NamedTuple):
    """That a member was notified of something in a channel, up to a seq, and by which ways it leaves the site."""

    member: str
    kind: str
    about: str
    channel: str
    seq: int
    leaves_by: list[str]


class Broken(NamedTuple):
    promise: str
    what: str


@dataclass
class Evidence:
    """All that is judged. `stored` and `fresh` hold rows as the wire shows them, each channel's in order of seq."""

    clients: dict[Client, str]  # to the member
    stored: dict[str, list[Row]]  # channel to rows, read by SQL; bodies as stored
    newest: dict[str, tuple[int, int]]  # channel to (seq, version)
    participants: dict[tuple[str, str], tuple[int, int | None]]  # (member, channel) to (first seq, version that ended it)
    fresh: dict[tuple[str, str], list[Row]]  # (member, channel) to what a fresh load shows them
    join_attempts: list[JoinAttempt] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    notified: list[Notified] = field(default_factory=list)
    blocks: set[tuple[str, str]] = field(default_factory=set)  # (who blocked, whom)
    checks: Counter[str] = field(default_factory=Counter)  # how often each promise was asked about

    def by_id(self) -> dict[str, Row]:
        return {row["id"]: row for rows in self.stored.values() for row in rows}


def judge(evidence: Evidence) -> list[Broken]:
    """Return every promise that was broken, with the row and the member it was broken to."""
    parts = (_acks, _order, _doubles, _received, _frames, _removals, _shown, _removed_texts, _commands, _mentions, _notified)
    return [Broken(promise, what) for part in parts for promise, what in part(evidence)]


Faults = Iterator[tuple[str, str]]


def received(client: Client) -> Iterator[tuple[float, str, Row]]:
    """Every row that a client was ever given: when, in what ("changes", "ack" or "page"), and the row."""
    for when, way, frame in client.history:
        if way in ("in", "page") and frame["type"] in ("changes", "page"):
            for row in frame["messages"]:
                yield when, frame["type"], row
        elif way == "in" and frame["type"] == "ack":
            yield when, "ack", frame["message"]


def content(row: Row) -> tuple[Any, ...]:
    """What a reader sees of a row, with its seq and version."""
    words = row["seq"], row["id"], row["version"], row["body"], bool(row["deleted"]), row["hidden"]
    return *words, row["reply_to"], row["mentions"], row["reactions"]


def _acks(evidence: Evidence) -> Faults:
    copies: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for rows in evidence.stored.values():
        for row in rows:
            copies[row["author"], row["client_id"]].append(row)
    for client, member in evidence.clients.items():
        for client_id, acked in client.acked.items():
            evidence.checks[ACKED] += 1
            found = copies[member, client_id]
            if len(found) != 1:
                yield (DOUBLED if found else ACKED), f"{client.name}'s acked {acked['body']!r} is stored {len(found)} times"
            elif (found[0]["id"], found[0]["seq"]) != (acked["id"], acked["seq"]):
                yield ACKED, f"{client.name}'s {acked['body']!r} was acked at {acked['seq']} and stands at {found[0]['seq']}"
            elif (answered := (found[0]["reply_to"] or {}).get("id")) != client.sent[client_id].reply_to:
                yield ACKED, f"{client.name}'s {acked['body']!r} was to answer {client.sent[client_id].reply_to} and answers {answered}"
        for client_id in client.sent.keys() - client.acked.keys():
            evidence.checks[HALF] += 1
            if (times := len(copies[member, client_id])) > 1:
                yield DOUBLED, f"{client.name}'s {client.sent[client_id].body!r}, never acked, is stored {times} times"


def _order(evidence: Evidence) -> Faults:
    for channel, rows in evidence.stored.items():
        seq, version = evidence.newest[channel]
        evidence.checks[ORDER] += 1
        if [row["seq"] for row in rows] != list(range(1, seq + 1)):
            yield ORDER, f"the seqs of {channel} are not 1 to {seq}: {[row['seq'] for row in rows][-5:]}"
        if rows and max(row["version"] for row in rows) > version:
            yield ORDER, f"a row of {channel} has a version above the channel's, {version}"
    at_version: dict[tuple[str, int], tuple[Any, ...]] = {}
    for client in evidence.clients:
        for _when, _kind, row in received(client):
            evidence.checks[ORDER] += 1
            known = at_version.setdefault((row["channel"], row["version"]), content(row))
            if known != content(row):
                yield ORDER, f"version {row['version']} was sent as {known} and, to {client.name}, as {content(row)}"


def _doubles(evidence: Evidence) -> Faults:
    for channel, rows in evidence.stored.items():
        evidence.checks[DOUBLED] += len(rows)
        written = Counter((row["author"], row["client_id"]) for row in rows if row["kind"] == "text")
        for (_author, client_id), times in written.items():
            if times > 1:
                yield DOUBLED, f"{client_id} stands {times} times in {channel}"


def _received(evidence: Evidence) -> Faults:
    stored = evidence.by_id()
    for client in evidence.clients:
        for _when, kind, row in received(client):
            evidence.checks[HALF] += 1
            there = stored.get(row["id"])
            if there is None:
                yield HALF, f"{client.name} was sent {row['body']!r} in {kind}, which is not stored"
            elif there["seq"] != row["seq"] or there["version"] < row["version"]:
                yield HALF, f"{client.name} was sent {row['body']!r} at {content(row)[:3]}, which was never stored so"


def _frames(evidence: Evidence) -> Faults:
    """Within what a frame says it covers, every row whose last change lies there must be in it."""
    last = {channel: sorted((row["version"], row["id"], row["seq"]) for row in rows) for channel, rows in evidence.stored.items()}
    for client, member in evidence.clients.items():
        for _when, way, frame in client.history:
            if way != "in" or frame["type"] != "changes":
                continue
            evidence.checks[COVERED] += 1
            channel, after, upto = frame["channel"], frame["after"], frame["upto"]
            sent = {row["id"] for row in frame["messages"]}
            first_seq = evidence.participants[member, channel][0]
            rows = last[channel]
            start, end = bisect_right(rows, (after, "~", 0)), bisect_right(rows, (upto, "~", 0))
            missing = [version for version, id, seq in rows[start:end] if seq >= first_seq and id not in sent]
            if missing:
                yield COVERED, f"{client.name} was sent {after} to {upto} without version {missing[0]}"
            if any(not after < row["version"] <= upto for row in frame["messages"]):
                yield COVERED, f"{client.name} got a frame of {after} to {upto} that holds another version"


def _removals(evidence: Evidence) -> Faults:
    absences = {key: list(_absences(evidence, *key)) for key in evidence.participants}
    began = _first_seqs(evidence)
    for client, member in evidence.clients.items():
        for when, kind, row in received(client):
            evidence.checks[REMOVED] += 1
            key = member, row["channel"]
            for ended, back in absences.get(key, [(0, None)]):
                inside = row["version"] > ended and (back is None or row["version"] < back)
                if inside and when < _rejoined_at(evidence, key, back):
                    yield REMOVED, f"{client.name} was sent version {row['version']} in {kind}, removed with {ended}"
            if key in began and row["seq"] < began[key]:
                yield BEFORE, f"{client.name} was sent seq {row['seq']} in {kind}, and may read from {began[key]} on"


def _absences(evidence: Evidence, member: str, channel: str) -> Iterator[tuple[int, int | None]]:
    """The versions between a member's end in a channel and their return, or None where they did not return."""
    mine = [row for row in evidence.stored[channel] if row["kind"] == "notice" and row["author"] == member]
    ends = [row["version"] for row in mine if row["body"] in ENDS]
    for ended in ends:
        yield ended, next((row["version"] for row in mine if row["body"] == "joined" and row["version"] > ended), None)
    left = evidence.participants[member, channel][1]
    if left is not None and left not in ends:
        yield left, None


def _rejoined_at(evidence: Evidence, key: tuple[str, str], back: int | None) -> float:
    """When at the earliest the return may have begun that made the notice `back`: the n-th of them is one of the n-th or later tries."""
    if back is None:
        return float("inf")
    returns = [row["version"] for row in evidence.stored[key[1]] if row["author"] == key[0] and row["body"] == "joined"]
    tries = [attempt.at for attempt in evidence.join_attempts if (attempt.member, attempt.channel) == key]
    return tries[max(0, returns.index(back) - 1)] if tries else float("inf")


def _first_seqs(evidence: Evidence) -> dict[tuple[str, str], int]:
    """The first seq of each participant who joined once: joining again may change it."""
    join_attempts = Counter(
        (row["author"], channel)
        for channel, rows in evidence.stored.items()
        for row in rows
        if row["kind"] == "notice" and row["body"] == "joined"
    )
    return {key: first_seq for key, (first_seq, _left) in evidence.participants.items() if join_attempts[key] == 1}


def _shown(evidence: Evidence) -> Faults:
    for (member, channel), (first_seq, left) in evidence.participants.items():
        if left is not None:
            continue
        readable = [row for row in evidence.stored[channel] if row["seq"] >= first_seq]
        stored = [content(row) for row in readable]
        fresh = [content(row) for row in evidence.fresh[member, channel]]
        evidence.checks[FRESH] += 1
        if fresh != stored:
            yield FRESH, f"a fresh load of {channel} differs from what is stored: {_difference(fresh, stored)}"
        for client in (each for each, whose in evidence.clients.items() if whose == member):
            yield from _shown_by(evidence, client, channel, readable)


def _shown_by(evidence: Evidence, client: Client, channel: str, readable: list[Row]) -> Faults:
    evidence.checks[WHOLE] += 1
    stream = client.streams.get(channel)
    if stream is None:
        yield WHOLE, f"{client.name} does not have {channel}"
        return
    shown = [content(row) for row in client.shown(channel)]
    expected = [content(row) for row in readable if row["seq"] >= stream.first]
    seqs, wanted = {row[0] for row in shown}, {row[0] for row in expected}
    if wanted - seqs:
        yield WHOLE, f"{client.name} does not show the seqs {sorted(wanted - seqs)[:5]} of {channel}"
    elif len(shown) > len(expected):
        yield DOUBLED, f"{client.name} shows more of {channel} than is stored: {_difference(shown, expected)}"
    elif shown != expected:
        yield FRESH, f"{client.name} shows something else of {channel} than a fresh load: {_difference(shown, expected)}"


def _difference(ours: list[Any], theirs: list[Any]) -> str:
    return f"{[row for row in ours if row not in theirs][:2]} instead of {[row for row in theirs if row not in ours][:2]}"


def _removed_texts(evidence: Evidence) -> Faults:
    """No text is in a row that says it was removed, nor in a later one before its author can have restored it."""
    rows = [(client, *each) for client in evidence.clients for each in received(client)]
    removed: dict[str, int] = {}
    for _client, _when, _kind, row in rows:
        if row["deleted"]:
            removed[row["id"]] = min(row["version"], removed.get(row["id"], row["version"]))
    asked: dict[str, float] = {}
    for command in evidence.commands:
        if command.what == STANDS and command.value:
            asked.setdefault(command.message, command.at)
    for client, when, kind, row in rows:
        if row["id"] not in removed:
            continue
        evidence.checks[NO_REMOVED_TEXT] += 1
        readable = row["body"] is not None or row["html"] is not None or row["mentions"] or row["reactions"]
        if readable and row["deleted"]:
            yield NO_REMOVED_TEXT, f"{client.name} was sent a removed text in {kind}: {content(row)}"
        elif readable and row["version"] > removed[row["id"]] and when < asked.get(row["id"], float("inf")):
            yield NO_REMOVED_TEXT, f"{client.name} was sent a text in {kind} that nobody restored: {content(row)}"


def _commands(evidence: Evidence) -> Faults:
    """A message is as the last command about it asked for.

    A command is certainly not the last where another, sent after the answer to it had come, was confirmed. Which of those that are
    left was carried out last nobody knows, nor whether one without an answer was at all, or will be.
    """
    answers = _answers(evidence)
    stored = evidence.by_id()
    commands: dict[tuple[str, str, str], list[Command]] = defaultdict(list)
    for command in evidence.commands:
        commands[evidence.clients[command.client], command.message, command.what].append(command)
    for id, row in stored.items():
        for reaction in row["reactions"]:
            for member in reaction["by"]:
                commands.setdefault((member, id, reaction["emoji"]), [])  # one that nobody gave
    bodies = {client_id: unsent.body for client in evidence.clients for client_id, unsent in client.sent.items()}
    for (member, message, what), mine in commands.items():
        if message not in stored or (stored[message]["deleted"] and what != STANDS):
            continue
        first, now = _first_and_now(stored[message], member, what, bodies)
        last = max((command.at for command in mine if answers.get(command.ref, (0.0, ""))[1] == "ok"), default=0.0)
        possible = {command.value for command in mine if _may_be_last(answers.get(command.ref), last)} | (set() if last else {first})
        promise = {TEXT: EDITS, STANDS: REMOVALS}.get(what, REACTIONS)
        evidence.checks[promise] += 1
        if now not in possible:
            yield promise, f"{what} of {message} was to be {possible} by {member}, and is {now!r}"


def _first_and_now(row: Row, member: str, what: str, bodies: dict[str, str]) -> tuple[str | bool, str | bool]:
    """What a command may change of a message, as it was before any, and as it is."""
    if what == TEXT:
        return bodies[row["client_id"]], row["body"]
    if what == STANDS:
        return True, not row["deleted"]
    return False, any(member in reaction["by"] for reaction in row["reactions"] if reaction["emoji"] == what)


def _may_be_last(answer: tuple[float, str] | None, last: float) -> bool:
    """Whether a command with this answer may be the last that was carried out, where `last` is when the last confirmed one was sent."""
    return answer is None or answer[1] == "try_again" or (answer[1] == "ok" and answer[0] >= last)


def _answers(evidence: Evidence) -> dict[str, tuple[float, str]]:
    """For each command that has one, when its answer came, and "ok" or the code of the error."""
    return {
        frame["ref"]: (when, frame.get("code", "ok"))
        for client in evidence.clients
        for when, way, frame in client.history
        if way == "in" and "ref" in frame
    }


def _mentions(evidence: Evidence) -> Faults:
    """Whoever was there all the time and is mentioned by a text that stands is told of it once, as a mention or, where it answers them, as
    an answer, and by e-mail once.
    """
    told: dict[tuple[str, str], list[Notified]] = defaultdict(list)
    for each in evidence.notified:
        told[each.member, each.about].append(each)
    for channel, rows in evidence.stored.items():
        for row in rows:
            for member in row["mentions"]:
                first_seq, left = evidence.participants.get((member, channel), (0, 0))
                is_there = left is None and row["seq"] >= first_seq and not list(_absences(evidence, member, channel))
                if not is_there or member == row["author"] or (member, row["author"]) in evidence.blocks:
                    continue
                evidence.checks[TOLD] += 1
                if [each.leaves_by for each in told[member, row["id"]]] != [["email"]]:
                    yield TOLD, f"{row['body']!r} of {channel} mentions {member}, who has {told[member, row['id']]}"
    for (member, about), mine in told.items():
        if len(mine) > 1:
            yield TOLD, f"{member} was told {len(mine)} times of {about}"


def _notified(evidence: Evidence) -> Faults:
    for each in evidence.notified:
        evidence.checks[THEIRS] += 1
        first_seq, left = evidence.participants.get((each.member, each.channel), (0, 0))
        rows = evidence.stored[each.channel]
        row = rows[each.seq - 1]
        ends = [row["seq"] for row in rows if row["author"] == each.member and row["kind"] == "notice" and row["body"] in ENDS]
        if left is None and not ends and each.seq < first_seq:  # joining again may move it
            yield THEIRS, f"{each.member} was told of seq {each.seq}, and may read from {first_seq} on"
        elif left is not None and each.seq > max(ends, default=0):
            yield THEIRS, f"{each.member} was told of seq {each.seq} of {each.channel}, and is not there"
        elif row["author"] == each.member or (each.member, row["author"]) in evidence.blocks:
            yield THEIRS, f"{each.member} was told of what {row['author']} wrote"
