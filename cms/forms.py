"""The editor's form of an article."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from .audience import Audience, groups_for


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
