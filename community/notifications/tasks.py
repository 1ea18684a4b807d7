"""What runs by itself: a loop that expands events and queues e-mails; one that pushes, which holds up nobody else; and a job each day."""

from community.kit.schedule import periodic
from community.kit.worker import loop, take_all

from . import expansion, leftovers
from .email import sending as email
from .push import keys
from .push import sending as push

DAY = 24 * 3600


@loop("notifications")
def notify() -> None:
    """Turn what happened into notifications, and queue the e-mails that are due."""
    take_all((expansion.run, email.send_due))


@loop("push")
def send_pushes() -> None:
    """Send what is due to the push services."""
    push.send_due()


@periodic(DAY)
def forget_gone() -> None:
    """Delete what nobody has read and nobody can."""
    leftovers.forget_gone()


@periodic(DAY)
def keep_push_keys() -> None:
    """Seal under a new secret key what push needs, and delete the former push keys that no browser needs."""
    keys.seal_afresh()
    keys.forget_unused()
