"""Asks whether a page on another site is there, without being led into the center's own network.

Whoever writes an article names the address, and another site may lead on to a third. Each host is looked up once; the connection goes
to the very address that was found to be a public one. No answer may take longer than all others, however slowly it comes in.
"""

import ipaddress
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

GONE, UNREACHABLE, PRIVATE = "gone", "unreachable", "private"
PORTS = {80, 443}
MAX_REDIRECTS = 5
TIMEOUT = urllib3.Timeout(connect=5, read=10)  # seconds; each byte that comes in begins them anew
MOST_SECONDS = 30.0  # for one question with its answer
PAUSE = 1.0  # seconds between two questions to one host
AGENT = "Mozilla/5.0 (compatible; link check)"  # says nothing of what this site is
GONE_STATUSES = {404, 410}
NOT_FOR_HEAD = {405, 501}
SERVER_ERROR = 500
ASSIGNED = ipaddress.ip_network("2000::/3")  # what IPv6 gives to the internet; the rest is kept, private, or stands in for IPv4
PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")  # of IPv4: for what is next to a machine, and not all private to Python 3.11


class Asker:
    """Asks about addresses one after another, politely."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}

    def why_dead(self, address: str) -> str | None:
        """Return GONE, UNREACHABLE or PRIVATE for an address that leads nowhere, and None for one that leads somewhere."""
        for _hop in range(MAX_REDIRECTS + 1):
            try:
                parts = urlsplit(address)
                host = public_address(parts)
                if host is None:
                    return PRIVATE
                self._wait(parts.netloc)
                with time_limit(MOST_SECONDS):
                    status, leads_on = ask(parts, host)
                address = urljoin(address, leads_on or "")
            except (OSError, HTTPError, ValueError):
                return UNREACHABLE
            if leads_on is None:
                return GONE if status in GONE_STATUSES else UNREACHABLE if status >= SERVER_ERROR else None
        return UNREACHABLE

    def _wait(self, host: str) -> None:
        if host in self._asked:
            time.sleep(max(0.0, self._asked[host] + PAUSE - time.monotonic()))
        self._asked[host] = time.monotonic()


def public_address(parts: SplitResult) -> str | None:
    """The IP address of a host on the open internet; None where one of its addresses isn't, and for unusual schemes and ports.

    Raises OSError for a host that has none, ValueError for an address that can't be read.
    """
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    if parts.scheme not in ("http", "https") or port not in PORTS or not parts.hostname:
        return None
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)]
    return found[0] if found and all(map(is_public, found)) else None


def is_public(address: str) -> bool:
    """True for an IP address that anybody on the internet may ask, also where it stands in for another one."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and (ip.sixtofour or ip.teredo or ip not in ASSIGNED):
        return False
    return ip.is_global and not ip.is_multicast and ip not in PROTOCOLS


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what is done within, after so long. A signal does it, so only the main thread can ask."""

    def stop(*_args: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    left = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *left)  # whoever else waits, such as for a test, goes on


def ascii_name(host: str) -> str:
    """A host as name servers and certificates know it (IDNA), with its port where it has one."""
    return host.encode("idna").decode()


def ask(parts: SplitResult, host: str) -> tuple[int, str | None]:
    """Ask `host`, the IP address of `parts.hostname`, for its page: the status, and where it leads on to. No page is read."""
    name, asked_for = (ascii_name(words) for words in (str(parts.hostname), parts.netloc.rpartition("@")[2]))
    headers = {"Host": asked_for, "User-Agent": AGENT, "Accept": "*/*"}
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            host, parts.port or 443, timeout=TIMEOUT, headers=headers, server_hostname=name, assert_hostname=name
        )
    else:
        pool = urllib3.HTTPConnectionPool(host, parts.port or 80, timeout=TIMEOUT, headers=headers)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with pool:
        for method in ("HEAD", "GET"):
            answer = pool.urlopen(method, path, redirect=False, retries=False, assert_same_host=False, preload_content=False)
            answer.close()
            if answer.status not in NOT_FOR_HEAD:
                break
    return answer.status, answer.get_redirect_location() or None
