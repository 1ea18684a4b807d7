"""The form with which a clinician reviews an article."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.kit.text.names import clean_name


class ReviewForm(forms.Form):
    """A clinician's review of the words that they have read."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)  # of the words that were shown
    name = forms.CharField(
        label=_("Your name, as it appears under the article"), max_length=80, help_text=_("Everybody who reads the article sees it.")
    )
    credential = forms.CharField(
        label=_("Your credential"), max_length=80, help_text=_("For example: LCSW. It appears there just as you type it.")
    )
    read = forms.BooleanField(
        label=_("I've read all of it, and as far as I know it's right"),
        error_messages={"required": _("Check the box when you've read it all.")},
    )

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned.pop("read", None)
        return cleaned

    def show_again(self, fingerprint: str, sentence: str) -> None:
        """Say why nothing was saved. What was typed stays, for the words with `fingerprint` that are shown now."""
        self.data = {"fingerprint": fingerprint, "name": self["name"].value(), "credential": self["credential"].value()}
        self.add_error(None, sentence)
