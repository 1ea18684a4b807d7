"""Texts that people agree to, in editions: a draft that admins write in the editor, and what was published of it, which never changes.

A room with such a text has a model of each kind and registers both here, in its `hooks.py`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.contrib.settings.models import BaseGenericSetting
from wagtail.models import PreviewableMixin


class Edition(models.Model):
    """One published version of a text."""

    version = models.PositiveIntegerField(primary_key=True)
    body = models.TextField()
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        ordering = ["-version"]
        get_latest_by = "version"

    def __str__(self) -> str:
        return f"version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new one. People have agreed to these very words, so a published one is never changed."""
        super().save(*args, **{**kwargs, "force_insert": True})


class Draft(PreviewableMixin, BaseGenericSetting):
    """The next version, while it is written. Nobody but admins reads it."""

    body = models.TextField(_("text"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.body = "\n".join(self.body.splitlines())  # as a file has it, whatever the browser sent
        super().save(*args, **kwargs)

    def is_new(self, newest: "Edition | None") -> bool:
        """Says something, and something else than what was published last."""
        return self.body.strip() not in ("", newest.body.strip() if newest else "")

    @property
    def edition(self) -> str:
        """A short name for what the draft says now: another one after any change of it."""
        return hashlib.sha256(self.body.encode()).hexdigest()[:16]

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "centre/text_preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        return {"kind": kind_of(type(self)), "text_html": kind_of(type(self)).html(self.body)}


@dataclass(frozen=True)
class Kind:
    """A text in editions: what it is called, the models of both sides, and how its body is shown."""

    key: str  # in the address of its page
    label: Any
    about: Any
    editions: type[Edition]
    draft: type[Draft]
    html: Callable[[str], str]

    def newest(self) -> Edition | None:
        return self.editions._default_manager.order_by("-version").first()


KINDS: dict[str, Kind] = {}
_page = ""  # the route of the page on which a text is published, by its key


def set_page(route: str) -> None:
    """Name the route of the page on which a text is published: a room above has it, since it asks who may."""
    global _page
    _page = route


def register(kind: Kind) -> None:
    KINDS[kind.key] = kind


def kind_of(draft: type[Draft]) -> Kind:
    return next(kind for kind in KINDS.values() if kind.draft is draft)


def draft_panels(key: str, hint: Any) -> list[Any]:
    """The editor's form of the draft of the text `key`."""
    return [HelpPanel(content=lazy(_lead, str)(key)), FieldPanel("body", help_text=hint)]


def _lead(key: str) -> str:
    words, link = (
        _now("Saving keeps this for you and other admins. Nobody else sees it until it's published."),
        _now("See it, and publish it"),
    )
    return format_html('<p>{} <a href="{}">{}</a></p>', words, reverse(_page, args=[key]), link)
