"""The form that invites one person, and the one that lets somebody be invited who had asked us not to write."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from community.kit.errors import Refused
from community.kit.text.addresses import canonical

from ..people.fields import AddressField, NumberField, may_text_field, without_reminders_field
from ..roles import Role
from ..texting import numbers
from .actions import NO_CONSENT, STAFF_BY_EMAIL
from .address_lists import looks_like_number

ALUMNUS = "alumnus"


class InvitationForm(forms.Form):
    """One person to invite, by somebody who may give roles or not: by e-mail or, where text messages leave here, at their phone."""

    email = AddressField(_("E-mail address"), "off")
    number = NumberField(
        _("Or a mobile number"),
        "off",
        required=False,
        help_text=_("For someone without an e-mail address. They get a text message with a link."),
    )
    may_text = may_text_field()
    role = forms.TypedChoiceField(
        label=_("Invite as"), choices=[(ALUMNUS, _("Alumnus or alumna")), *Role.choices],
        coerce=lambda role: "" if role == ALUMNUS else role, empty_value="",
        help_text=_("The others are staff, who may do more than members. Most people need no such role."),
    )  # fmt: skip
    without_reminders = without_reminders_field()

    def __init__(self, *args: Any, gives_roles: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        if not gives_roles:
            assert isinstance(role, forms.TypedChoiceField)
            role.choices, role.initial, role.widget = [(ALUMNUS, ALUMNUS)], ALUMNUS, forms.HiddenInput()
        if settings.SMS_URL:
            self.fields["email"].required = False
        else:
            del self.fields["number"], self.fields["may_text"]

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two, and for consent to the second."""
        cleaned = super().clean() or {}
        if "number" not in self.fields or self.errors:
            return cleaned
        if cleaned["email"] and cleaned["number"]:
            self.add_error("number", _g("Give an e-mail address or a number, not both."))
        elif not cleaned["email"] and not cleaned["number"]:
            self.add_error("email", _g("Give an e-mail address or a mobile number."))
        elif cleaned["number"] and not cleaned["may_text"]:
            self.add_error("may_text", NO_CONSENT)
        elif cleaned["number"] and cleaned["role"]:
            self.add_error("role", STAFF_BY_EMAIL)
        return cleaned


class WriteAgainForm(forms.Form):
    """The address or number of somebody who had asked us not to write, and that they told us otherwise."""

    address = forms.CharField(
        label=_("E-mail address or mobile number"),
        max_length=320,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    has_asked = forms.BooleanField(label=_("They told me themselves that they'd like to be invited"))

    def clean_address(self) -> str:
        """Return it in its one spelling."""
        typed: str = self.cleaned_data["address"]
        try:
            return numbers.canonical(typed) if looks_like_number(typed) else canonical(typed)
        except Refused as refusal:
            raise ValidationError(refusal.sentence) from None
