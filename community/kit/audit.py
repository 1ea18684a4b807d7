"""The audit trail: one line for each act that touches somebody else."""

from typing import Any

from .models import AuditEntry


def record(*, actor: Any, verb: str, target: object = "") -> None:
    """Note that `actor` (a User or None) did `verb` ("room.verb") to `target` (an id), in the caller's transaction."""
    AuditEntry.objects.create(actor=actor, verb=verb, target=str(target))
