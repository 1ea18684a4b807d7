"""The centre's periods: what each is about, from when it counts, what it begins with, and the least and most days that make sense."""

from dataclasses import dataclass
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class PeriodKind:
    what: Any
    after: Any
    days: int
    least: int = 1
    most: int = 3650
    note: Any = ""


# The privacy page says each in these words, in this order.
KINDS = {
    "keep_invitations": PeriodKind(
        _("invitations that nobody answered, with their address"), _("after they ran out or were taken back"), 42, least=30,
        note=_("They also count how many e-mails an address got."),
    ),
    "keep_emails": PeriodKind(_("that an e-mail was sent; where no mail server is set, the e-mail itself"), _("after it was written"), 30),
    "keep_drafts": PeriodKind(_("what somebody began to write and didn't send"), _("after they last changed it"), 30),
    "keep_notifications": PeriodKind(
        _("what somebody was notified of, without the words"), _("after they read it"), 90, least=7,
        note=_("What nobody read is kept twice as long."),
    ),
    "keep_reports": PeriodKind(
        _("reports, with their copy of the messages and the moderator's note to the author"), _("after they were decided"), 180, least=30
    ),
    "keep_memberships": PeriodKind(
        _("that somebody was in a group that they left"), _("after they left"), 365, least=30,
        note=_("People whom a facilitator removed stay noted for as long as the group exists, so that its door stays closed to them."),
    ),
    "keep_audit": PeriodKind(
        _("the list of who did what and when, without the words"), _("after it was done"), 365, least=30,
        note=_("It's also used to count what may be done only so often."),
    ),
}  # fmt: skip


def field(name: str, **options: Any) -> Any:
    """Return the model field of one period, in days."""
    kind = KINDS[name]
    return models.PositiveIntegerField(
        kind.what,
        default=kind.days,
        help_text=format_lazy("{} {}. {}", _("How many days"), kind.after, kind.note),
        validators=[MinValueValidator(kind.least), MaxValueValidator(kind.most)],
        **options,
    )
