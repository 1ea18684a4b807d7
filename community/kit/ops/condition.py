"""How a site is apart from its database: schedule, queue, disk, Redis. Each in a word for /readyz and a sentence for an admin."""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from . import cache as redis
from . import pulse

ASKED_OF_ROOMS: list[Callable[[], list[str]]] = []  # of rooms above: a sentence for each thing that needs somebody


def condition() -> dict[str, str]:
    """Return a word for each part: "ok", or what is the matter with it. Reads the database."""
    return {"redis": redis_state(), "worker": worker_state(), "queue": queue_state(), "disk": disk_state()}


def redis_state() -> str:
    """Return "ok", "away", or "not used"."""
    if not settings.REDIS_URL:
        return "not used"
    cache.set("ready", True, timeout=60)  # a Redis that is full, or lets nobody write, answers a ping all the same
    return "away" if redis.away.is_known else "ok"


def worker_state() -> str:
    """Return "ok", or "gone" where no process has run the schedule for two minutes; "starting" where this one serves for less than that."""
    seen = pulse.worker_seen()
    if seen and seen > timezone.now() - pulse.WORKER_TIMEOUT:
        return "ok"
    return "starting" if pulse.is_starting() else "gone"


def queue_state() -> str:
    """Return "ok", or "grows" where a task that could have been taken up waits since five minutes or longer."""
    return "grows" if pulse.queue().longer_than(pulse.MAX_QUEUE_AGE) else "ok"


def disk_state() -> str:
    """Return "ok", or "fills" where a twentieth of the disk or less is free, and less than 5 GB; half a GB is too little anywhere."""
    return "fills" if pulse.disk().is_full else "ok"


def troubles() -> list[str]:
    """Return a sentence for each part that needs somebody."""
    now = condition()
    said = {
        ("redis", "away"): _("Redis can't be used: everything still works, just more slowly."),
        ("worker", "gone"): _(
            "Nothing does the background work: no e-mail leaves, and nothing happens at its time. Start manage.py worker."
        ),
        ("queue", "grows"): _("Background work has been waiting for more than five minutes."),
        ("disk", "fills"): _("The server's disk is almost full. When it is full, nothing can be stored."),
    }
    own = [sentence for part, sentence in said.items() if now[part[0]] == part[1]]
    return [*own, *(sentence for ask in ASKED_OF_ROOMS for sentence in ask())]
