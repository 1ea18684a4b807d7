"""The forms of the first three steps of joining, and of the card that leads to them."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.centre.models import centre

from ..invitations.card_codes import read_code
from ..models import ConsentText, Invitation, User
from ..people.fields import PASSWORD_HELP, AddressField, Focused, drawing_field, name_field, password_field, sign_in_name_field
from ..people.names import clean_name


class CardForm(forms.Form):
    """The code of a printed card, pasted or typed, whatever stands in between."""

    bound_field_class = Focused
    code = forms.CharField(
        label=_("Code on the card"), max_length=60, help_text=_("Eight characters. Lower case, spaces and dashes are fine."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the code that is printed on the card.")},
    )  # fmt: skip

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if not code:
            raise ValidationError(
                _("This isn't a whole code. It has eight characters, no vowels and no digits. Check it against your card.")
            )
        return code


class ConsentForm(forms.Form):
    """The first step of joining: agreeing to the version of the policy that was read, and being an adult where only adults may join."""

    adult = forms.BooleanField(
        label=_("I am 18 or older"), error_messages={"required": _("This place is for adults. Check the box if you are one.")}
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, text: ConsentText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = text.version
        self.text = text
        if not centre().adults_only:
            del self.fields["adult"]

    def clean_version(self) -> int:
        if self.cleaned_data["version"] != self.text.version:
            # Shown again, the page carries the new version.
            self.data = {**self.data.dict(), self.add_prefix("version"): self.text.version}  # type: ignore[attr-defined]
            raise ValidationError(_("What you agree to has changed while this page was open. Please read it again, then continue."))
        return self.text.version


class NameForm(forms.Form):
    """The second step: the name and the picture that people here will see."""

    bound_field_class = Focused
    name = name_field()
    drawing = drawing_field()

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invitation.role:
            self.fields["name"].help_text = _("The name that members know you by, or any other. You can change it later.")

    def clean_name(self) -> str:
        """Tidy it. Whether it is free is asked by the action, which counts how often."""
        return clean_name(self.cleaned_data["name"])


class SignInNameForm(forms.Form):
    """The third step where an invitation has no address: the name that they sign in by, and an address if they want to give one."""

    bound_field_class = Focused
    sign_in = sign_in_name_field()
    email = AddressField(_("E-mail address"), "email", required=False, help_text=_(
        "With one, we can send you a link if you forget your password, and tell you when something is new, once you have confirmed it. "
        "Without one, codes on paper or somebody at the center help you back in."
    ))  # fmt: skip


class FirstPasswordForm(forms.Form):
    """The third step: a password that suits this person."""

    bound_field_class = Focused
    password = password_field(_("Password"), "new-password", PASSWORD_HELP)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password
