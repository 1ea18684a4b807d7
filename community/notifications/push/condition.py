"""Whether pushes can leave at all. What keeps them from it is said to whoever runs the site, and nothing is deleted over it."""

import datetime as dt
import ipaddress

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import PushKey, PushSubscription

TRY_AGAIN = dt.timedelta(hours=1)  # after all push services refused us
NOWHERE = ("localhost", "local", "lan", "home", "internal", "arpa", "test", "invalid", "example")  # ends of hosts that nobody can write to


def subject() -> str:
    """Return whom push services write to when something is wrong with what we send, as the signature says it."""
    return f"mailto:{settings.DEFAULT_FROM_EMAIL}"


def is_subject_taken() -> bool:
    """Whether push services take that subject: an address at a host that can be reached from outside. Apple refuses any other."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].lower().rstrip(".")
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." in host and host.rpartition(".")[2] not in NOWHERE
    return False


def refused_since() -> dt.datetime | None:
    """Return when all push services last refused our signature; None where one has taken it since."""
    return PushKey.objects.exclude(refused_at=None).order_by("-refused_at").values_list("refused_at", flat=True).first()


def rests() -> bool:
    """Whether nothing is sent now. What all services refused is tried again each hour."""
    since = refused_since()
    return not is_subject_taken() or (since is not None and since > timezone.now() - TRY_AGAIN)


def trouble() -> str:
    """Return in a sentence what keeps pushes from leaving, "" where nothing does."""
    if not is_subject_taken():
        return _("Push notifications are off, since push services want an address that they can write to. Set MAINSTAY_MAIL_FROM.")
    if refused_since():
        return _("Push services refuse what this site sends. Check the server's clock and MAINSTAY_MAIL_FROM. We try again every hour.")
    return ""


def troubles() -> list[str]:
    """Return the same as a list, for Today and `status`: a site that nobody wants pushes from has no trouble."""
    return [sentence] if (sentence := trouble()) and PushSubscription.objects.exists() else []
