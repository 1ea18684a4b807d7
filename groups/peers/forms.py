"""The forms of this room."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from community.kit.names import skeleton

from .models import AgreementText, PeerGroup


class JoinForm(forms.Form):
    """Accepting the agreement in the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I agree to this"), error_messages={"required": _("Tick the box if you agree. You can also just leave.")}
    )


class GroupForm(forms.Form):
    """What a group says of itself."""

    name = forms.CharField(label=_("Name"), max_length=60)
    purpose = forms.CharField(label=_("Purpose"), help_text=_("One sentence: whom the group is for."), max_length=200)
    agreement = forms.CharField(
        label=_("Agreement"),
        help_text=_("What members promise one another, a line each."),
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
    )


class ChangeForm(GroupForm):
    """The same of a group that is there, with the edition of it that was changed from."""

    edition = forms.CharField(widget=forms.HiddenInput, required=False)

    def begin_again(self, group: PeerGroup, sentence: str) -> None:
        """Say why nothing was saved, and keep what was typed, as a change from what the group says now."""
        self.data = {name: self[name].value() for name in self.fields} | {"edition": group.edition}
        self.add_error(None, sentence)


class NewGroupForm(GroupForm):
    """A group with its doors and its first facilitator."""

    door = forms.ChoiceField(label=_("Who may join"), choices=PeerGroup.Door.choices, widget=forms.RadioSelect, initial=PeerGroup.Door.OPEN)
    past = forms.ChoiceField(label=_("Newcomers see"), choices=PeerGroup.Past.choices, widget=forms.RadioSelect, initial=PeerGroup.Past.ALL)
    facilitator = forms.ModelChoiceField(label=_("Facilitator"), queryset=get_user_model().objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["facilitator"]
        assert isinstance(people, forms.ModelChoiceField)
        people.queryset = get_user_model().objects.active().order_by("name")
        offered = AgreementText.objects.order_by("-version").first()
        self.fields["agreement"].initial = offered.body if offered else ""


class AddForm(forms.Form):
    """Bringing somebody in by the name that people here see."""

    name = forms.CharField(label=_("Their name here"), max_length=60)

    def clean_name(self) -> Any:
        person = get_user_model().objects.active().filter(name_key=skeleton(self.cleaned_data["name"])).first()
        if person is None:
            raise forms.ValidationError(_("Nobody here goes by that name. Check how they spell it."))
        return person
