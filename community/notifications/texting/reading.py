"""Whether text messages can be had here, at which number a member gets them, and which code they were sent."""

from django.conf import settings
from django.utils import timezone

from community.kit import limits
from community.kit.encryption import unsealed
from community.members.models import User

from ..models import TextCode, TextNumber


def is_on() -> bool:
    """Whether this site sends text messages."""
    return bool(settings.SMS_URL)


def number_of(member: User) -> TextNumber | None:
    """Return the number that a member has proven, whether they want notifications there or not."""
    return TextNumber.objects.filter(member=member).first()


def open_code(member: User) -> TextCode | None:
    """Return the code that a member was sent last, where it can still be entered."""
    since = timezone.now() - limits.TEXT_CODE_LIFETIME
    mine = TextCode.objects.filter(member=member, made_at__gt=since, guesses__lt=limits.MAX_TEXT_CODE_TRIES).exclude(sealed="")
    return mine.order_by("-made_at").first()


def plain(row: TextNumber | TextCode | None) -> str:
    """Return the number of a row in E.164; "" where there is none, or it was sealed under a secret key that is lost."""
    return (unsealed(row.sealed) or [""])[0] if row else ""
