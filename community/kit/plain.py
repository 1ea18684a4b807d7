"""Django's own sentences about a form, in our voice. Each stands behind the name of its field."""

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _


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
