"""A fence around the tests: nothing that runs in them reaches another machine, whether it was meant to or not."""

import socket
from typing import Any

import pytest

HERE = {"", "localhost", "127.0.0.1", "127.0.0.2", "::1", "0.0.0.0", "::", None}


class LeftTheSiteError(AssertionError):
    """Something asked another machine."""


class Fence:
    """Refuses connections and look-ups of names that lead away, and remembers them: the code may swallow the refusal."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.left: list[str] = []
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, self._guarded(getattr(socket.socket, name)))
        look_up = socket.getaddrinfo

        def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            self._ask(host)
            return look_up(host, *args, **kwargs)

        patch.setattr(socket, "getaddrinfo", getaddrinfo)

    def _guarded(self, connect: Any) -> Any:
        def guarded(this: socket.socket, address: Any) -> Any:
            if this.family in (socket.AF_INET, socket.AF_INET6):
                self._ask(address[0])
            return connect(this, address)

        return guarded

    def _ask(self, host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in HERE:
            self.left.append(str(name))
            raise LeftTheSiteError(f"A test asked another machine: {name}")
