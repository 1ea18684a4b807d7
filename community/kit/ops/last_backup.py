"""What this site knows of its backups: the command notes each, the admins' Today and `manage.py status` ask how the last one went."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.utils import timezone

from .. import audit
from ..audit import SiteVerb
from ..models import AuditEntry

MADE, FAILED, RESTORED = SiteVerb.BACKUP, SiteVerb.BACKUP_FAILED, SiteVerb.RESTORE
OLD = dt.timedelta(days=2)


@dataclass(frozen=True)
class Last:
    """When the newest backup was made, None where there is none; and what is wrong with that."""

    made_at: dt.datetime | None
    failed: bool  # a later one came to nothing
    is_old: bool  # it is, or its absence has lasted, longer than OLD


def note(*, made: bool) -> None:
    """Write down that a backup has been made, or has come to nothing."""
    audit.record(actor=None, verb=MADE if made else FAILED)


def last() -> Last:
    """Return how the last backups went. A site where nobody has been for as long as OLD needs none yet, nor does one just restored.

    What a restored site was told of backups before that is of the site that it came from.
    """
    entries = AuditEntry.objects
    restored = entries.filter(verb=RESTORED).first()
    notes = entries.filter(verb__in=[MADE, FAILED], **({"pk__gt": restored.pk} if restored else {}))
    newest = notes.first()
    made = newest if newest is None or newest.verb == MADE else notes.filter(verb=MADE).first()
    began = restored.at if restored else get_user_model().objects.order_by("joined_at").values_list("joined_at", flat=True).first()
    since = made.at if made else began
    return Last(made.at if made else None, newest != made, since is not None and since < timezone.now() - OLD)
