"""The forms for signing in, for passwords and for addresses."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm, SetPasswordForm
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.kit import limits
from community.kit.encryption import seal

from ..models import User
from ..people.fields import (
    MAX_TYPED_PASSWORD_LENGTH,
    PASSWORD_HELP,
    AddressField,
    Focused,
    LoginField,
    LoginOrNameField,
    password_field,
    sign_in_name_field,
)
from ..tasks import send_reset
from ..verbs import MembersVerb
from . import attempt_limits, log
from .allauth_internals import context


class SignInForm(LoginForm):
    """Sign-in whose error never says which half was wrong."""

    bound_field_class = Focused

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = LoginField()
        self.fields["password"] = password_field(_("Password"), "current-password", max_length=MAX_TYPED_PASSWORD_LENGTH)
        self.fields["remember"] = forms.BooleanField(
            label=_("Keep me signed in on this device"),
            required=False,
            help_text=_("Leave this off on a shared device. Staff are signed out after 12 hours."),
        )
        self.order_fields(["login", "password", "remember"])

    def user_credentials(self) -> dict[str, Any]:
        """What is looked up and counted, and, for shared mailboxes, what was typed."""
        return super().user_credentials() | {"typed": str(self["login"].value()).strip().lower()}


class ResetForm(ResetPasswordForm):
    """Asks for an e-mail with a link. Whether anybody has the address is looked up later, in the background."""

    bound_field_class = Focused
    email = AddressField(_("E-mail address"), "username")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        send_reset.enqueue(seal(email))
        return email


class NewPasswordForm(ResetPasswordKeyForm):
    """Sets a new password after the link of an e-mail: once, since it can be shown while typing."""

    bound_field_class = Focused

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _make_new_password(self.fields["password1"])


class PasswordForm(ChangePasswordForm):
    """Changes the password of somebody who is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["oldpassword"] = password_field(_("Current password"), "current-password", max_length=MAX_TYPED_PASSWORD_LENGTH)
        _make_new_password(self.fields["password1"])

    def clean_oldpassword(self) -> str:
        attempt = attempt_limits.count_password(context.request, self.user.login)
        try:
            right = str(super().clean_oldpassword())
        except ValidationError:
            log.note(MembersVerb.WRONG_PASSWORD, self.user)
            raise
        attempt.rollback()
        return right


class AddedPasswordForm(SetPasswordForm):
    """Sets the first password of somebody who is signed in and has proven who they are without one."""

    bound_field_class = Focused

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _make_new_password(self.fields["password1"])


def _make_new_password(field: forms.Field) -> None:
    """Give allauth's field, which asks whether a password is good enough, our words and our limit."""
    field.label, field.help_text = _("New password"), PASSWORD_HELP
    field.widget.attrs.pop("placeholder", None)
    field.validators.append(MaxLengthValidator(limits.MAX_PASSWORD_LENGTH))


class WayBackForm(forms.Form):
    """Asks who somebody is and for a code that lets them choose a new password. The error never says which was wrong."""

    bound_field_class = Focused
    login = LoginOrNameField()
    code = forms.CharField(
        label=_("One of your ways back, or the code from the staff"), max_length=100,
        help_text=_("12 characters. Spaces and dashes don't matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


class AddressForm(forms.Form):
    """A new address to sign in with."""

    email = AddressField(_("New e-mail address"), "email")


class WithoutAddressForm(forms.Form):
    """The name by which somebody signs in who takes their address away; those who have one keep it."""

    sign_in = sign_in_name_field()

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if member.sign_in_key:
            del self.fields["sign_in"]


def _reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("How you made sure who they are"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("They can read this."),
    )  # fmt: skip


class FactorsOffForm(forms.Form):
    """Why somebody's second step is taken off."""

    reason = _reason_field()


class CodeForThemForm(forms.Form):
    """Why somebody is given a code for a new password."""

    reason = _reason_field()


class AddressForThemForm(AddressForm):
    """A new address for somebody who cannot ask for it themself, and why."""

    reason = _reason_field()
