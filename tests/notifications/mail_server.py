"""A mail server of our own: it takes what a site sends over SMTP, and reads it with a reader that isn't Python's."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from fast_mail_parser import PyMail, parse_email

from tests.services import free_port


@dataclass(frozen=True)
class Arrived:
    """An e-mail as it came."""

    sender: str
    to: list[str]
    raw: bytes

    @property
    def read(self) -> PyMail:
        return parse_email(self.raw)


class MailServer:
    """Takes e-mails. One to an address in `answers` gets that answer, once; one to an address in `hangs` never gets any."""

    def __init__(self, port: int) -> None:
        self.url = f"smtp://127.0.0.1:{port}"
        self.came: list[Arrived] = []
        self.answers: dict[str, str] = {}
        self.hangs: set[str] = set()
        self._arrival = threading.Condition()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        with self._arrival:
            self.came.append(Arrived(envelope.mail_from or "", envelope.rcpt_tos, envelope.content))
            self._arrival.notify_all()
        if self.hangs & set(envelope.rcpt_tos):
            await asyncio.Event().wait()
        return self.answers.pop(envelope.rcpt_tos[0], "250 OK")

    def wait_for(self, address: str, times: int = 1, *, within: float = 20) -> list[Arrived]:
        """Wait until so many e-mails to an address have come, and return them."""
        mine: Callable[[], list[Arrived]] = lambda: [each for each in self.came if each.to == [address]]  # noqa: E731
        with self._arrival:
            assert self._arrival.wait_for(lambda: len(mine()) >= times, within), f"{len(mine())} came to {address}"
        return mine()


@contextmanager
def mail_server() -> Iterator[MailServer]:
    port = free_port()
    server = MailServer(port)
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
