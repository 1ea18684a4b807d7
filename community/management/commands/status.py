"""`manage.py status`: whether all is well, in a few lines or as JSON, for people and for whatever watches the machine."""

import datetime as dt
import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import timezone
from django.utils.timesince import timesince

from community import VERSION, health
from community.kit.ops import last_backup, pulse
from community.kit.ops.condition import queue_state, redis_state, worker_state
from community.notifications.condition import condition
from community.notifications.models import PushSubscription, TextNumber
from community.notifications.push.condition import troubles as push_troubles
from community.notifications.texting.condition import troubles as text_troubles


@dataclass(frozen=True)
class Fact:
    """One line: what is asked, the answer in words, the same for a program, and whether somebody has to do something."""

    name: str
    words: str
    value: Any
    wrong: bool = False


class Command(BaseCommand):
    help = "Say how the site is doing, in numbers without names. Ends with 1 if something is wrong."
    requires_system_checks = []  # it is asked just when something may be wrong

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="the same for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        facts = list(gather())
        wrong = [fact.name for fact in facts if fact.wrong]
        if options["json"]:
            told = {"well": not wrong, "wrong": wrong, **{fact.name: fact.value for fact in facts}}
            self.stdout.write(json.dumps(told, default=dt.datetime.isoformat))
        else:
            for fact in facts:
                self.stdout.write(f"{'!' if fact.wrong else ' '} {fact.name:<9} {fact.words}")
            self.stdout.write(f"Not well: {', '.join(wrong)}." if wrong else "All is well.")
        if wrong:
            raise SystemExit(1)


def gather() -> Iterator[Fact]:
    """Find out one after the other. What only the database knows is not asked where that cannot be."""
    yield Fact("version", VERSION, VERSION)
    database = health.database_state()
    yield Fact("database", database, database, database != "ok")
    redis = redis_state()
    yield Fact("redis", redis, redis, redis == "away")
    disk = pulse.disk()
    words = f"{disk.free / pulse.GIGABYTE:.1f} GB of {disk.total / pulse.GIGABYTE:.1f} GB free"
    yield Fact("disk", words, asdict(disk), disk.is_full)
    for name, ask in ASKED.items():
        try:
            yield Fact(name, "unknown", None) if database == "away" else ask()
        except DatabaseError:  # its tables are not there yet, or it has gone away just now
            yield Fact(name, "unknown", None)


def worker() -> Fact:
    seen = pulse.worker_seen()
    return Fact("worker", f"last seen {ago(seen)}" if seen else "never seen", seen, worker_state() == "gone")


def queue() -> Fact:
    found = pulse.queue()
    return Fact("queue", f"{found.count} waiting{since(found)}", asdict(found), queue_state() == "grows")


def email() -> Fact:
    """E-mails that were refused are no fault of the site; the People page says whose they were."""
    found, refused, unknown = pulse.unsent(), pulse.refused(), pulse.unknown()
    value = {**asdict(found), "refused": refused, "unknown": unknown, "server": settings.MAIL_SERVER}
    words = f"{found.count} waiting{since(found)}, {refused} refused" + (f", {unknown} perhaps sent" if unknown else "")
    said = words if settings.MAIL_SERVER else f"{words}; no mail server is set"
    return Fact("email", said, value, found.longer_than(pulse.MAX_UNSENT_AGE))


def notified() -> Fact:
    """What is to leave by e-mail, push or text message. Those that failed, and those of which nobody knows, are counted and no alarm."""
    found = condition()
    words = f"{found.waiting.count} waiting{since(found.waiting)}"
    words += "".join(f", {count} {what}" for count, what in ((found.failed, "failed today"), (found.unknown, "perhaps sent")) if count)
    return Fact("notified", words, asdict(found), found.is_late)


def backup() -> Fact:
    last = last_backup.last()
    words = f"made {ago(last.made_at)}" if last.made_at else "never made"
    if last.failed:
        words += ", and the last one failed"
    return Fact("backup", words, asdict(last), last.failed or last.is_old)


def push() -> Fact:
    """Browsers that members are notified in, and what keeps pushes from leaving."""
    count, trouble = PushSubscription.objects.count(), " ".join(push_troubles())
    words = f"{count} {'browser' if count == 1 else 'browsers'} notified"
    return Fact("push", f"{words}. {trouble}" if trouble else words, {"browsers": count, "trouble": trouble}, bool(trouble))


def texts() -> Fact:
    """Members who get text messages, and what keeps these from leaving."""
    count, trouble = TextNumber.objects.exclude(agreed_at=None).count(), " ".join(text_troubles())
    words = f"{count} {'number' if count == 1 else 'numbers'}" + ("" if settings.SMS_URL else "; no gateway is set")
    value = {"numbers": count, "gateway": bool(settings.SMS_URL), "trouble": trouble}
    return Fact("texts", f"{words}. {trouble}" if trouble else words, value, bool(trouble))


def live() -> Fact:
    count = pulse.live()
    return Fact("live", f"{count} {'member' if count == 1 else 'members'} now", count)


ASKED: dict[str, Callable[[], Fact]] = {
    "worker": worker,
    "queue": queue,
    "email": email,
    "notified": notified,
    "push": push,
    "texts": texts,
    "backup": backup,
    "live": live,
}


def ago(when: dt.datetime) -> str:
    """Return how long ago that was, to the minute, with the time itself."""
    passed = timesince(when).replace("\xa0", " ") if timezone.now() - when >= dt.timedelta(minutes=1) else "less than a minute"
    return f"{passed} ago ({when:%Y-%m-%d %H:%M} UTC)"


def since(waiting: pulse.Waiting) -> str:
    return f", the first for {timesince(waiting.since)}".replace("\xa0", " ") if waiting.since else ""
