"""How often somebody may be told who is here.

That a name is taken, or that an address has an account, tells whoever asks about a person; so does that nobody goes by a name.
Every endpoint that can reveal this runs its lookup inside `counted`: one count for all of them, over all processes.
"""

import hashlib
import hmac
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext_lazy

from ..errors import Refusal, Refused
from ..limits import DISCLOSURE_WINDOW
from ..models import Told

# The codes of refusals that tell.
TELLING = frozenset({Refusal.NAME_TAKEN, Refusal.SIGN_IN_NAME_TAKEN, Refusal.HAS_ACCOUNT, Refusal.INVITED, Refusal.NOBODY})
TOO_OFTEN = ngettext_lazy(
    "That is as much as can be looked up for now. You can try again in %(minutes)d minute.",
    "That is as much as can be looked up for now. You can try again in %(minutes)d minutes.",
    "minutes",
)


@contextmanager
def counted(askers: Mapping[str, int]) -> Iterator[None]:
    """Count it for each of `askers` where what is done within is refused in a way that tells who is here.

    `askers` gives how many such answers each may have in an hour. Raises Refused(Refusal.RATE_LIMITED), before anything is looked up,
    where one has had them. It is one transaction, which holds the askers' rows: of answers at once each counts for the next.
    """
    with transaction.atomic():
        rows = _rows(askers)
        try:
            with transaction.atomic():
                yield
            return
        except Refused as refusal:
            if refusal.code not in TELLING:
                raise
            told = refusal
        _add(rows)
    raise told


def count(askers: Mapping[str, int]) -> None:
    """Count one answer for each of `askers`, whatever it tells. Raises Refused(Refusal.RATE_LIMITED)."""
    with transaction.atomic():
        _add(_rows(askers))


def _rows(askers: Mapping[str, int]) -> list[Told]:
    """The locked row of each asker, without what is longer ago."""
    since, rows = (timezone.now() - DISCLOSURE_WINDOW).timestamp(), []
    for key, most in sorted((_key(asker), most) for asker, most in askers.items()):  # in one order, so that none waits for another
        row, _made = Told.objects.select_for_update().get_or_create(asker=key)
        row.times = [time for time in row.times if time > since]
        if len(row.times) >= most:
            minutes = math.ceil((row.times[-most] - since) / 60)
            raise Refused(Refusal.RATE_LIMITED, TOO_OFTEN % {"minutes": minutes}, retry_after=minutes * 60)
        rows.append(row)
    return rows


def _add(rows: list[Told]) -> None:
    for row in rows:
        row.times.append(timezone.now().timestamp())
        row.save()


def _key(asker: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"mainstay.told\0" + asker.encode(), hashlib.sha256).hexdigest()
