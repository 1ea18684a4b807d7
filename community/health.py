"""What a proxy or a supervisor asks: does the process live, and can it serve?"""

import os

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from community import PACKAGES
from community.kit.ops.condition import condition
from community.kit.web.public_views import same_for_everyone

COMPATIBLE = "_compatible"  # the end of a migration's name: the release before it may go on running (docs/decisions/0024)
OLD, NEW = "not migrated", "newer than the code"
SERVING = ("ok", "read-only")
SENTENCES = {
    OLD: "The database is older than the code: run manage.py migrate first.",
    NEW: "The database is newer than this code: start the release that migrated it, or restore the backup from before.",
}
_fits = False


@same_for_everyone
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so that a database that is away does not get the process restarted."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@same_for_everyone
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 only where this process cannot serve: the database is away, or not the one of this code. All else is told in a word."""
    database, state = database_state(), {}
    if database in SERVING:
        try:
            state = condition()
        except DatabaseError:
            database = "away"
    return JsonResponse({"database": database, **state}, status=200 if database in SERVING else 503)


def database_state() -> str:
    """Return "ok", "read-only", "away", OLD or NEW."""
    try:
        return schema_trouble() or ("ok" if _is_writable() else "read-only")
    except DatabaseError:
        return "away"


def schema_trouble() -> str:
    """Return "" where the database is that of this code, else OLD or NEW.

    A "" is kept: what fitted when this process began fits for as long as it runs, since the next release lets its forerunner end in peace.
    """
    global _fits
    if _fits:
        return ""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return OLD
    labels = {app.label for app in apps.get_app_configs() if app.name.split(".")[0] in PACKAGES}
    unknown = executor.loader.applied_migrations.keys() - executor.loader.disk_migrations.keys()
    if any(label in labels and not name.endswith(COMPATIBLE) for label, name in unknown):
        return NEW
    _fits = True
    return ""


def _is_writable() -> bool:
    if connection.vendor == "sqlite":
        return os.access(settings.DATABASES["default"]["NAME"], os.W_OK)
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone() == ("off",))
