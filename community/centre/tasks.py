"""Periodic jobs of the center."""

from community.kit.schedule import periodic

from . import retention


@periodic(seconds=3600)
def forget_old() -> None:
    """Delete what is older than the center's settings say. Idempotent."""
    retention.forget()
