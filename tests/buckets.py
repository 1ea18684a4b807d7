"""An object storage for the tests: moto's S3 on a port of this machine, which answers nobody but who signs with its key.

moto itself answers everybody and asks for no key; what stands before it here does what a private bucket does.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import boto3
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from community.kit.ops import environ

KEY, SECRET, NAME = "site-key", "site/secret+key", "media"


class Quiet(MotoRequestHandler):
    def log_request(self, *args: Any, **kwargs: Any) -> None: ...


class Bucket:
    """An empty bucket while the block lasts; `url` is what MAINSTAY_S3_URL wants. `is_open` lets everybody in, as a mistake would."""

    def __init__(self) -> None:
        self.is_open = False
        self.ranges: list[str] = []  # which parts of files were asked for
        self.fails = ""  # what it answers in place of all else, such as "503 Service Unavailable"
        self._goes = threading.Event()
        self._goes.set()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet)
        self.port = self._server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{KEY}:site%2Fsecret%2Bkey@{self.host}/{NAME}"

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self._goes.wait()
        if self.fails:
            start_response(self.fails, [("Content-Length", "0")])
            return []
        signed = f"Credential={KEY}/" in environ.get("HTTP_AUTHORIZATION", "")
        if not (signed or self.is_open):
            start_response("403 Forbidden", [("Content-Length", "0")])
            return []
        if environ["REQUEST_METHOD"] == "GET" and "HTTP_RANGE" in environ:
            self.ranges.append(environ["HTTP_RANGE"])
        answer: Iterable[bytes] = self._moto(environ, start_response)
        return answer

    def __enter__(self) -> "Bucket":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
        self.client: Any = boto3.client("s3", endpoint_url=f"http://{self.host}", **keys)
        self.client.create_bucket(Bucket=NAME)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for name in self.names():
            self.client.delete_object(Bucket=NAME, Key=name)
        self.client.delete_bucket(Bucket=NAME)
        self._server.shutdown()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections, and answers nothing."""
        self._goes.clear()
        try:
            yield
        finally:
            self._goes.set()

    @contextmanager
    def failing(self, answer: str) -> Iterator[None]:
        """It answers nothing but that."""
        self.fails = answer
        try:
            yield
        finally:
            self.fails = ""

    def names(self) -> list[str]:
        """The names of all files in it."""
        return [entry["Key"] for entry in self.client.list_objects_v2(Bucket=NAME).get("Contents", [])]


def keep_files_in(bucket: Bucket, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the site inside pytest keep its files in `bucket`; `settings` is pytest-django's."""
    monkeypatch.setenv("MAINSTAY_S3_URL", bucket.url)
    settings.BUCKET = environ.bucket()
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "community.kit.storage.PrivateBucket"}}
