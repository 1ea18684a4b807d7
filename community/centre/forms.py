"""The editor's form of the centre."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from .logo import redrawn


class CentreForm(WagtailAdminModelForm):
    """Draws a new logo anew before it is kept, and holds the lines and "we have none" together."""

    def clean_logo(self) -> Any:
        return self._redrawn("logo")

    def clean_logo_dark(self) -> Any:
        return self._redrawn("logo_dark")

    def _redrawn(self, field: str) -> Any:
        upload = self.cleaned_data[field]
        return redrawn(upload) if isinstance(upload, UploadedFile) else upload

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("logo_dark") and not cleaned.get("logo"):
            self.add_error("logo_dark", _("Add a logo for light screens first."))
        return cleaned
