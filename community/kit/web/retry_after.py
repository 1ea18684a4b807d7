"""How long a service that has no time asks us to wait (RFC 9110)."""

import datetime as dt
import random
from email.utils import parsedate_to_datetime

from django.utils import timezone

LONGEST_WAIT = dt.timedelta(hours=6)  # that a service may ask for


def wait_of(text: str) -> dt.timedelta | None:
    """Return how long a service asks us to wait, in seconds or as a date, with a little added so that not all come at once."""
    try:
        wait = dt.timedelta(seconds=int(text)) if text.isdigit() else parsedate_to_datetime(text) - timezone.now()
    except (ValueError, OverflowError, TypeError):
        return None
    return max(dt.timedelta(0), min(wait, LONGEST_WAIT)) + dt.timedelta(seconds=random.randrange(30))
