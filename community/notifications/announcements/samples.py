"""What leaves the site for a notification, whatever it is about: shown to who writes an announcement, exactly as it leaves."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.kit import mail
from community.kit.ids import new_id

from ..email.sending import unsubscribe_url
from ..models import Preferences
from ..push import sending as push


@dataclass(frozen=True)
class Sample:
    """What arrives by one way."""

    way: Any
    title: str
    body: str


def samples() -> list[Sample]:
    """Return an e-mail, with a link to end them that is nobody's, and a push."""
    context = {"link": settings.SITE_URL + reverse("notifications:inbox"), "unsubscribe": unsubscribe_url(Preferences())}
    email = mail.compose("notification", {"to": "", "sender": centre().name, "context": context}, new_id())
    return [Sample(_("By e-mail"), str(email.subject), str(email.body)), Sample(_("On a phone or computer"), push.TITLE, push.BODY)]
