"""A connected member who comes into a channel while the server stumbles."""

from typing import Any

import pytest

from community.members.models import User
from groups.chat import reading
from groups.chat.wire import hub
from groups.chat.wire.handshake import SignedIn
from groups.chat.wire.sockets import Socket


class Hall:
    """A hub that only knows who is in."""

    def __init__(self) -> None:
        self.inside: set[str] = set()

    async def subscribe(self, socket: Socket, places: list[tuple[str, int]]) -> None:
        self.inside |= {channel for channel, _first_seq in places}

    def unsubscribe(self, channel: str, socket: Socket) -> None:
        self.inside.discard(channel)


@pytest.mark.anyio
async def test_whatever_goes_wrong_on_the_way_in_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a member who is subscribed and was never told so: the liveness check looks for those who are missing, and finds nobody."""

    def fails(member: Any) -> None:
        raise ValueError("not a matter of the database")

    hall = Hall()
    monkeypatch.setattr(hub, "current", lambda: hall)
    monkeypatch.setattr(reading, "channels_of", fails)
    socket = Socket(SignedIn(User(), "key", used_factor=False, is_held=False), None, None)  # type: ignore[arg-type]
    await socket.join({"a channel": 1})
    assert hall.inside == set() and not socket._joining
