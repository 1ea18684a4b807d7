"""Ways back: codes that let somebody without a mailbox, or anybody else who made them, choose a new password, once each.

Staff give such a code, too, in person (people/recovery.py). allauth's recovery codes are no ways back: they stand in for a second step,
which is asked for after the new password as ever.
"""

import secrets

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import ngettext_lazy

from community.kit import audit, limits
from community.kit.schedule import periodic
from community.kit.text import codes

from .. import seams
from ..models import User, WayBack
from ..verbs import MembersVerb
from . import log

DIGITS = "3479"  # with one of which those of staff begin
HOUR = 3600
LENGTH = 12  # 46 bits beside the first character, hashed as slowly as a password that may have 27
TOO_OFTEN = ngettext_lazy(
    "You made new ways back several times just now. You can do it again in %(minutes)d minute.",
    "You made new ways back several times just now. You can do it again in %(minutes)d minutes.",
    "minutes",
)


def new_code(first: str) -> str:
    """Return a fresh code that begins with `first`."""
    return first + codes.new_code(LENGTH - 1)


def readable(code: str) -> str:
    """Return a code as it is shown and read out: in groups of four."""
    return codes.grouped(code, "-")


def make(member: User) -> list[str]:
    """Make the ways back of `member`, in place of those that they had, and return their codes, which can't be shown again.

    Raises Refused: rate_limited.
    """
    with transaction.atomic():
        audit.throttle(actor=member, verbs=(MembersVerb.MAKE_WAYS_BACK,), rate=limits.WAYS_BACK_RATE, sentence=TOO_OFTEN)
        audit.record(actor=member, verb=MembersVerb.MAKE_WAYS_BACK, target=member.pk)
    made = [new_code(first) for first in secrets.SystemRandom().sample(codes.ALPHABET, limits.WAYS_BACK)]
    rows = [WayBack(member=member, first=code[0], code_hash=make_password(code)) for code in made]  # slow, so no row waits for it
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=member.pk)
        member.ways_back.own().delete()
        WayBack.objects.bulk_create(rows)
    return [readable(code) for code in made]


def refuse(member: User) -> None:
    """Offer `member` no ways back any more. They stay under Me."""
    User.objects.filter(pk=member.pk).update(wants_no_ways_back=True)


def left(member: User) -> int | None:
    """Return how many ways back of their own `member` has left; None where they made none."""
    used = list(member.ways_back.own().values_list("used_at", flat=True))
    return used.count(None) if used else None


def are_offered_to(member: User) -> bool:
    """True for who would be told to make some: nobody can send them a link, they have none left, and they have not refused."""
    return member.email is None and not member.wants_no_ways_back and not left(member)


@periodic(24 * HOUR, name="community.members.ways_back.forget_expired")
def forget_expired() -> None:
    """Delete the codes of staff whose hour is over, used or not."""
    WayBack.objects.filter(expires_at__lte=timezone.now()).delete()


def use(*, login: str, name: str, code: str) -> User | None:
    """Use up the code of who signs in by `login`, and return them; None where there is no such code.

    One that staff gave is found by `name`, what people here see, too, for who has forgotten what they sign in by; it opens nothing
    once its member has an address after all, and with it maybe a role.
    As much is worked out where nobody is found, or where the code was used, as for a wrong code, so that the time doesn't tell.
    """
    code = codes.read_code(code)
    theirs = Q(member__in=User.objects.signing_in_by(login)) | Q(expires_at__isnull=False, member__in=User.objects.looking_like(name))
    open_ones = WayBack.objects.open().exclude(expires_at__isnull=False, member__email__isnull=False)
    found = list(open_ones.filter(theirs, member__is_active=True, first=code[:1]).select_related("member"))
    if not found:
        make_password(code)
    way = next((way for way in found if check_password(code, way.code_hash)), None)
    if way is None:
        return None
    with transaction.atomic():
        if not WayBack.objects.open().filter(pk=way.pk).update(used_at=timezone.now(), code_hash=""):
            return None
        log.note(MembersVerb.USE_WAY_BACK, way.member)
        if way.expires_at is None:
            seams.way_back_used.send(sender=WayBack, way=way)
    return way.member
