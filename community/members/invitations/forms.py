"""The form that invites one person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..people.fields import AddressField
from ..roles import Role

ALUMNUS = "alumnus"


class InvitationForm(forms.Form):
    """One person to invite."""

    email = AddressField(_("E-mail address"), "off")
    role = forms.TypedChoiceField(
        label=_("Invite as"), choices=[(ALUMNUS, _("Alumnus or alumna")), *Role.choices],
        coerce=lambda role: "" if role == ALUMNUS else role, empty_value="",
        help_text=_("The others are staff, who may do more than members. Most people need no such role."),
    )  # fmt: skip
