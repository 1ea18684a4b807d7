"""The addresses of entries: of what is public one that can be read, of everything else one that tells nothing.

`PublicAddress` holds all addresses at which a public entry is found, the one of its row and those of before. They end together when
it gets fewer readers: whoever asks for one then learns no more than of an address that never was.
"""

import re
import secrets
from itertools import chain, count
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import resolve, reverse
from django.utils.text import slugify
from wagtail.models import Page

from ..admin.wagtail_internals import string_to_ascii
from .kinds import open_to

MAX_READABLE = 60  # characters of the title
OPAQUE = re.compile(r"[0-9a-f]{16}")


class PublicAddress(models.Model):
    """A slug that leads to an entry for as long as that is public, and to no other."""

    slug = models.SlugField(primary_key=True, max_length=255)
    entry = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.slug


def leading_somewhere() -> models.QuerySet[PublicAddress]:
    """The addresses of what is public now: an article that was taken down, or is over, keeps its own for when it comes back."""
    return PublicAddress.objects.filter(entry__in=open_to(AnonymousUser()))


def opaque_slug() -> str:
    """A random slug, so that an address tells nothing of the title in a browser's history or a log."""
    return secrets.token_hex(8)


def is_opaque(slug: str | None) -> bool:
    return bool(OPAQUE.fullmatch(slug or ""))


def slug_for(entry: Any) -> str:
    """Return the slug with which the row of `entry` is to be saved.

    It stays what it is but in two cases. What is published for everyone gets a readable one, and keeps that whatever its title becomes;
    what is for fewer people from now on loses all that it had.
    """
    if not entry.is_public:
        had, _kinds = PublicAddress.objects.filter(entry=entry.pk).delete()
        return opaque_slug() if had else entry.slug
    if entry.live and is_opaque(entry.slug):
        PublicAddress.objects.get_or_create(slug=entry.slug, defaults={"entry": entry})
        return _readable_slug(entry)
    return str(entry.slug)


def _readable_slug(entry: Any) -> str:
    """Take the first address that fits the title and that no other public entry has or had."""
    words = slugify(string_to_ascii(entry.title))[:MAX_READABLE].strip("-") or "article"
    for slug in chain([words], (f"{words}-{number}" for number in count(2))):
        if _is_usable(slug) and PublicAddress.objects.get_or_create(slug=slug, defaults={"entry": entry})[0].entry_id == entry.pk:
            break
    return slug


def _is_usable(slug: str) -> bool:
    """False for one that looks opaque, and for "search" and others that have a page of their own in the library."""
    return not is_opaque(slug) and resolve(reverse("cms:article", args=[slug])).view_name == "cms:article"
