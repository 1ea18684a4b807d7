"""How what leaves the site does, in numbers without a name: for `manage.py status`, and in sentences for an admin."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.kit.ops import pulse
from community.kit.ops.pulse import Waiting

from .models import Delivery, NotificationEvent

LATELY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Condition:
    """What is to leave now and hasn't, and of how many in the last day nobody knows whether they left, or that they couldn't."""

    waiting: Waiting
    unknown: int
    failed: int

    @property
    def is_late(self) -> bool:
        return self.waiting.longer_than(pulse.MAX_QUEUE_AGE)


def condition() -> Condition:
    """Ask the database."""
    now = timezone.now()
    waiting = [
        NotificationEvent.objects.aggregate(since=Min("at"))["since"],
        (due := Delivery.objects.filter(state=Delivery.State.WAITING, due__lte=now)).aggregate(since=Min("due"))["since"],
    ]
    lately = Delivery.objects.filter(due__gt=now - LATELY)  # `due` of one that is done with is when its worker counted as gone
    return Condition(
        Waiting(due.count(), min(filter(None, waiting), default=None)),
        unknown=lately.filter(state=Delivery.State.UNKNOWN).count(),
        failed=lately.filter(state=Delivery.State.FAILED).count(),
    )


def troubles() -> list[str]:
    """Return a sentence for each thing that an admin should know of."""
    now, said = condition(), []
    unknown = now.unknown + pulse.unknown(timezone.now() - LATELY)
    if now.is_late:
        said.append(_("What members are to be notified of has been waiting for more than five minutes."))
    if unknown:
        said.append(
            ngettext(
                "In the last day, a notification may not have arrived: nobody answered in time, or the server stopped while sending it.",
                "In the last day, %(count)s notifications may not have arrived: nobody answered in time, or the server stopped meanwhile.",
                unknown,
            )
            % {"count": unknown}
        )
    return said
