"""The forms of a phone number and of the code that proves it."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.centre.models import centre
from community.members.texting.numbers import LONGEST


def sentence() -> str:
    """Return what a member agrees to. It is stored with their number as it stands here."""
    return gettext(
        "Yes, send me text messages from %(center)s at this number when there is something new. I can turn them off here at any time, "
        "or by answering STOP. My phone company may charge me for them."
    ) % {"center": centre().name}


class NumberForm(forms.Form):
    """A number, and that its owner wants text messages there."""

    number = forms.CharField(
        label=_("Mobile number"), max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "spellcheck": "false"}),
        help_text=_("With its area code. From another country, begin with + and its country code."),
    )  # fmt: skip
    agreed = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed"].label = sentence()


class TextCodeForm(forms.Form):
    """The six digits that were sent."""

    code = forms.CharField(
        label=_("Code"), max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
        help_text=_("The six digits in the text message."),
    )  # fmt: skip

    def clean_code(self) -> str:
        """As it was typed, a code may have spaces or a hyphen in it."""
        return "".join(c for c in self.cleaned_data["code"] if c not in " -")
