import contextlib
import errno
import gc
import logging
import os
import socket
import sys
from argparse import ArgumentParser
from typing import IO, Any

import uvicorn
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.management.base import BaseCommand, CommandError

from community.kit import limits
from community.kit.ops import environ, lock, pulse
from community.kit.worker import Work
from community.management.database import prepare_database
from community.management.statics import prepare_statics

STUCK_SECONDS = 55.0  # how long a reader may take nothing: after that its connection is gone, and what the kernel kept for it


class Server(uvicorn.Server):
    """Says that it serves only once it does, and looks for garbage among what came since alone."""

    announcement = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        gc.collect()
        gc.freeze()  # going through all that was loaded held up every conversation for a tenth of a second, time and again
        if self.started:
            pulse.began()
            print(self.announcement, flush=True)  # noqa: T201  (the command's own output)


class Command(BaseCommand):
    help = "Serves the site: pages, sockets, the schedule and the background work, in one process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="the port to listen on (PORT, else 8000)")
        parser.add_argument("--demo", action="store_true", help="make the demo world first, once, and print its sign-ins")
        parser.add_argument("--without-work", action="store_true", help="leave the schedule and the queue to manage.py worker")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["demo"] and settings.PRODUCTION:
            raise CommandError("The demo's passwords are known to everybody: it must not be served on a public address.")
        self._take_port(options["port"])
        held = self._only_one()
        listening = self._listen(options["host"], options["port"])
        prepare_database(self.stdout.write)
        prepare_statics(self.stdout.write)
        words = [self._demo()] if options["demo"] else []
        self._insist()
        server = Server(
            uvicorn.Config(
                "community.asgi:application",
                lifespan="off",
                log_config=None,
                access_log=False,  # paths hold invitation keys
                server_header=False,
                proxy_headers=bool(settings.ALLAUTH_TRUSTED_PROXY_COUNT),
                forwarded_allow_ips=settings.PROXY_ADDRESSES,
                timeout_graceful_shutdown=5,
                ws_max_size=limits.MAX_FRAME_BYTES,
                ws_per_message_deflate=False,
            )
        )
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        server.announcement = "\n".join([*words, f"Serving {settings.SITE_URL}/   (stop with Ctrl+C)"])
        work = None if options["without_work"] else Work()
        if work:
            work.start()
        try:
            with contextlib.suppress(KeyboardInterrupt):  # uvicorn has ended in good order, and hands the Ctrl+C on
                server.run(sockets=[listening])
        finally:
            if work:
                work.stop()
            held.close()

    def _take_port(self, port: int) -> None:
        """Begin again where another port than PORT was asked for and no address is set: the address follows from PORT."""
        if not environ.is_port(port):
            raise CommandError(f"--port {port} is not a port. Write a number from 1 to 65535.")
        if port == settings.PORT or os.environ.get("MAINSTAY_URL", "").strip():
            return
        os.environ["PORT"] = str(port)
        os.execv(sys.executable, sys.orig_argv)

    def _listen(self, host: str, port: int) -> socket.socket:
        listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; what is accepted inherits it
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(STUCK_SECONDS * 1000))
        try:
            listening.bind((host, port))
            # Binding alone succeeds beside a server that set the same option; only one can listen.
            listening.listen(2048)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(f"Port {port} is taken. Choose another: PORT={port + 1} and the same command.") from error
            if error.errno == errno.EACCES:
                raise CommandError(f"Port {port} is not for this account. Choose one from 1024 up.") from error
            raise CommandError(f"This machine cannot listen on {host}: {error.strerror}.") from error
        return listening

    def _only_one(self) -> IO[str]:
        """Without Redis a second serving process would not hear of the first one's messages."""
        try:
            return lock.take(settings.DATA_DIR, settings.SITE_URL, shared=bool(settings.REDIS_URL))
        except lock.Taken as taken:
            sentence = f"This site is running already: open {taken.by}/. A second process for the same data needs REDIS_URL."
            raise CommandError(sentence) from taken

    def _demo(self) -> str:
        from community.demo import world

        return world.make()

    def _insist(self) -> None:
        """In production, what only the database can tell is checked before the first page."""
        if not settings.PRODUCTION:
            return
        found = run_checks(tags=[Tags.database], databases=["default"], include_deployment_checks=True)
        if problems := [problem for problem in found if problem.is_serious()]:
            raise CommandError("\n".join(str(problem.msg) for problem in problems))
