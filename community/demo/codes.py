"""What opens the demo: the authenticator apps of its staff, made once and kept, and its cards. Outside the demo there is nothing of it."""

import time
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.conf import settings

from community.centre.models import Centre
from community.kit.text.order import by_name
from community.members.invitations.card_codes import spaced
from community.members.invitations.cards import find_card
from community.members.models import User
from community.members.signing_in.allauth_internals import (
    TOTP,
    decrypt,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    mfa_settings,
)
from community.members.signing_in.factors import HAS_FACTOR

from . import data


@dataclass(frozen=True)
class Code:
    name: str
    login: str
    digits: str


def make_apps() -> None:
    """Give an app to each of the staff in our file who has no second factor; what is there already stays as it is."""
    staff = [entry["email"] for entry in data.people().values() if "role" in entry]
    for person in User.objects.filter(~HAS_FACTOR, is_demo=True, email__in=staff):
        TOTP.activate(person, generate_totp_secret())


def current() -> list[Code]:
    """Return what the apps of the demo's staff show now, nothing on every other site."""
    if not _is_demo():
        return []
    apps = Authenticator.objects.filter(user__is_demo=True, type=Authenticator.Type.TOTP).select_related("user")
    step = int(time.time()) // mfa_settings.TOTP_PERIOD
    codes = [Code(app.user.name, app.user.signs_in_as, format_hotp_value(hotp_value(decrypt(app.data["secret"]), step))) for app in apps]
    return by_name(codes, lambda code: code.name)


def open_cards() -> list[str]:
    """Return the codes of the demo's cards that still work, as they would be printed, nothing on every other site."""
    return [spaced(card["code"]) for card in data.read("cohort")["cards"] if find_card(card["code"])] if _is_demo() else []


def _is_demo() -> bool:
    return not settings.PRODUCTION and Centre.objects.filter(is_demo=True).exists()
