"""What runs by itself: a loop that makes what members asked for, in a thread of its own, and a job that deletes what is over."""

from community.kit.schedule import periodic
from community.kit.worker import loop

from . import actions

HOUR = 3600


@loop("downloads")
def make_downloads() -> None:
    """Make the downloads that somebody waits for."""
    actions.make_due()


@periodic(HOUR)
def forget_downloads() -> None:
    """Delete downloads that were there for a week."""
    actions.end_run_out()
