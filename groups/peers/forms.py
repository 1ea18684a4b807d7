"""The forms of this room."""

from typing import Any, Self

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community.kit.text.order import offer
from community.kit.text.seen import one_line

from .models import NewAgreement, PeerGroup


class JoinForm(forms.Form):
    """Accepting the agreement in the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I agree to this"), error_messages={"required": _("Check the box if you agree. Nothing happens until you do.")}
    )

    @classmethod
    def begin_again(cls, group: PeerGroup, sentence: str, /, **options: Any) -> Self:
        """The form with the present version, so that what is agreed to next is what is on the page, and why it is shown again."""
        form = cls({"version": group.agreement_version, "agreed": ""}, **options)
        form.full_clean()
        form.errors.clear()
        form.add_error(None, sentence)
        return form


class ChoiceForm(JoinForm):
    """The same for one of several groups on a page: its ids are its own, and what is wrong names the group."""

    def __init__(self, *args: Any, group: PeerGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"id_{group.pk}_%s"})
        self.group = group

    def add_error(self, field: str | None, error: Any) -> None:
        said = " ".join(ValidationError(error).messages)
        super().add_error(field, f"{self.group}: {said}")


class GroupForm(forms.Form):
    """What a group says of itself."""

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
        """In one line, however it was typed."""
        return one_line(self.cleaned_data["purpose"])


class _Change(forms.Form):
    """A change of what is there, with the edition of it that was changed from."""

    edition = forms.CharField(widget=forms.HiddenInput, required=False)

    def begin_again(self, edition: str, sentence: str) -> None:
        """Say why nothing was saved, and keep what was typed, as a change from what stands now."""
        self.data = {name: self[name].value() for name in self.fields} | {"edition": edition}
        self.add_error(None, sentence)


class ChangeForm(GroupForm, _Change):
    """What a group that is there says of itself from now on."""


class Joining(forms.Form):
    """Who may come in, how many, and what they see."""

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


class JoiningForm(Joining, _Change):
    """The rules of joining of a group that is there."""


class NewGroupForm(Joining, GroupForm):
    """A group with its rules of joining and its first facilitator."""

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
    """What goes with a yes or a no."""

    answer = forms.CharField(
        label=_("A kind note to them"), help_text=_("They read it together with your answer."), max_length=200, required=False
    )


class InviteForm(forms.Form):
    """Offering somebody a place, by the name that people here see."""

    name = forms.CharField(label=_("Their name here"), max_length=60)
