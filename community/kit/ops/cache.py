"""The cache in Redis, which may be away: then each process remembers for itself, and nobody waits.

What is remembered are counts of tries and what Wagtail looks up often; without Redis each process counts on its own.
"""

from functools import partial
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as LostConnection
from redis.retry import Retry

from .outage import Outage

PATIENCE = 0.4  # seconds for a connection, and for an answer
ENTRIES = 10_000  # in a process's memory; of the three hundred that are Django's default, a guesser could push others' counts out
READS = ("get", "get_many", "has_key")
# As long as allauth's locks last: none that was set in Redis before an outage stands in somebody's way after it.
away = Outage("Redis", "each process counts tries on its own.", seconds=10)


class Client:
    """What RedisCache calls: each call is answered by Redis, else by the memory of this process."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        # A connection that Redis has closed meanwhile is opened anew at once; an answer that does not come is not waited for twice.
        retry = Retry(NoBackoff(), 1, (LostConnection,))
        self._redis = RedisCacheClient(servers, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=retry, **options)
        self._memory = LocMemCache("while Redis is away", {"OPTIONS": {"MAX_ENTRIES": ENTRIES}})

    def __getattr__(self, name: str) -> Any:
        return partial(self._call, name)

    def _call(self, name: str, *args: Any) -> Any:
        here = getattr(self._memory, name)
        reads = name in READS  # which tell nothing: a Redis that is full or takes no writes is read all the same
        if away.is_known if reads else not away.may_try():
            return here(*args)
        try:
            found = getattr(self._redis, name)(*args)
        except (RedisError, OSError) as error:
            if away.begins(type(error).__name__):
                self._memory.clear()  # what it holds from an earlier outage is old
            return here(*args)
        if not reads:
            away.ends()
        return found


class Cache(RedisCache):
    """Django's cache in Redis, with this client."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client
