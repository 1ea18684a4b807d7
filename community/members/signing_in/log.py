"""What is kept of signing in: that it was done or tried, and when, under the member's id. No address, name or device goes with it."""

import datetime as dt
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.kit import audit, limits
from community.kit.models import AuditEntry

from ..models import User
from ..verbs import MembersVerb

SIGNED_IN = MembersVerb.SIGN_IN
# Each verb, in the words of the member's own page.
WORDS = {
    SIGNED_IN: _("Signed in"),
    MembersVerb.WRONG_PASSWORD: _("Somebody typed a wrong password"),
    MembersVerb.WRONG_CODE: _("Somebody tried a wrong code or passkey"),
    MembersVerb.RESET_ASKED: _("Somebody asked for a link to choose a new password"),
    MembersVerb.PASSWORD_RESET: _("A new password was chosen with that link"),
    MembersVerb.PASSWORD_CHANGED: _("The password was changed"),
}
SHOWN, LATELY = 5, dt.timedelta(days=30)


def note(verb: MembersVerb, member: User) -> None:
    """Keep that `verb` was done about how `member` signs in. Who did it is not said: that is what signing in is to show."""
    audit.record(actor=None, verb=verb, target=member.pk)


def has_links(member: User) -> bool:
    """Whether as many links for a new password left in the last hour as anybody needs."""
    most, window = limits.RESET_EMAIL_RATE
    return AuditEntry.objects.filter(target=str(member.pk), verb=MembersVerb.RESET_ASKED, at__gt=timezone.now() - window).count() >= most


def shown(member: User) -> dict[str, Any]:
    """Return what `member` is shown of it: their last sign-ins, and of the rest how often it was in the last weeks, and when last."""
    kept = AuditEntry.objects.filter(target=str(member.pk), verb__in=WORDS)
    rest = kept.exclude(verb=SIGNED_IN).filter(at__gt=timezone.now() - LATELY).order_by("verb")
    counts = rest.values_list("verb").annotate(times=Count("pk"), last=Max("at"))
    return {
        "sign_ins": kept.filter(verb=SIGNED_IN)[:SHOWN],
        "tries": [{"words": WORDS[verb], "times": times, "last": last} for verb, times, last in counts],
    }
