"""Compares what was acknowledged and shown with what is stored. It reads the store over HTTP, as any client could.

A: an acknowledged message is stored exactly once, with the seq that its ack named.
B: every member shows the stored rows, each once, in order, with equal bodies.
C: a message without an ack is stored once and shown to all, or is nowhere.
D: the seqs are 1 to the newest, without a gap.
"""

import ssl
from collections import Counter
from collections.abc import Iterable
from typing import Any

import httpx

from tests.delivery.client import Client

Row = dict[str, Any]


class Broken(AssertionError):
    """A promise of delivery was not kept."""


def read_history(site_url: str, cookie: str, channel: str, *, tls: ssl.SSLContext | None = None) -> list[Row]:
    """Return all stored rows that this reader may see, in order of seq, page by page from the newest back."""
    rows: list[Row] = []
    with httpx.Client(base_url=site_url, headers={"Cookie": cookie}, trust_env=False, timeout=30, verify=tls or True) as http:
        before: dict[str, int] = {}
        while True:
            answer = http.get(f"/chat/{channel}/history/", params={"limit": 100, **before})
            answer.raise_for_status()
            page = answer.json()
            rows = page["rows"] + rows
            if not page["more"]:
                return rows
            before = {"before": rows[0]["seq"]}


def check(stored: list[Row], clients: Iterable[Client], channel: str, *, whole: bool = True) -> None:
    """Raise Broken with all that is wrong. With `whole`, every client must show everything; else from its oldest row on."""
    clients = list(clients)
    faults = [*_gaps(stored), *_acks(stored, clients, channel), *_never_acked(stored, clients, channel)]
    for client in clients:
        faults += screen(stored, client, channel, whole=whole)
    if faults:
        raise Broken("\n".join(faults[:20]))


def _gaps(stored: list[Row]) -> list[str]:
    seqs = [row["seq"] for row in stored]
    return [] if seqs == list(range(1, len(stored) + 1)) else [f"D: the seqs are not 1 to {len(stored)}: {seqs[:5]} … {seqs[-5:]}"]


def _acks(stored: list[Row], clients: list[Client], channel: str) -> list[str]:
    copies = Counter(row["client_id"] for row in stored)
    seqs = {row["client_id"]: row["seq"] for row in stored}
    faults = []
    for client in clients:
        for client_id, row in client.acked.items():
            if row["channel"] != channel:
                continue
            if copies[client_id] != 1:
                faults.append(f"A: {client.name}'s acknowledged {row['body']!r} is stored {copies[client_id]} times")
            elif seqs[client_id] != row["seq"]:
                faults.append(f"A: {client.name}'s {row['body']!r} was acknowledged at {row['seq']} and is stored at {seqs[client_id]}")
    return faults


def _never_acked(stored: list[Row], clients: list[Client], channel: str) -> list[str]:
    copies = Counter(row["client_id"] for row in stored)
    faults = []
    for client in clients:
        for client_id, unsent in client.sent.items():
            if unsent.channel != channel or client_id in client.acked:
                continue
            showing = [other.name for other in clients if any(row["client_id"] == client_id for row in other.shown(channel))]
            if copies[client_id] > 1 or (copies[client_id] == 0 and showing):
                faults.append(f"C: {unsent.body!r} without an ack is stored {copies[client_id]} times and shown to {showing}")
    return faults


def screen(stored: list[Row], client: Client, channel: str, *, whole: bool = True) -> list[str]:
    """Return what is wrong with what one client shows."""
    shown = client.shown(channel)
    oldest = 1 if whole or not shown else shown[0]["seq"]
    expected = [(row["seq"], row["id"], row["version"], row["body"]) for row in stored if row["seq"] >= oldest]
    seen = [(row["seq"], row["id"], row["version"], row["body"]) for row in shown]
    if expected == seen:
        return []
    lost, extra = [row for row in expected if row not in seen], [row for row in seen if row not in expected]
    return [f"B: {client.name} misses {len(lost)} rows {lost[:3]} and has {len(extra)} that are not stored {extra[:3]}"]
