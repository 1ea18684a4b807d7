"""Form fields that several pages about people share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from community.kit import limits
from community.kit.errors import Refused
from community.kit.text.addresses import canonical

from ..signing_in.logins import is_address, login_of
from ..texting import numbers
from .avatars import Drawing

MAX_TYPED_PASSWORD_LENGTH = 5 * limits.MAX_PASSWORD_LENGTH  # of one that is only compared: some keyboards type three for one letter
PASSWORD_HELP = _("At least 10 characters. Three or four words in a row are easy to remember.")


class Focused(BoundField):
    """A field of a form that its page is there for: the first has the focus, or the one that is wrong.

    Where more is wrong than one field can say, the list of it has the focus (js/page.js).
    """

    def build_widget_attrs(self, attrs: Any, widget: Any = None) -> dict[str, Any]:
        """Return Django's, and whether one begins here."""
        begun = list(self.form.errors) or [self.form.visible_fields()[0].name]
        return super().build_widget_attrs(attrs, widget) | ({"autofocus": True} if begun == [self.name] else {})


def name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name people here will see"),
        max_length=limits.MAX_NAME_LENGTH,
        help_text=_("It doesn't have to be your legal name. You can change it later."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "autocapitalize": "words", "spellcheck": "false"}),
    )


def sign_in_name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Sign-in name"),
        max_length=limits.MAX_NAME_LENGTH,
        help_text=_("You type it each time you sign in. Write it down. Choose something other than the name people here see."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


def without_reminders_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("Send no reminders"),
        required=False,
        help_text=_("Otherwise, someone who hasn't answered is reminded after 1, 3 and 7 days, in the morning, and then never again."),
    )


class AddressField(forms.CharField):
    """An e-mail address in whatever spelling; what is cleaned is its canonical one.

    A plain text field: browsers refuse or rewrite much of what they take for an address, each in its own way.
    """

    def __init__(self, label: Any, autocomplete: str, **kwargs: Any) -> None:
        attrs = {"inputmode": "email", "autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(label=label, max_length=320, widget=forms.TextInput(attrs), **kwargs)

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        try:
            return canonical(typed) if typed else ""
        except Refused as refusal:
            raise ValidationError(refusal.sentence) from None


class NumberField(forms.CharField):
    """A phone number in whatever spelling; what is cleaned is E.164."""

    def __init__(self, label: Any, autocomplete: str, **kwargs: Any) -> None:
        attrs = {"type": "tel", "inputmode": "tel", "autocomplete": autocomplete, "spellcheck": "false"}
        super().__init__(label=label, max_length=numbers.LONGEST, widget=forms.TextInput(attrs), **kwargs)

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        try:
            return numbers.canonical(typed) if typed else ""
        except Refused as refusal:
            raise ValidationError(refusal.sentence) from None


def may_text_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("They agreed to get text messages from us"),
        required=False,
        help_text=_("Ask them before you check this. That you did is recorded, with the day. They can answer STOP at any time."),
    )


class LoginField(AddressField):
    """What somebody signs in with. What is cleaned is a canonical address, or the skeleton of a sign-in name."""

    def __init__(self) -> None:
        super().__init__(_("E-mail address or sign-in name"), "username")

    def clean(self, value: Any) -> str:
        typed = str(value or "")
        return super().clean(value) if is_address(typed) else login_of(str(forms.CharField.clean(self, value)))


class LoginOrNameField(LoginField):
    """The same, where the name that people here see will do: with an @ in it that name may be no address, and is looked up as a name."""

    def clean(self, value: Any) -> str:
        typed = str(forms.CharField.clean(self, value))
        try:
            return super().clean(value)
        except ValidationError:
            return login_of(typed)


class DrawingInput(forms.RadioSelect):
    """The drawings to choose from; components/field.html shows each beside its word."""


def drawing_field() -> forms.ChoiceField:
    choices = [("", _("No picture")), *Drawing.choices]
    return forms.ChoiceField(label=_("Picture beside your name"), choices=choices, widget=DrawingInput, required=False, initial="")


def password_field(label: Any, autocomplete: str, help_text: Any = "", max_length: int = limits.MAX_PASSWORD_LENGTH) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"})
    return forms.CharField(label=label, strip=False, max_length=max_length, widget=widget, help_text=help_text)
