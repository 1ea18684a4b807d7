"""The form in which an announcement is written."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.kit.text.order import offer
from community.members.models import User

from ..models import Announcement
from .audiences import AUDIENCES

BODY = Announcement._meta.get_field("body").max_length
TITLE = Announcement._meta.get_field("title").max_length


class AnnouncementForm(forms.Form):
    """What is announced, and to whom. An audience that this author has nothing to choose in isn't offered."""

    identity = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=TITLE, error_messages={"required": _("Write a title.")})
    body = forms.CharField(
        label=_("Text"),
        help_text=_("An empty line starts a new paragraph. **Bold**, [links](https://…) and lists with - work, too."),
        max_length=BODY,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": _("Write what you want to say.")},
    )
    audience = forms.ChoiceField(
        label=_("Who is it for?"), widget=forms.RadioSelect, error_messages={"required": _("Choose who it's for.")}
    )

    def __init__(self, *args: Any, author: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [audience for audience in AUDIENCES.values() if not audience.parts or audience.parts.choices(author).exists()]
        who: Any = self.fields["audience"]
        who.choices = [(audience.key, audience.label) for audience in offered]
        for audience in offered:
            if audience.parts:
                field: Any = forms.ModelMultipleChoiceField(
                    label=audience.parts.label,
                    queryset=None,
                    required=not self.is_bound or self.data.get("audience") == audience.key,
                    widget=forms.CheckboxSelectMultiple,
                    error_messages={"required": audience.parts.none_chosen},
                )
                self.fields[audience.key] = field
                offer(field, audience.parts.choices(author))

    def clean(self) -> dict[str, Any]:
        """Keep of the parts those of the chosen audience, as `chosen`."""
        parts = self.cleaned_data.get(self.cleaned_data.get("audience", ""), ())
        return self.cleaned_data | {"chosen": [part.pk for part in parts]}

    @property
    def words(self) -> dict[str, Any]:
        """What `actions.announce` takes of it."""
        return {name: self.cleaned_data[name] for name in ("identity", "title", "body", "audience", "chosen")}
