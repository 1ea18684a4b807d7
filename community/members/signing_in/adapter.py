"""How django-allauth behaves here."""

import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from community.centre.models import centre
from community.kit.encryption import seal, unseal

from ..emails import write_to
from ..models import User
from ..tasks import note_wrong_password
from ..verbs import MembersVerb
from . import attempt_limits, log
from .allauth_internals import account_settings, context, count_until_success
from .devices import device_words
from .factors import NEEDS_KEY, factors_of, opens_without_address, records_of


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by answering an invitation, never by signing up, and allauth sends no e-mails of its own."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("That sign-in name or address, or the password, isn't right. Check both and try again."),
        "too_many_login_attempts": _("You have tried several times. Please wait five minutes, then try again."),
        "link_needed": _(
            "Wrong passwords were tried for this address many times today. A device that it was not used on before needs a link now: "
            "choose “I can't get in”, open the link in the e-mail on this device, and sign in."
        ),
        "way_back_needed": _(
            "Wrong codes were tried for this account many times today. A device that it was not used on before needs a way back, or a "
            "code from the staff of your center, now: choose “I can't get in” on the page for signing in, and come back with it on this "
            "device."
        ),
        "rate_limited": _("You have tried several times. Please wait five minutes, then try again."),
        "enter_current_password": _("That is not your current password. Type it again."),
        "incorrect_password": _("That is not your password. Type it again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """False for the minutes after a proof, which signing in is too."""
        records = records_of(self.request.session, self.request.user)
        since = time.time() - account_settings.REAUTHENTICATION_TIMEOUT
        return not any(record["at"] > since for record in records)

    def is_safe_url(self, url: str) -> bool:
        """Whether `next=` may lead there: to a page of this site, at the address at which it is reached."""
        hosts = {urlsplit(origin).netloc for origin in settings.ORIGINS}
        return url_has_allowed_host_and_scheme(url, allowed_hosts=hosts, require_https=settings.HTTPS)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt, which allauth takes back if the password was right."""
        count_until_success(self, attempt_limits.count_password(request, credentials.get("email", "")))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the attempt. Whom a guest means is looked up in the background, since the time it takes would tell."""
        if isinstance(request.user, User):
            log.note(MembersVerb.WRONG_PASSWORD, request.user)
        else:
            note_wrong_password.enqueue(seal(credentials.get("email", "")))

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the password of `user`. allauth would find no one without an address."""
        if user.email:
            return bool(super().reauthenticate(user, password))
        return self.authenticate(context.request, email=user.login, password=password) == user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every e-mail leaves through community.kit.mail; for the one that allauth would send here, see members.tasks."""
        raise LookupError(f"allauth's e-mail {template_prefix} is not registered.")

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Tell the owner of an account that its password or its second factor was changed, in an e-mail that names neither."""
        write_to(user, "sign_in_changed", context={"link": settings.SITE_URL + reverse("mfa_index")})


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: encrypted in the database, and nobody can remove the last one that they need."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code isn't right, or it was already used. Wait until the app shows the next one, then type that."),
        "incorrect_passkey": _("That passkey isn't known here, or it was removed. Try another way."),
        "unusable_passkey": _("The passkey couldn't be added. Try once more."),
        "cannot_delete_authenticator": _(
            "You are staff, and staff need a second step when they sign in. Set up another one first, then take this one off."
        ),
        "cannot_generate_recovery_codes": _("Recovery codes stand in for an app or a passkey. Set up one of these first."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return str(unseal(encrypted_text))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not self.refusal_to_delete(authenticator)

    def refusal_to_delete(self, authenticator: Authenticator) -> str:
        """Why its owner can't remove this one, "" where they can: staff need a second step, and everybody something to come in by."""
        owner = authenticator.user
        if owner.is_staff and not factors_of(owner).exclude(pk=authenticator.pk).exists():
            return str(self.error_messages["cannot_delete_authenticator"])
        is_passkey = authenticator.type == Authenticator.Type.WEBAUTHN
        return str(NEEDS_KEY) if is_passkey and not owner.email and not opens_without_address(owner, without=authenticator) else ""

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        return device_words(context.request.headers.get("User-Agent", ""))

    def get_totp_label(self, user: User) -> str:
        """What an app shows beside its digits: what they sign in with, and not the name that people here see."""
        return user.signs_in_as

    def get_totp_issuer(self) -> str:
        return centre().name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": str(urlsplit(settings.SITE_URL).hostname), "name": centre().name}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """What a phone stores and shows with the passkey: what they sign in with, and not the name that people here see."""
        return super().get_public_key_credential_user_entity(user) | {"name": user.signs_in_as, "display_name": user.signs_in_as}
