"""The rows of every table in one form for all databases: JSON lines in the order of their keys, and what these lines hash to.

A table is read and written through a shadow of its model: the same columns as plain values, without anything that the model's own
fields make of them. So what was stored is copied, not what today's code would make of it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.apps.registry import Apps
from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models
from django.db.models.functions import Collate

DERIVED = {"wagtailsearch.IndexEntry", "wagtailsearch.SQLiteFTSIndexEntry"}  # made anew from the rest
# A backup ends every session, has nothing sent or done that waited when it was made, and leaves out what can be made again from the rest.
PASSING = {
    "sessions.Session", "members.Device", "kit.Told", "kit.Serving", "django_tasks_database.DBTaskResult", "notifications.Delivery",
    "notifications.TextCode", "downloads.Download",
}  # fmt: skip
BATCH_ROWS = 500
BATCH_BYTES = 1 << 20

_integers = ("Auto", "BigAuto", "SmallAuto", "Integer", "BigInteger", "SmallInteger")
_positive = ("PositiveInteger", "PositiveBigInteger", "PositiveSmallInteger")
_same = (models.BooleanField, models.DateTimeField, models.DateField, models.TimeField, models.DurationField, models.UUIDField)
PLAIN: dict[str, type[models.Field[Any, Any]]] = (
    {f"{kind}Field": models.BigIntegerField for kind in (*_integers, *_positive)}
    | dict.fromkeys(("CharField", "TextField", "SlugField", "FileField", "FilePathField"), models.TextField)
    | {kind.__name__: kind for kind in (*_same, models.FloatField, models.JSONField, models.BinaryField, models.GenericIPAddressField)}
)
_encode = msgspec.json.Encoder(order="sorted").encode


class TableChecksum(msgspec.Struct, frozen=True):
    """How many rows a table has, and the SHA-256 of its lines."""

    rows: int
    sha256: str


@dataclass
class RowCounter:
    """Counts and hashes lines as they pass."""

    rows: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, lines: bytes) -> None:
        self.rows += lines.count(b"\n")
        self._hash.update(lines)

    def checksum(self) -> TableChecksum:
        return TableChecksum(self.rows, self._hash.hexdigest())


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]
    shadow: Any  # a model that no code knows of, with the fields f0, f1, … for the columns
    key: str


def of(registry: Apps, *, without: Iterable[str] = ()) -> list[type[models.Model]]:
    """The models of `registry` that have a table of their own, but for those named."""
    found = registry.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy and model._meta.label not in set(without)]


def table(model: type[models.Model], columns: Iterable[str] = ()) -> Table:
    """Return the table of a model, its columns in the order given. Raises LookupError for a column that it has not."""
    own = {own.column: own for own in model._meta.local_concrete_fields}
    names = tuple(columns) or tuple(own)
    if set(names) != set(own):
        raise LookupError(f"{model._meta.db_table} has other columns here.")
    fields = {f"f{n}": _plain(own[name]) for n, name in enumerate(names)}
    meta = type("Meta", (), {"apps": Apps(), "app_label": "backups", "managed": False, "db_table": model._meta.db_table})
    shadow = type("Shadow", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    key = next(name for name, plain in fields.items() if plain.primary_key)
    return Table(model._meta.db_table, names, shadow, key)


def _plain(own: Any) -> Any:
    target = own
    while target.remote_field:
        target = target.target_field
    return PLAIN[target.get_internal_type()](db_column=own.column, null=own.null, primary_key=own.primary_key)


def read(table: Table, using: str) -> Iterator[bytes]:
    """Yield the lines of a table, some at a time; they end with a line break."""
    names = [field.name for field in table.shadow._meta.fields]
    rows = table.shadow.objects.using(using).order_by(_in_one_order(table, using)).values_list(*names)
    lines, size = [], 0
    for row in rows.iterator(chunk_size=BATCH_ROWS):
        lines.append(_encode(row) + b"\n")
        size += len(lines[-1])
        if size >= BATCH_BYTES or len(lines) >= BATCH_ROWS:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)


def _in_one_order(table: Table, using: str) -> Any:
    """The key; where it is text, by its bytes, as every database can."""
    if isinstance(table.shadow._meta.pk, models.TextField):
        return Collate(table.key, "C" if connections[using].vendor == "postgresql" else "BINARY")
    return table.key


def write(table: Table, lines: bytes, using: str) -> None:
    """Store the rows of `lines`. Raises CommandError where the database does not take them; what they hold is not told."""
    fields = table.shadow._meta.fields
    rows = [
        table.shadow(**{field.name: _value(field, value) for field, value in zip(fields, msgspec.json.decode(line), strict=True)})
        for line in lines.splitlines()
    ]
    try:
        table.shadow.objects.using(using).bulk_create(rows, batch_size=BATCH_ROWS)
    except (DatabaseError, ValueError) as error:
        raise CommandError(f"The database does not take what was kept in {table.name} ({type(error).__name__}).") from error


def _value(field: Any, value: Any) -> Any:
    if value is None and isinstance(field, models.JSONField) and not field.null:
        return models.Value(None, models.JSONField())  # the JSON null, which is a value
    return field.to_python(value)


def measure(table: Table, using: str) -> TableChecksum:
    """Count and hash what is in a table now."""
    counter = RowCounter()
    for lines in read(table, using):
        counter.add(lines)
    return counter.checksum()


def clear(found: list[type[models.Model]], using: str) -> None:
    """Empty the tables of these models, in the caller's transaction."""
    connection = connections[using]
    names = [model._meta.db_table for model in found if model._meta.label != "wagtailsearch.SQLiteFTSIndexEntry"]
    for statement in connection.ops.sql_flush(no_style(), names):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def count_on(found: list[type[models.Model]], using: str) -> None:
    """Have the database give new rows numbers that none of the stored ones has."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), found):
            cursor.execute(statement)
