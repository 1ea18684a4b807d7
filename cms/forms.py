"""The editor's form of an article."""

from typing import Any

from django import forms
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from .audience import Audience, groups_for


class DrawingInput(forms.RadioSelect):
    """The drawings to choose from, each shown beside its word; "none" is the first choice."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        file = static("community/icons/drawings.svg")
        label = format_html('<svg aria-hidden="true"><use href="{}#{}"></use></svg>{}', file, value, label) if value else _("None")
        option: dict[str, Any] = super().create_option(name, value, label, *args, **kwargs)
        return option


class ArticleForm(WagtailAdminPageForm):
    """Offers the groups that this editor may know of, and holds audience and groups together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "groups" in self.fields and self.for_user is not None:
            self.fields["groups"].queryset = groups_for(self.for_user)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("audience") != Audience.GROUPS:
            cleaned["groups"] = []
        elif not cleaned.get("groups") and "groups" not in self.errors:
            self.add_error("groups", _("Choose at least one group, or another answer above."))
        return cleaned


class ReviewForm(forms.Form):
    """What a clinician says of the words that they have read, in the edition that was shown."""

    edition = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Your name, as it stands under the article"), max_length=80, help_text=_("Everybody who reads the article sees it.")
    )
    credential = forms.CharField(
        label=_("Your credential"), max_length=80, help_text=_("For example: LCSW. It stands there as you type it.")
    )
    read = forms.BooleanField(
        label=_("I have read all of it, and it is right as far as I know"),
        error_messages={"required": _("Tick the box when you have read it all.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned.pop("read", None)
        return cleaned

    def begin_again(self, edition: str, sentence: str) -> None:
        """Say why nothing was noted; what was typed stays, for the words that stand now."""
        self.data = {"edition": edition, "name": self["name"].value(), "credential": self["credential"].value()}
        self.add_error(None, sentence)
