"""Printed cards for people who stand together and may have no mailbox. Each is an invitation whose key is the code on it."""

import datetime as dt
import uuid

import segno
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from community.kit import audit, limits
from community.kit.errors import Refusal, Refused

from ..models import CardSheet, Cohort, Invitation, User
from ..verbs import MembersVerb
from .card_codes import hashes_of, new_code


def link_of(code: str) -> str:
    """Return the address that a phone opens when it scans a card: the page that takes a code, with this one filled in."""
    return f"{settings.SITE_URL}{reverse('members:card')}?{urlencode({'code': code})}"


def typed_address() -> str:
    """Return the address of that page as one types it."""
    return (settings.SITE_URL + reverse("members:card")).partition("://")[2].rstrip("/")


def picture_of(code: str) -> str:
    """Return the QR code of a card as SVG: black on white, since a phone reads none on a dark page, and never a Micro QR code."""
    drawn = segno.make_qr(link_of(code), error="m")
    return mark_safe(drawn.svg_inline(dark="#000", light="#fff", border=4, omitsize=True, svgclass="card-qr", lineclass=None))


def expiry() -> dt.datetime:
    return timezone.now() + limits.CARD_LIFETIME


def make_sheet(*, actor: User, cohort: Cohort, count: int, identity: uuid.UUID) -> list[str]:
    """Make a sheet of `count` cards for a cohort; return their codes in the order of their numbers. They are stored nowhere.

    `identity`, the sheet's id, comes with the form. Raises Refused: reused, where that form has made its sheet.
    """
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(new_code())
    store_sheet(actor=actor, cohort=cohort, codes=list(codes), identity=identity)
    return list(codes)


def store_sheet(*, actor: User, cohort: Cohort, codes: list[str], identity: uuid.UUID) -> CardSheet:
    """Make a sheet of cards with these codes, of which the hashes are stored. Raises Refused: reused."""
    try:
        with transaction.atomic():
            sheet = CardSheet.objects.create(pk=identity, made_by=actor)
            Invitation.objects.bulk_create(
                Invitation(
                    sheet=sheet, card_number=number, key_hash=hashes_of(code)[0], cohort=cohort, invited_by=actor, expires_at=expiry()
                )
                for number, code in enumerate(codes, 1)
            )  # fmt: skip
            audit.record(actor=actor, verb=MembersVerb.MAKE_CARDS, target=sheet.pk)
    except IntegrityError:
        sentence = _("These cards were made already, and their codes are shown only once. To make more, continue.")
        raise Refused(Refusal.REUSED, sentence) from None
    return sheet


def revoke_sheet(*, actor: User, sheet: CardSheet) -> int:
    """Take back every card of a sheet that still works; return how many did."""
    with transaction.atomic():
        count = Invitation.objects.open().filter(sheet=sheet).update(revoked_at=timezone.now())
        audit.record(actor=actor, verb=MembersVerb.REVOKE_CARDS, target=sheet.pk)
    return count


def find_card(code: str) -> Invitation | None:
    """Return the card with this code, if it still works. One that never was, and one that no longer works, take the same look."""
    return Invitation.objects.open().filter(key_hash__in=hashes_of(code)).first()


def empty(before: dt.datetime) -> QuerySet[CardSheet]:
    """Return sheets from before that time of which no card is left."""
    return CardSheet.objects.filter(cards=None, made_at__lt=before).order_by()
