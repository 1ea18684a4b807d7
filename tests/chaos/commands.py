"""The two commands, and what they print."""

import time
from collections.abc import Mapping

from tests.chaos.plan import KINDS, draw
from tests.chaos.run import Report, Run
from tests.chaos.selftest import TRIALS, attempt
from tests.chaos.site import ChaosSite

MEMBERS, CHANNELS, RATE = 50, 10, 15.0
FEWEST = 100  # kills and cuts, beside what is done to events


async def chaos(*, minutes: float, seed: int) -> int:
    """Run once and print what happened; 0 where every promise held and every kind of fault did happen."""
    plan = draw(seed, minutes * 60)
    print(f"Seed {seed}, {minutes:g} min, {MEMBERS} members in {CHANNELS} channels, {len(plan)} faults drawn", flush=True)
    site = ChaosSite()
    run = Run(site, plan, seconds=minutes * 60, members=MEMBERS, channels=CHANNELS, rate=RATE, seed=seed)
    started = time.monotonic()
    try:
        report = await run.go()
        print_report(report, time.monotonic() - started)
        wrong = [*(f"{promise}: {what}" for promise, what in report.broken), *_not_enough(report)]
        if wrong:
            print("\n".join(["", f"{len(wrong)} wrong:", *wrong[:30], "", f"Histories and logs: {run.keep()}"]))
            print(f"Again: make chaos MINUTES={minutes:g} SEED={seed}")
    finally:
        site.close()
    return 1 if wrong else 0


def _not_enough(report: Report) -> list[str]:
    """What makes a run worthless: a kind of fault that never happened, or too few."""
    never = [f"it never happened: {kind}" for kind in KINDS if not report.faults[kind]]
    count = sum(n for kind, n in report.faults.items() if not kind.startswith("event"))
    return never + ([f"only {count} kills and cuts, of {FEWEST}"] if count < FEWEST else [])


def print_report(report: Report, took: float) -> None:
    for title, counted in (("People", report.done), ("Faults", report.faults), ("Asked", report.checks)):
        print(f"{title}: {_listed(counted)}", flush=True)
    print(f"{report.seconds:.0f} s of writing, {took:.0f} s in all", flush=True)


def _listed(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(counted.items()))


async def selftest() -> int:
    """Switch off each safeguard and show that the checker says so; 0 where each fault was found, and none with all safeguards on."""
    missed = 0
    for trial in TRIALS:
        started = time.monotonic()
        verdict, caught = await attempt(trial)
        missed += not caught
        print(f"{'ok  ' if caught else 'FAIL'}  {trial.title}: {verdict} ({time.monotonic() - started:.0f} s)", flush=True)
    return 1 if missed else 0
