"""Whether text messages leave. What keeps them from it is said to whoever runs the site."""

import datetime as dt

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from community.members.invitations import texts

from ..models import Delivery, TextCode

LATELY = dt.timedelta(days=1)


def troubles() -> list[str]:
    """Return a sentence where the gateway doesn't take what it is handed."""
    if settings.SMS_URL and (_are_codes_stuck() or texts.are_stuck() or _are_notifications_stuck()):
        return [_("Text messages don't leave: the program at MAINSTAY_SMS_URL doesn't take them. See whether it runs, and has our secret.")]
    return []


def _are_codes_stuck() -> bool:
    """Whether the newest code that was tried has been tried in vain."""
    newest = TextCode.objects.filter(tries__gt=0).order_by("-made_at").first()
    return bool(newest and newest.due and newest.tries > 1)


def _are_notifications_stuck() -> bool:
    """Whether one waits to be tried again, or was given up and none has left since."""
    texts = Delivery.objects.filter(transport="text")
    if texts.filter(state=Delivery.State.WAITING, tries__gt=0).exists():
        return True
    lately = texts.filter(due__gt=timezone.now() - LATELY)  # `due` of one that is done with is when its worker counted as gone
    failed, sent = (lately.filter(state=state).aggregate(at=Max("due"))["at"] for state in ("failed", "sent"))
    return bool(failed and (not sent or sent < failed))
