"""What every form says and takes: Django's own sentences in our voice, each behind the name of its field, and plain text."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from .seen import holds_something, one_line, plain_text, without_towers


def speak_plainly() -> None:
    """Replace what every form would say unless it says something of its own."""
    forms.Field.default_error_messages |= {"required": _("Fill this in.")}
    for field in (forms.ChoiceField, forms.ModelChoiceField):
        field.default_error_messages |= {
            "required": _("Choose one."),
            "invalid_choice": _("That can’t be chosen anymore. Choose another."),
        }
    forms.BooleanField.default_error_messages = {"required": _("Check this box to continue.")}
    forms.EmailField.default_error_messages = {"invalid": _("That doesn’t look like an e-mail address.")}
    MaxLengthValidator.message = _("That is %(show_value)d characters. At most %(limit_value)d can be kept.")


def take_plain_text() -> None:
    """Have every text field, the editor's too, take what it is given without what is no text, and in one line where it has but one.

    A text that shows nothing is none. Passwords are left as they are typed.
    """
    as_it_is = forms.CharField.to_python

    def to_python(field: forms.CharField, value: Any) -> Any:
        if isinstance(value, str) and field.strip:
            clean = one_line if isinstance(field.widget, forms.TextInput) else plain_text
            value = without_towers(clean(value)) if holds_something(value) else ""
        return as_it_is(field, value)

    forms.CharField.to_python = to_python  # type: ignore[assignment, method-assign]
