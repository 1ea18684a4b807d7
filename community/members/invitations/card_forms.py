"""The form with which staff make printed cards."""

from django import forms
from django.utils.translation import gettext_lazy as _

from community.kit import limits

from ..people.fields import Focused


class CardsForm(forms.Form):
    """How many cards. `identity` becomes the sheet's, so that one form makes one sheet."""

    bound_field_class = Focused
    identity = forms.UUIDField(widget=forms.HiddenInput)
    count = forms.IntegerField(
        label=_("How many cards?"), min_value=1, max_value=limits.MAX_CARDS_PER_SHEET, initial=12,
        help_text=_("One for each person, and a few to spare. A page holds eight or ten."),
        error_messages={"required": _("Type how many cards you need.")},
    )  # fmt: skip
