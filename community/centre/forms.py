"""The editor's form of the centre."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from community.kit.web.uploading import Storing

from .branding.logo import BOX, ICON_BOX, redrawn
from .word_hints import BUILT_IN
from .zones import zones_for


class CentreForm(Storing, WagtailAdminModelForm):
    """Draws a new logo or icon anew before it is kept, and offers the time zones in groups."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["listed_words"] = self.instance.listed_words or BUILT_IN
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = zones_for(self.instance.country, self.instance.time_zone)

    def clean_logo(self) -> Any:
        return self._redrawn("logo")

    def clean_logo_dark(self) -> Any:
        return self._redrawn("logo_dark")

    def clean_icon(self) -> Any:
        return self._redrawn("icon", ICON_BOX)

    def clean_listed_words(self) -> str:
        """Keep none of its own where it is the list that comes with Mainstay, which a later release may make better."""
        words = "\n".join(self.cleaned_data["listed_words"].strip().splitlines())
        return "" if words == BUILT_IN else words

    def _redrawn(self, field: str, box: tuple[int, int] = BOX) -> Any:
        upload = self.cleaned_data[field]
        return redrawn(upload, box) if isinstance(upload, UploadedFile) else upload

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("logo_dark") and not cleaned.get("logo"):
            self.add_error("logo_dark", _("Add a logo for light screens first."))
        return cleaned
