"""What a member chooses about how they are reached."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.members.models import User

from ..kinds import KINDS
from ..models import Preferences, preferences_of

QUARTERS = 96  # of an hour, in a day


def times(*also: int) -> list[tuple[int, str]]:
    """Return the half hours of a day, and also these quarters of an hour, with their words."""
    # Translators: how a time of day is written, in Django's date format letters.
    how = gettext("g:i A")
    return [(each, formats.time_format(dt.time(each // 4, each % 4 * 15), how)) for each in sorted({*range(0, QUARTERS, 2), *also})]


class PreferencesForm(forms.ModelForm):
    """By what, when and of what a member is notified outside the site."""

    field_order = ["email", "is_quiet", "quiet_from", "quiet_until", "kinds", "hides_words"]

    email = forms.ChoiceField(
        label=_("E-mail"), choices=Preferences.Email.choices, widget=forms.RadioSelect,
        help_text=_("It says that there is something new. Never what, where, or from whom."),
    )  # fmt: skip
    is_quiet = forms.BooleanField(
        label=_("Quiet hours"), required=False, help_text=_("What comes in these hours waits until they end, and is then one notification.")
    )
    quiet_from = forms.TypedChoiceField(label=_("Quiet from"), coerce=int)
    quiet_until = forms.TypedChoiceField(label=_("Quiet until"), coerce=int)
    kinds = forms.MultipleChoiceField(
        label=_("Tell me outside this site about"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Everything else waits for you here."),
    )  # fmt: skip
    hides_words = forms.BooleanField(
        label=_("Show how much is new in a group, not the last words"), required=False,
        help_text=_("In your list of groups, for when somebody could look over your shoulder."),
    )  # fmt: skip

    class Meta:
        model = Preferences
        fields = ("email", "is_quiet", "quiet_from", "quiet_until", "hides_words")

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        kwargs["instance"] = chosen = preferences_of(member)
        super().__init__(*args, **kwargs)
        self._offered = {key: kind.label for key, kind in KINDS.items() if kind.leaves_by and kind.may(member)}
        self._off = set(chosen.kinds_off)
        if not member.email:
            del self.fields["email"]
        self.initial["kinds"] = [key for key in self._offered if key not in self._off]
        for name, options in (
            ("quiet_from", times(chosen.quiet_from)), ("quiet_until", times(chosen.quiet_until)), ("kinds", list(self._offered.items())),
        ):  # fmt: skip
            self.fields[name].choices = options  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hours that end when they begin would be none, or all."""
        given = super().clean() or {}
        if given.get("is_quiet") and given.get("quiet_from") is not None and given.get("quiet_from") == given.get("quiet_until"):
            self.add_error("quiet_until", _("Quiet hours can't end when they begin. Choose another time."))
        return given

    @property
    def chosen(self) -> dict[str, Any]:
        """What `actions.set_preferences` takes. Of kinds that aren't offered it stays as it was."""
        given = dict(self.cleaned_data)
        not_wanted = self._offered.keys() - set(given.pop("kinds"))
        return {**given, "kinds_off": sorted(self._off - self._offered.keys() | not_wanted)}


class PauseForm(forms.Form):
    """For how long nothing is to leave the site."""

    until = forms.ChoiceField(
        choices=[("night", _("For tonight")), ("day", _("For a day")), ("week", _("For a week")), ("back", _("Until I come back"))]
    )
