"""The record of signing in: what was done or attempted, and when, under the member's id. No address, name or device goes with it."""

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
    MembersVerb.MAKE_WAYS_BACK: _("Ways back were made"),
    MembersVerb.WRONG_WAY_BACK: _("Somebody typed a wrong way back"),
    MembersVerb.USE_WAY_BACK: _("A way back was used"),
    MembersVerb.GIVE_CODE: _("Staff gave a code for a new password, in person"),
    MembersVerb.PASSWORD_RESET: _("A new password was chosen without the old one"),
    MembersVerb.PASSWORD_CHANGED: _("The password was changed"),
    MembersVerb.ASK_THINGS: _("A copy of your things was asked for"),
    MembersVerb.FETCH_THINGS: _("A copy of your things was downloaded"),
}
SIGN_INS_SHOWN, RECENT = 5, dt.timedelta(days=30)


def note(verb: MembersVerb, member: User) -> None:
    """Record `verb` about how `member` signs in. No actor: nobody knows yet who it was."""
    audit.record(actor=None, verb=verb, target=member.pk)


def has_enough_links(member: User) -> bool:
    """Whether `member` was sent as many links for a new password lately as anybody needs."""
    most, window = limits.RESET_EMAIL_RATE
    return AuditEntry.objects.filter(target=str(member.pk), verb=MembersVerb.RESET_ASKED, at__gt=timezone.now() - window).count() >= most


def recent_activity(member: User) -> dict[str, Any]:
    """Return the last sign-ins of `member`, and how often and when last everything else happened in the last 30 days."""
    entries = AuditEntry.objects.filter(target=str(member.pk), verb__in=WORDS)
    rest = entries.exclude(verb=SIGNED_IN).filter(at__gt=timezone.now() - RECENT).order_by("verb")
    counts = rest.values_list("verb").annotate(times=Count("pk"), last=Max("at"))
    return {
        "sign_ins": entries.filter(verb=SIGNED_IN)[:SIGN_INS_SHOWN],
        "attempts": [{"words": WORDS[verb], "times": times, "last": last} for verb, times, last in counts],
    }
