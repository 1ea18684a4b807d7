"""Trials of the checker: each switches one safeguard off, breaks what that safeguard is for, and must be caught for that reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos import checker
from tests.chaos.plan import Fault
from tests.chaos.run import Run
from tests.chaos.site import ChaosSite

SECONDS, MEMBERS, CHANNELS, RATE = 6.0, 12, 3, 25.0
SEEDS = (1, 2, 3)


@dataclass(frozen=True)
class Trial:
    title: str
    without: str = ""  # of sabotage.py
    breaks: Sequence[str] = ()  # the promises of which one at least must be found broken; none: nothing may be
    faults: Sequence[Fault] = ()
    sql: str = ""  # what the database loses too
    environment: dict[str, str] = field(default_factory=dict)
    churn_every: float = 60.0
    returns: float = 0.6


def _every(seconds: float, kind: str, *, start: float = 0.8) -> list[Fault]:
    times = [start + n * seconds for n in range(int((SECONDS - start) / seconds))]
    return [Fault(at, kind, (0.2 + n * 0.37) % 1) for n, at in enumerate(times)]


KILLS, CUTS = _every(1.6, "server killed"), _every(0.15, "connection cut")
NO_CONSTRAINT = "ALTER TABLE chat_message DROP CONSTRAINT a_retry_is_the_same_message"
TRIALS = (
    Trial("all safeguards in place", faults=[*CUTS, Fault(1, "server killed", 0), Fault(4, "Redis killed", 0)], churn_every=0.7),
    Trial("ack before commit", "commit_before_ack", [checker.ACKED], KILLS),
    Trial("no idempotency", "idempotency", [checker.DOUBLED], [Fault(1, "server frozen", 0.99), *CUTS], sql=NO_CONSTRAINT),
    Trial(
        "no poll of versions", "", [checker.WHOLE], [Fault(SECONDS - 1.5, "Redis stopped", 0.6)], environment={"MAINSTAY_POLL_SECONDS": "0"}
    ),
    Trial("resume read before subscribing", "subscribing_first", [checker.WHOLE], [Fault(SECONDS - 1.6, "listeners cut", 0)]),
    Trial("publish before commit", "commit_before_publishing", [checker.HALF, checker.ORDER], KILLS),
    Trial("an edit without a version", "version_of_an_edit", [checker.FRESH, checker.HALF, checker.ORDER]),
    Trial("a reaction without a version", "version_of_a_reaction", [checker.FRESH, checker.ORDER]),
    Trial("a removed text is still sent", "emptiness_of_removed_rows", [checker.NO_REMOVED_TEXT]),
    Trial("a removal outside the stream", "removal_in_the_stream", [checker.REMOVED], churn_every=0.5, returns=0),
    Trial("off by one at resume", "first_row_at_resume", [checker.COVERED, checker.WHOLE], CUTS),
    Trial("the cursor moves before anybody is told", "rows_before_the_cursor", [checker.TOLD], KILLS),
    Trial("who was blocked is told of", "blocks_of_who_is_told", [checker.THEIRS]),
    Trial("newcomers see what was written before they joined", "first_seq_of_newcomers", [checker.BEFORE, checker.FRESH], churn_every=0.5),
)


async def attempt(trial: Trial) -> tuple[str, bool]:
    """Run a trial; return what was found, in words, and whether that was what should be.

    A fault meets the missing safeguard by chance, so where one seed finds nothing the next is tried.
    """
    for seed in SEEDS if trial.breaks else SEEDS[:1]:
        found = await _found(trial, seed)
        if expected := [promise for promise in trial.breaks if promise in found]:
            return f"{expected[0]}: {found[expected[0]]}"[:200], True
    return f"found {found or 'nothing'}"[:500], not trial.breaks and not found


async def _found(trial: Trial, seed: int) -> dict[str, str]:
    """Run a trial with a seed; return the first of what broke each promise."""
    site = ChaosSite(without=trial.without, faulty=False, **trial.environment)
    run = Run(
        site, list(trial.faults), seconds=SECONDS, members=MEMBERS, channels=CHANNELS, rate=RATE, seed=seed, churn_every=trial.churn_every,
        returns=trial.returns, patience=20, first_sql=trial.sql, without_backstage=trial.without,
    )  # fmt: skip
    try:
        report = await run.go()
    finally:
        site.close()
    return dict(reversed(report.broken))
