"""The forms of the second factor, and of proving again who one is."""

from collections.abc import Callable
from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordAgain
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from community.kit import limits
from community.kit.encryption import seal, unsealed

from ..models import User
from ..people.fields import Focused
from ..verbs import MembersVerb
from . import attempt_limits, log
from .allauth_internals import SECRET_SESSION_KEY, context, generate_totp_secret, mfa_settings
from .factors import accepts_code, codes_left

GROUP_LENGTH = 4  # of the key as it is shown


class CodeInput(forms.TextInput):
    """Leaves out a wrong code when the form is shown again: the next one is typed into an empty field."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


def _code_field(label: Any, help_text: Any) -> forms.CharField:
    widget = CodeInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=30, widget=widget, help_text=help_text)


class _Code(forms.Form):
    """One field for a code of the app or, if the phone is lost, a recovery code."""

    bound_field_class = Focused
    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code_field(_("Code"), _("Six digits from your authenticator app, or one of your recovery codes."))

    def clean_code(self) -> str:
        attempt = attempt_limits.count_code(context.request, self.user)
        code: str = self.cleaned_data["code"]
        for authenticator in Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN):
            if accepts_code(authenticator, code):
                authenticator.user = self.user
                self.authenticator = authenticator
                attempt.rollback()
                return code
        log.note(MembersVerb.WRONG_CODE, self.user)
        raise ValidationError(self._wrong(code), code="incorrect_code")

    def _wrong(self, code: str) -> Any:
        """The message for a wrong code, by whether it looks like the app's or like a recovery code."""
        digits = sum(sign.isdigit() for sign in code)
        if digits == mfa_settings.RECOVERY_CODE_DIGITS:
            return _("That recovery code isn't right, or it was already used: each one works once.")  # how many are left, a right one tells
        if digits == mfa_settings.TOTP_DIGITS:
            return get_adapter().error_messages["incorrect_code"]
        return _("That's not a code. The app's codes have %(app)d digits, and recovery codes have %(recovery)d.") % {
            "app": mfa_settings.TOTP_DIGITS, "recovery": mfa_settings.RECOVERY_CODE_DIGITS,
        }  # fmt: skip

    def save(self) -> None:
        super().save()  # type: ignore[misc]  # stands before one of allauth's
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            messages.warning(context.request, _used_recovery_code(codes_left(self.user)))


def _used_recovery_code(left: int) -> str:
    if not left:
        return gettext("That was your last recovery code. Make new ones under Me.")
    sentence = ngettext(
        "You used a recovery code, and have %(left)d left. You can make new ones under Me.",
        "You used a recovery code, and have %(left)d left. You can make new ones under Me.",
        left,
    )
    return sentence % {"left": left}


class CodeForm(_Code, AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(_Code, ReauthenticateForm):
    """The same step for who is signed in already."""


class PasswordAgainForm(PasswordAgain):
    """The password, of somebody who is signed in."""

    bound_field_class = Focused

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label, field.help_text = _("Your password"), ""
        field.widget = forms.PasswordInput(attrs={"autocomplete": "current-password", "autocapitalize": "none", "spellcheck": "false"})


class AppForm(ActivateTOTPForm):
    """The first code of a new app. Its key waits sealed in the session, and stays the same when the page is opened again."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        self.user, self.secret = user, self._key()
        self.fields["code"] = _code_field(_("Code that the app shows"), _("Six digits. The app shows new ones every half minute."))

    def _key(self) -> str:
        session = context.request.session
        secret: str | None = unsealed(session.get(SECRET_SESSION_KEY, ""))
        if secret is None:
            secret = generate_totp_secret()
            session[SECRET_SESSION_KEY] = seal(secret)
        return secret

    @property
    def spelled(self) -> str:
        """The key as it is typed into an app that cannot take a picture."""
        return " ".join(self.secret[at : at + GROUP_LENGTH] for at in range(0, len(self.secret), GROUP_LENGTH))


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name of this passkey"), max_length=limits.MAX_PASSKEY_NAME_LENGTH, required=False,
        help_text=_("So that you know it from others later. Only you see it."), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class Credential(forms.JSONField):
    """What a browser's passkey has answered. What no browser sends is wrong, where fido2's reading of it would break."""

    widget = forms.HiddenInput

    def __init__(self, read: Callable[[Any], object], *, wrong: str = "incorrect_passkey") -> None:
        super().__init__(error_messages={"required": _("The browser made no passkey. Try once more.")})
        self.read, self.wrong = read, wrong

    def clean(self, value: Any) -> Any:
        credential = super().clean(value)
        try:
            self.read(credential)
        except (KeyError, TypeError, ValueError):
            raise get_adapter().validation_error(self.wrong) from None
        return credential


class _Passkey(AuthenticateWebAuthnForm):
    """A passkey that is used. What allauth says of one that is refused is about codes."""

    credential = Credential(AuthenticationResponse.from_dict)

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except ValidationError as error:
            self.refused()
            raise get_adapter().validation_error("incorrect_passkey") if error.code == "incorrect_code" else error from None

    def refused(self) -> None:
        """Record that it was refused."""


class PasskeySignInForm(_Passkey, LoginWebAuthnForm):
    """A passkey alone. Whose it was to be, nobody knows."""


class PasskeyStepForm(_Passkey):
    """A passkey as the second step."""

    def refused(self) -> None:
        log.note(MembersVerb.WRONG_CODE, self.user)


class PasskeyAgainForm(PasskeyStepForm, ReauthenticateWebAuthnForm):
    """The same step for who is signed in already."""


class PasskeyForm(AddWebAuthnForm):
    """A passkey that the browser has just made, and a name for it. Each of ours can sign in alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"] = _name_field()
        self.fields["credential"] = Credential(RegistrationResponse.from_dict, wrong="unusable_passkey")

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except ValidationError:
            raise get_adapter().validation_error("unusable_passkey") from None


class PasskeyNameForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field()
        self.fields["name"].required = True
