"""A desktop as a browser knows it: a bus, and on it whoever shows notifications. It keeps what it would show, and a test taps on it."""

import asyncio
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
# A bus of its own that starts nothing: a desktop's would start, for a browser, whatever else belongs to one.
BUS = """<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"""
SENTENCE = "No bus: install Debian's dbus-daemon, and run the tests again."
ANSWERS: dict[str, tuple[str, list[Any]]] = {
    "GetCapabilities": ("as", [["actions", "body"]]),
    "GetServerInformation": ("ssss", ["stand-in", "Mainstay", "1", "1.2"]),
    "CloseNotification": ("", []),
}


@dataclass(frozen=True)
class Told:
    """A notification as the browser asked for it. `of` is the program that is said to have sent it."""

    number: int
    of: str
    title: str
    body: str
    buttons: list[str]


class Desktop:
    """What shows notifications, in a thread of its own. `environment` leads a browser to it."""

    def __init__(self, address: str) -> None:
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": address}
        self._told: queue.Queue[Told] = queue.Queue()
        self._count = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._bus = asyncio.run_coroutine_threadsafe(self._appear(address), self._loop).result(timeout=10)

    async def _appear(self, address: str) -> MessageBus:
        bus = await MessageBus(bus_address=address).connect()
        bus.add_message_handler(self._answer)
        await bus.request_name(NAME)
        return bus

    def _answer(self, asked: Message) -> Message | None:
        if asked.message_type is not MessageType.METHOD_CALL or asked.interface != NAME:
            return None
        if asked.member in ANSWERS:
            return Message.new_method_return(asked, *ANSWERS[asked.member])
        if asked.member != "Notify":
            return None
        of, replaces, _icon, title, body, actions, _hints, _seconds = asked.body
        self._count += 1
        number = replaces or self._count
        self._told.put(Told(number, of, title, body, actions[1::2]))
        return Message.new_method_return(asked, "u", [number])

    def told(self) -> Told:
        """Wait for the next notification."""
        return self._told.get(timeout=10)

    def tap(self, told: Told) -> None:
        """Tap on a notification, as a person does."""
        signal = Message.new_signal(PATH, NAME, "ActionInvoked", "us", [told.number, "default"])
        self._loop.call_soon_threadsafe(self._bus.send, signal)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._go(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _go(self) -> None:
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()


@contextmanager
def desktop() -> Iterator[Desktop]:
    """One for as long as the block lasts. Where there is no bus, the test is not run, which fails where everything must be."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        (pytest.fail if os.environ.get("CI") or os.environ.get("MAINSTAY_REQUIRE_ALL") else pytest.skip)(SENTENCE)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "bus.conf")
        config.write_text(BUS.format(folder=folder))
        command = [daemon, f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as bus:
            try:
                assert bus.stdout
                shown = Desktop(bus.stdout.readline().strip())
                yield shown
                shown.close()
            finally:
                bus.terminate()
