"""The generation of what guests see: a random value that changes in the same transaction as anything that a public page shows.

Where files change, it does so just after the transaction. A page that was drawn under the value that the database holds now is as it
would be drawn anew. Each room above connects the models whose rows its public pages show.
"""

from typing import Any
from uuid import uuid4

from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_save

from .models import Generation


def changed(**kwargs: Any) -> None:
    """Begin another generation, once the transaction that this is called in is committed. Takes what a signal brings."""
    Generation.objects.bulk_create([Generation(pk=1, value=uuid4())], update_conflicts=True, update_fields=["value"], unique_fields=["pk"])


def changes_with(*shown: type[models.Model], once_committed: bool = False) -> None:
    """Begin another generation whenever a row of one of these models is saved or deleted.

    `once_committed` is for rows that are locked by those who change them and by those who have begun another generation already, since
    these would wait for each other. What a page tells of them must be nothing that anybody takes back.
    """
    for model in shown:
        for signal in (post_save, post_delete):
            signal.connect(_changed_once_committed if once_committed else changed, sender=model)


def _changed_once_committed(**kwargs: Any) -> None:
    transaction.on_commit(changed)


def current() -> Any:
    """Return the value, or None as long as nothing has changed. Asked at each request of a guest, and therefore not through the ORM."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM kit_generation")
        return cursor.fetchone()
