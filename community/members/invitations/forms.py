"""The form that invites one person, and the one that lets somebody be invited who had asked for no more e-mails."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..people.fields import AddressField, without_reminders_field
from ..roles import Role

ALUMNUS = "alumnus"


class InvitationForm(forms.Form):
    """One person to invite, by somebody who may give roles or not."""

    email = AddressField(_("E-mail address"), "off")
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


class WriteAgainForm(forms.Form):
    """The address of somebody who had asked for no more e-mails, and that they told us otherwise."""

    email = AddressField(_("E-mail address"), "off")
    has_asked = forms.BooleanField(label=_("They told me themselves that they'd like to be invited"))
