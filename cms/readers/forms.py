"""The form below an article."""

from django import forms
from django.utils.translation import gettext_lazy as _

from community.kit import limits


class RatingForm(forms.Form):
    """Whether it helped: one of two buttons, and a word to the editors."""

    words = forms.CharField(
        label=_("A word to the editors"),
        required=False,
        max_length=limits.MAX_RATING_WORDS,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("They see it without your name, once five people have answered."),
    )
    helped = forms.TypedChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda value: value == "yes")
