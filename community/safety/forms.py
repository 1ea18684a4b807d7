"""The forms of this room."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Report

KIND_NOTE = _(
    "We've hidden one of your messages, because it didn't fit what your group agreed on. "
    "You're still welcome here. If you see it differently, tell your facilitator."
)


class ReportForm(forms.Form):
    """The reason for a report."""

    reason = forms.ChoiceField(
        label=_("What is it about?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about.")},
    )
    note = forms.CharField(
        label=_("In your words"),
        help_text=_("If you like: what happened, and where. Only the people who look at reports see it."),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class DecisionForm(forms.Form):
    """What the moderator decides, with the exact words that the author gets where something can be hidden."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    why = forms.CharField(
        label=_("Why"),
        help_text=_("One line for the others who look at reports."),
        max_length=500,
        error_messages={"required": _("Write down why.")},
    )
    kind_note = forms.CharField(
        label=_("Note to the person who wrote it"),
        help_text=_("They get exactly these words when it's hidden. They aren't told who reported it."),
        max_length=1000,
        error_messages={"required": _("Write a note to the author.")},
        initial=KIND_NOTE,
        widget=forms.Textarea({"rows": 5}),
    )

    def __init__(self, *args: Any, decisions: Sequence[Report.Decision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["decision"]
        offered.choices = [(decision.value, decision.label) for decision in decisions]
        if Report.Decision.HIDDEN not in decisions:
            del self.fields["kind_note"]
