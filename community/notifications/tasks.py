"""What runs by itself: a loop that expands events and queues e-mails; those that push and send text messages, each of which holds up nobody
else; and jobs each hour and day.
"""

from community.kit.schedule import periodic
from community.kit.worker import loop, take_all

from . import expansion, leftovers
from .email import sending as email
from .push import keys
from .push import sending as push
from .texting import actions as numbers
from .texting import sending as texting

HOUR = 3600
DAY = 24 * HOUR


@loop("notifications")
def notify() -> None:
    """Turn what happened into notifications, and queue the e-mails that are due."""
    take_all((expansion.run, email.send_due))


@loop("push")
def send_pushes() -> None:
    """Send what is due to the push services."""
    push.send_due()


@loop("texts")
def send_texts() -> None:
    """Hand what is due to the gateway for text messages."""
    texting.send_due()


@periodic(HOUR)
def forget_codes() -> None:
    """Delete codes that were sent by text message more than a day ago, and what those say that have run out."""
    numbers.forget_codes()


@periodic(DAY)
def forget_gone() -> None:
    """Delete what nobody has read and nobody can."""
    leftovers.forget_gone()


@periodic(DAY)
def keep_push_keys() -> None:
    """Seal under a new secret key what push needs, and delete the former push keys that no browser needs."""
    keys.seal_afresh()
    keys.forget_unused()


@periodic(DAY)
def keep_text_numbers() -> None:
    """Seal phone numbers under a new secret key."""
    numbers.seal_afresh()
