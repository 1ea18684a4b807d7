"""Policies, which people agree to: a draft that admins write in the editor, and its published versions, which never change.

A room with a policy has a model of the draft and one of the versions, and registers both here, in its `hooks.py`.
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


class PolicyVersion(models.Model):
    """One published version of a policy."""

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
        """Store a new version. People agreed to these very words, so a published one never changes."""
        super().save(*args, **{**kwargs, "force_insert": True})


class PolicyDraft(PreviewableMixin, BaseGenericSetting):
    """The next version, while it is written. Nobody but admins reads it."""

    body = models.TextField(_("text"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.body = "\n".join(self.body.splitlines())  # as a file has it, whatever the browser sent
        super().save(*args, **kwargs)

    def is_new(self, newest: "PolicyVersion | None") -> bool:
        """True where it has words, and other ones than `newest`, the version that was published last."""
        return self.body.strip() not in ("", newest.body.strip() if newest else "")

    @property
    def fingerprint(self) -> str:
        """A hash of what the draft says now, by which a page knows that it was changed meanwhile."""
        return hashlib.sha256(self.body.encode()).hexdigest()[:16]

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "centre/text_preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        return {"policy": policy_of(type(self)), "text_html": policy_of(type(self)).html(self.body)}


@dataclass(frozen=True)
class Policy:
    """What a policy is called, the models of its versions and its draft, and how its body becomes HTML."""

    key: str  # in the address of its page
    label: Any
    about: Any
    versions: type[PolicyVersion]
    draft: type[PolicyDraft]
    html: Callable[[str], str]

    def newest(self) -> PolicyVersion | None:
        return self.versions._default_manager.order_by("-version").first()


POLICIES: dict[str, Policy] = {}
_page = ""  # the route of the page on which a policy is published, by its key


def set_page(route: str) -> None:
    """Name the route of the page on which a policy is published. It belongs to a room above, which knows who may publish."""
    global _page
    _page = route


def register(policy: Policy) -> None:
    POLICIES[policy.key] = policy


def policy_of(draft: type[PolicyDraft]) -> Policy:
    return next(policy for policy in POLICIES.values() if policy.draft is draft)


def draft_panels(key: str, hint: Any) -> list[Any]:
    """Return the panels of the editor for the draft of the policy `key`."""
    return [HelpPanel(content=lazy(_lead, str)(key)), FieldPanel("body", help_text=hint)]


def _lead(key: str) -> str:
    words, link = (
        _now("Saving keeps this for you and other admins. Nobody else sees it until it's published."),
        _now("See it, and publish it"),
    )
    return format_html('<p>{} <a href="{}">{}</a></p>', words, reverse(_page, args=[key]), link)
