"""What a proxy or a supervisor asks: does the process live, and can it serve?"""

from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from .doors import same_for_everyone

_migrated = False


@same_for_everyone
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so that a database that is away does not get the process restarted."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@same_for_everyone
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 where the database answers and is migrated, else 503. Redis is told of and not required: without it chat is only slower."""
    state = {"database": database_state(), "redis": redis_state()}
    return JsonResponse(state, status=200 if state["database"] == "ok" else 503)


def database_state() -> str:
    """Return "ok", "not migrated" or "away"."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok" if is_migrated() else "not migrated"
    except DatabaseError:
        return "away"


def is_migrated() -> bool:
    """True where no migration is missing. A yes is kept: what was migrated stays so for as long as this process runs the same code."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def redis_state() -> str:
    """Return "ok", "away", or "not used"."""
    if not settings.REDIS_URL:
        return "not used"
    try:
        _redis(settings.REDIS_URL).ping()
    except redis.RedisError:
        return "away"
    return "ok"


@cache
def _redis(url: str) -> Any:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
