"""A second look at a database: one moment of it, for reading alone, while the site goes on writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.db import connections, transaction
from django.db.models import Count, Max, Min
from django.db.models.functions import Coalesce
from psycopg import IsolationLevel

from groups.chat.models import Channel, Message

from .archive import Conversations
from .tables import Table, of, table

SQLITE = "django.db.backends.sqlite3"


@contextmanager
def snapshot() -> Iterator[str]:
    """Give the name of a connection on which the site's database stands still for the length of the block."""
    own = connections.settings["default"]
    if own["ENGINE"] == SQLITE:
        changed = read_only(Path(own["NAME"]))
    else:
        options = {name: value for name, value in own["OPTIONS"].items() if name != "pool"}
        still = {"isolation_level": IsolationLevel.REPEATABLE_READ, "options": "-c default_transaction_read_only=on"}
        changed = {"OPTIONS": options | still}
    with second_connection("snapshot", changed):
        yield "snapshot"


def read_only(path: Path) -> dict[str, Any]:
    """The settings of a connection to a SQLite file that cannot write to it, and waits for nobody."""
    return {"ENGINE": SQLITE, "NAME": f"file:{quote(str(path))}?mode=ro", "OPTIONS": {"timeout": 10}}


@contextmanager
def second_connection(alias: str, changed: dict[str, Any]) -> Iterator[None]:
    """Have a connection `alias` with the settings of the site's own but for what is `changed`, in one transaction."""
    connections.settings[alias] = connections.settings["default"] | changed
    try:
        with transaction.atomic(using=alias):
            yield
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def tables_of(without: set[str]) -> list[Table]:
    """The tables of this release, by name."""
    return sorted((table(model) for model in of(apps, without=without)), key=lambda each: each.name)


def conversations(using: str) -> Conversations:
    """Count the conversations, and those whose messages are not numbered 1, 2, 3 … to where the channel counts."""
    counted = Channel.objects.using(using).annotate(
        n=Count("messages"), low=Coalesce(Min("messages__seq"), 1), top=Coalesce(Max("messages__seq"), 0)
    )
    broken = sum(not (each.n == each.top == each.seq and each.low == 1) for each in counted.iterator())
    return Conversations(counted.count(), Message.objects.using(using).count(), broken)
