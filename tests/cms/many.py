"""Many articles at once: through the editor, two thousand would take minutes."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model
from wagtail.models import Page, Revision

from cms.models import ArticlePage, SearchTerm, SearchText

KEYS: dict[Any, str] = {Page: "id", ArticlePage: "page_ptr_id", SearchText: "entry_id", SearchTerm: "entry_id"}


def multiply(articles: list[ArticlePage], count: int) -> None:
    """Write `count` more rows like those of `articles` in turn, with what the search index has of them; they have no versions."""
    first = Page.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    for model in KEYS:
        rows = list(_copies(model, articles, first, count))
        columns = ", ".join(f'"{column}"' for column in rows[0])
        with transaction.atomic(), connection.cursor() as cursor:
            statement = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({', '.join(['%s'] * len(rows[0]))})"
            cursor.executemany(statement, [list(row.values()) for row in rows])
            for reset in connection.ops.sequence_reset_sql(no_style(), [Page]):
                cursor.execute(reset)


def _copies(model: Any, articles: list[ArticlePage], first: int, count: int) -> Iterator[dict[str, Any]]:
    columns = [field.column for field in model._meta.local_concrete_fields if field.column != "id" or model is Page]
    originals = []
    for article in articles:
        with connection.cursor() as cursor:
            names = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(f"SELECT {names} FROM {model._meta.db_table} WHERE {KEYS[model]} = %s", [article.pk])
            originals.append([dict(zip(columns, row, strict=True)) for row in cursor.fetchall()])
    for n in range(count):
        for row in originals[n % len(articles)]:
            copy = row | {KEYS[model]: first + n}
            if model is Page:
                key = Page._meta.get_field("translation_key").get_db_prep_value(uuid4(), connection)
                slug, parent = f"{first + n:016x}", row["url_path"].rsplit("/", 2)[0]
                copy |= {"path": f"{row['path'][:-4]}Z{(first + n) % 4096:03X}", "slug": slug, "url_path": f"{parent}/{slug}/"}
                copy |= {"translation_key": key, "latest_revision_id": None, "live_revision_id": None}
            yield copy


def copies(row: Model, count: int, **fields: Sequence[Any]) -> list[Any]:
    """`count` rows like `row`, not stored yet, each with the next value of each of `fields`."""
    same = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    return [type(row)(**same | {name: values[number] for name, values in fields.items()}) for number in range(count)]


def write_versions(article: ArticlePage, entries: Sequence[int]) -> None:
    """Write a version like the newest of `article` for each of these `entries`, in turn; an entry may be named often."""
    newest = article.get_latest_revision()
    contents = [newest.content | {"pk": pk} for pk in entries]
    made = copies(newest, len(entries), object_id=[str(pk) for pk in entries], content=contents)
    last = {int(version.object_id): version.pk for version in Revision.objects.bulk_create(made, batch_size=500)}
    Page.objects.bulk_update([Page(pk=pk, latest_revision_id=version) for pk, version in last.items()], ["latest_revision"], batch_size=500)
