"""Files in object storage that speaks S3, reached by this site alone. Visitors get them through the views that ask for the reader."""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial
from typing import IO, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.encoding import filepath_to_uri
from django_tasks import task
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from .ops.outage import Outage
from .web.streaming import Away

log = logging.getLogger("mainstay.storage")
FAILURES = (BotoCoreError, ClientError, Away)  # what comes of a bucket that does not do its part
CONNECT_SECONDS, ANSWER_SECONDS, TRIES = 1, 4, 2  # how long anybody waits for a bucket, and how often it is asked
away = Outage("The bucket", "pictures and documents cannot be read or stored.", seconds=2)
AGAIN = dt.timedelta(minutes=5)  # until what could not be deleted is tried again
MEMORY = 1 << 20  # of a file that is being read; the rest waits on the disk


class PrivateBucket(S3Storage):
    """A private bucket. What is stored asks for no access of its own, which in S3 means: for the owner alone."""

    def get_default_settings(self) -> dict[str, Any]:
        only_what_all_speak = Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
        )
        ours = {"file_overwrite": False, "default_acl": None, "max_memory_size": MEMORY, "client_config": only_what_all_speak}
        defaults: dict[str, Any] = super().get_default_settings()
        return defaults | ours | settings.BUCKET

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """What a task in the queue is told of where a file lies, without the keys: the queue is a table, and stands in every backup."""
        return f"{__name__}.{type(self).__name__}", [], {}

    @property
    def connection(self) -> Any:
        """What everything is asked through. Raises Away where the bucket does not answer, at once where that is known."""
        is_new = getattr(self._connections, "connection", None) is None
        connection: Any = super().connection
        if is_new:
            events = connection.meta.client.meta.events
            events.register("before-call.s3", _try)
            events.register("after-call-error.s3", _fail)
            events.register("after-call.s3", _hear)
        return connection

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """An address of this site that leads nowhere, as for files on the disk: a signed one would be a key, and another host."""
        return f"{settings.MEDIA_URL}{filepath_to_uri(name)}"

    def exists(self, name: str) -> bool:
        there: bool = self._asked(partial(super().exists, name))
        return there

    def delete(self, name: str) -> None:
        """Delete a file; later, where the bucket does not do its part now: what somebody deleted does not stay for that."""
        try:
            self._asked(partial(super().delete, name))
        except Away:
            _delete_later(name, timezone.now())

    def get_modified_time(self, name: str) -> dt.datetime:
        stored_at: dt.datetime = self._asked(partial(super().get_modified_time, name))
        return stored_at

    def size(self, name: str) -> int:
        size: int = self._asked(partial(super().size, name))
        return size

    def _open(self, name: str, mode: str = "rb") -> Any:
        return self._asked(partial(super()._open, name, mode))

    def _save(self, name: str, content: Any) -> str:
        stored: str = self._asked(partial(super()._save, name, content))
        return stored

    def part(self, name: str, first: int, last: int) -> IO[bytes]:
        """A stream of the bytes from `first` to `last` of a file, and of no others. Raises FileNotFoundError, Away."""
        wanted = {"Bucket": self.bucket_name, "Key": self._normalize_name(clean_name(name)), "Range": f"bytes={first}-{last}"}
        stream: IO[bytes] = self._asked(partial(self.connection.meta.client.get_object, **wanted))["Body"]
        return stream

    def _asked(self, question: Callable[[], Any]) -> Any:
        """What the bucket answers. Raises FileNotFoundError, and Away for whatever else it refuses."""
        try:
            return question()
        except FAILURES as error:
            if getattr(error, "response", {}).get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                raise FileNotFoundError from error
            raise Away from error

    def trouble(self) -> str:
        """Say in a sentence why this bucket cannot be used, or return an empty text."""
        asked = {"Bucket": self.bucket_name, "MaxKeys": 1}
        try:
            listed = self.connection.meta.client.list_objects_v2(**asked).get("Contents", [])
        except FAILURES as error:
            reason = type(error.__cause__ or error).__name__
            return f"The bucket of MAINSTAY_S3_URL does not answer ({reason}): it must exist, and both keys be right."
        client = self.unsigned_connection.meta.client
        requests = [partial(client.list_objects_v2, **asked)]
        requests += [partial(client.head_object, Bucket=self.bucket_name, Key=one["Key"]) for one in listed]
        if any(_succeeds(request) for request in requests):
            return "Everybody can read the bucket of MAINSTAY_S3_URL: close it to all but this site's keys."
        return ""


def _delete_later(name: str, asked_at: dt.datetime) -> None:
    log.warning("A file could not be deleted, and will be tried again.")
    delete_again.using(run_after=timezone.now() + AGAIN).enqueue(name, asked_at.isoformat())


@task()
def delete_again(name: str, asked: str) -> None:
    """Delete a file that could not be deleted when that was asked. Another of its name, stored since, stays."""
    asked_at = dt.datetime.fromisoformat(asked)
    try:
        if default_storage.get_modified_time(name) <= asked_at:
            default_storage.delete(name)
    except FileNotFoundError:  # only the answer was lost
        return
    except Away:
        _delete_later(name, asked_at)


def _try(**_: Any) -> None:
    if not away.may_try():
        raise Away


def _fail(exception: Exception, **_: Any) -> None:
    if isinstance(exception, BotoCoreError):
        away.begins(type(exception).__name__)
        raise Away from exception


def _hear(http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
    """It answered. One that says that it failed did not do its part, whatever it was asked."""
    if http_response.status_code >= 500:
        log.warning("The bucket answers %s.", http_response.status_code)
        raise Away from ClientError(parsed, model.name)
    away.ends()


def _succeeds(request: Callable[[], object]) -> bool:
    try:
        request()
    except FAILURES:
        return False
    return True
