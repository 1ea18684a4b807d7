"""What runs by itself: a loop that expands events and queues e-mails, and one that pushes, so that a push service holds up nobody else."""

from community.kit.worker import loop, take_all

from . import expansion
from .email import sending as email
from .push import sending as push


@loop("notifications")
def notify() -> None:
    """Turn what happened into notifications, and queue the e-mails that are due."""
    take_all((expansion.run, email.send_due))


@loop("push")
def send_pushes() -> None:
    """Send what is due to the push services."""
    push.send_due()
