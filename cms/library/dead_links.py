"""Where the words of an entry lead, and which of these links were found to lead nowhere."""

import html
import re
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from .reviews import content_fields

ADDRESS = re.compile(r"(?:https?:/)?/\S+", re.ASCII)  # also one within the site, without a host
HREF = re.compile(r'<a\s(?:[^>]*\s)?href="([^"]*)"')


class Why(models.TextChoices):
    GONE = "gone", _("There is no such page")
    UNREACHABLE = "unreachable", _("It didn't answer, twice in a row")
    PRIVATE = "private", _("It leads into a private network")
    TAKEN_DOWN = "taken_down", _("It isn't published")


class DeadLink(models.Model):
    """A link in the live words of an entry that led nowhere when it was checked last: to an address, or to the page with this number.

    A page is noted by its number alone: its title is for those who may know of it, and there may be no page any more.
    """

    entry = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="dead_links")
    address = models.TextField(blank=True)
    page = models.IntegerField(null=True)
    why = models.CharField(max_length=12, choices=Why.choices)
    since = models.DateTimeField()
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.address or str(self.page)


def pages_in(entry: Any) -> set[int]:
    """The ids of the pages of this site that an entry leads to, also of those that are gone."""
    return {int(pk) for field in content_fields(entry) for pk in pages_of(field, getattr(entry, field.name))}


def pages_of(holder: Any, value: Any) -> set[str]:
    """The numbers, as they are stored, of the pages to which `value` of a field or a block leads."""
    return {pk for model, pk, _model_path, _content_path in holder.extract_references(value) if model is Page}


def addresses_in(entry: Any) -> set[str]:
    """The addresses that an entry leads to, in its text, its quotes and its sources."""
    return {address for field in content_fields(entry) for address in _addresses(field.get_prep_value(getattr(entry, field.name)))}


def _addresses(value: Any) -> set[str]:
    if isinstance(value, str):
        linked = {html.unescape(address) for address in HREF.findall(value)}
        return {address for address in {value, *linked} if ADDRESS.fullmatch(address)}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return {address for part in parts for address in _addresses(part)}
