"""Writes of a member's own settings."""

from contextlib import nullcontext

from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext_lazy

from community.kit import audit, limits

from .. import seams
from ..models import User
from ..people.avatars import known_drawing
from ..people.closing_models import EarlierName
from ..people.disclosure_limits import limit_disclosures
from ..people.names import free_name, unique_name
from ..verbs import MembersVerb

TOO_MANY_NAMES = ngettext_lazy(
    "You have tried several names just now. You can try another name in %(minutes)d minute.",
    "You have tried several names just now. You can try another name in %(minutes)d minutes.",
    "minutes",
)


def _count_name(member: User) -> None:
    """Count a request for another name, also a refused one: each answer tells whether somebody is here."""
    with transaction.atomic():
        audit.throttle(actor=member, verbs=(MembersVerb.TRY_NAME,), rate=limits.NAME_CHANGE_RATE, sentence=TOO_MANY_NAMES)
        audit.record(actor=member, verb=MembersVerb.TRY_NAME, target=member.pk)


def change_profile(*, member: User, name: str, time_zone: str, drawing: str) -> None:
    """Set the name and the picture that people here see, and the zone in which times are shown.

    Raises Refused: bad_name, name_taken, bad_drawing, or rate_limited after five other names in an hour.
    """
    is_new = name.strip() != member.name
    if is_new:
        _count_name(member)
    with limit_disclosures(member) if is_new else nullcontext(), unique_name(), transaction.atomic():
        was, member.name = (member.name, member.drawing), free_name(name, member=member, for_staff=member.is_staff)
        member.drawing, member.time_zone = known_drawing(drawing), time_zone
        member.save(update_fields=["name", "name_key", "drawing", "time_zone"])
        if member.name != was[0]:
            EarlierName.objects.update_or_create(member=member, name=was[0], defaults={"until": timezone.now()})
        if (member.name, member.drawing) != was:
            seams.renamed.send(sender=User, member=member)


def set_discretion(*, member: User, cover_after: int, leave_by_keys: bool) -> None:
    """Set after how many seconds out of sight the member's pages are covered, and whether the Shift key leaves."""
    member.cover_after, member.leave_by_keys = cover_after, leave_by_keys
    member.save(update_fields=["cover_after", "leave_by_keys"])


def set_conversation(*, member: User, aloud: str, enter_key: str, shows_writing: bool) -> None:
    """Set how the member's conversations are read aloud and written in; within two seconds others see, or do not see, when they write."""
    member.aloud, member.enter_key, member.shows_writing = aloud, enter_key, shows_writing
    member.save(update_fields=["aloud", "enter_key", "shows_writing"])


def set_welcoming(*, member: User, may_welcome: bool) -> None:
    """Say whether staff may name this member to newcomers as somebody to say hello to."""
    User.objects.filter(pk=member.pk).update(may_welcome=may_welcome)
