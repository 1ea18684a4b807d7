"""The forms of peer groups."""

from typing import Any, Self

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.kit.text.order import offer
from community.kit.text.seen import one_line

from .models import NewAgreement, PeerGroup


class JoinForm(forms.Form):
    """Accepting the version of the agreement that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I agree to this"), error_messages={"required": _("Check the box if you agree. Nothing happens until you do.")}
    )

    @classmethod
    def begin_again(cls, group: PeerGroup, sentence: str, /, **options: Any) -> Self:
        """Return an unchecked form for the current version, with `sentence` as its error."""
        form = cls({"version": group.agreement_version, "agreed": ""}, **options)
        form.full_clean()
        form.errors.clear()
        form.add_error(None, sentence)
        return form


class ChoiceForm(JoinForm):
    """The same for one of several groups on a page: its element ids are unique, and its errors name the group."""

    def __init__(self, *args: Any, group: PeerGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"id_{group.pk}_%s"})
        self.group = group

    def add_error(self, field: str | None, error: Any) -> None:
        sentences = " ".join(ValidationError(error).messages)
        super().add_error(field, f"{self.group}: {sentences}")


class GroupForm(forms.Form):
    """A group's name, purpose and agreement."""

    name = forms.CharField(label=_("Name"), max_length=60)
    purpose = forms.CharField(
        label=_("Purpose"), help_text=_("One sentence: who the group is for."), max_length=200, widget=forms.Textarea({"rows": 2})
    )
    agreement = forms.CharField(
        label=_("Agreement"),
        help_text=_("What members promise one another, one per line."),
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
    )

    def clean_purpose(self) -> str:
        """On one line, however it was typed."""
        return one_line(self.cleaned_data["purpose"])


class _Change(forms.Form):
    """A change of what exists, with the etag of what was shown."""

    etag = forms.CharField(widget=forms.HiddenInput, required=False)

    def begin_again(self, etag: str, sentence: str) -> None:
        """Show why nothing was saved, with what was typed, as a change of the version `etag`."""
        self.data = {name: self[name].value() for name in self.fields} | {"etag": etag}
        self.add_error(None, sentence)


class ChangeForm(GroupForm, _Change):
    """A change of a group's name, purpose and agreement."""


class JoinRulesForm(forms.Form):
    """The join policy, capacity and history visibility."""

    join_policy = forms.ChoiceField(
        label=_("Who may join"), choices=PeerGroup.JoinPolicy.choices, widget=forms.RadioSelect, initial=PeerGroup.JoinPolicy.OPEN
    )
    capacity = forms.IntegerField(
        label=_("Places"),
        help_text=_(
            "How many people the group holds, facilitators included. People who come later can go on the waiting list. "
            "Leave it empty for as many as want to join."
        ),
        error_messages={"min_value": _("A group holds at least one person."), "invalid": _("Write a whole number, or nothing.")},
        min_value=1,
        max_value=1000,
        required=False,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    history_visibility = forms.ChoiceField(
        label=_("Newcomers see"),
        choices=PeerGroup.HistoryVisibility.choices,
        widget=forms.RadioSelect,
        initial=PeerGroup.HistoryVisibility.ALL,
    )


class ChangeJoinRulesForm(JoinRulesForm, _Change):
    """A change of a group's join rules."""


class NewGroupForm(JoinRulesForm, GroupForm):
    """A new group with its join rules and its first facilitator."""

    facilitator = forms.ModelChoiceField(label=_("Facilitator"), queryset=get_user_model().objects.none(), empty_label=_("Choose somebody"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["facilitator"], get_user_model().objects.active())
        offered = NewAgreement.objects.order_by("-version").first()
        self.fields["agreement"].initial = offered.body if offered else ""


class AskForm(forms.Form):
    """Asking to join."""

    message = forms.CharField(
        label=_("A note to the people who answer"),
        help_text=_("Say why, or just hello. You can leave it empty."),
        max_length=200,
        required=False,
    )


class AnswerForm(forms.Form):
    """The note that goes with a yes or a no."""

    answer = forms.CharField(
        label=_("A kind note to them"), help_text=_("They read it together with your answer."), max_length=200, required=False
    )


class InviteForm(forms.Form):
    """Offering somebody a seat, by their display name."""

    name = forms.CharField(label=_("Their name here"), max_length=60)
