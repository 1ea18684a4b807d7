"""Which groups are suggested to a cohort, or to one person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.kit.text.order import offer

from ..models import PeerGroup


class GroupsField(forms.ModelMultipleChoiceField):
    """Groups, each with a checkbox."""

    def label_from_instance(self, obj: Any) -> str:
        hidden = obj.join_policy == PeerGroup.JoinPolicy.HIDDEN
        return str(_("%(name)s (hidden)") % {"name": obj}) if hidden else str(obj)


class SuggestionForm(forms.Form):
    """The groups that are suggested to a cohort; hidden ones can be chosen too."""

    groups = GroupsField(
        label=_("Groups to suggest"), queryset=PeerGroup.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("A hidden group that is suggested can be seen by these people, and they can join it by accepting its agreement."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["groups"], PeerGroup.objects.all())


class PersonForm(SuggestionForm):
    """The groups that are suggested to one person: at least one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].required = True
        self.fields["groups"].error_messages["required"] = _("Choose at least one group.")
        self.fields["groups"].help_text = _(
            "They see a group that is suggested, also a hidden one, and can join it by accepting its agreement."
        )
