"""The authenticator apps of the demo's staff: made once and kept, and what they show now. Outside the demo there is nothing of it."""

import time
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.conf import settings

from community.centre.models import Centre
from community.kit.text.order import by_name
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
    email: str
    digits: str


def make_apps() -> None:
    """Give an app to each of the staff in our file who has no second factor; what is there already stays as it is."""
    staff = [entry["email"] for entry in data.people().values() if "role" in entry]
    for person in User.objects.filter(~HAS_FACTOR, is_demo=True, email__in=staff):
        TOTP.activate(person, generate_totp_secret())


def current() -> list[Code]:
    """Return what the apps of the demo's staff show now, nothing on every other site."""
    if settings.PRODUCTION or not Centre.objects.filter(is_demo=True).exists():
        return []
    apps = Authenticator.objects.filter(user__is_demo=True, type=Authenticator.Type.TOTP).select_related("user")
    step = int(time.time()) // mfa_settings.TOTP_PERIOD
    codes = [Code(app.user.name, app.user.signs_in_as, format_hotp_value(hotp_value(decrypt(app.data["secret"]), step))) for app in apps]
    return by_name(codes, lambda code: code.name)
