"""Which faults happen when: drawn from a seed alone."""

import random
from dataclasses import dataclass

# Whole services, one after the other, each with its weight; and connections, which break all the time.
SERVICES = {
    "server killed": 5, "server stopped": 2, "server frozen": 2, "Redis killed": 2, "Redis stopped": 2, "Redis flushed": 2,
    "PostgreSQL restarted": 3,
}  # fmt: skip
CONNECTIONS = {"connection cut": 8, "connection dead": 2, "client frozen": 3}
EVENTS = ("event dropped", "event doubled", "event reordered")  # what the layer does all the time
KINDS = (*SERVICES, *CONNECTIONS, *EVENTS)
SERVICE_EVERY, CONNECTION_EVERY = 3.5, 0.5  # seconds on average


@dataclass(frozen=True)
class Fault:
    at: float  # seconds after the start
    kind: str
    pick: float  # 0 to 1: which server, connection or client it is


def draw(seed: int, seconds: float) -> list[Fault]:
    """Return the faults of a run in order of time. Every kind comes at least once where there is time for all."""
    source = random.Random(seed)
    faults = [*_lane(source, SERVICES, SERVICE_EVERY, seconds), *_lane(source, CONNECTIONS, CONNECTION_EVERY, seconds)]
    return sorted(faults, key=lambda fault: fault.at)


def _lane(source: random.Random, weights: dict[str, int], every: float, seconds: float) -> list[Fault]:
    count = int(seconds / every)
    kinds = list(weights)
    source.shuffle(kinds)
    kinds = [*kinds, *source.choices(list(weights), list(weights.values()), k=max(0, count - len(kinds)))][:count]
    return [Fault((n + source.random()) * every, kind, source.random()) for n, kind in enumerate(kinds)]
