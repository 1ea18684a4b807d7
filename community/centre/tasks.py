"""What the clock does for the centre."""

from community.kit.schedule import periodic

from . import retention


@periodic(seconds=3600)
def forget_old() -> None:
    """Forget what has been kept for as long as the centre says. Running it again finds nothing left."""
    retention.forget()
