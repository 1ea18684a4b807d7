"""Reviews of articles by clinicians. A review is bound to the fingerprint of the words that were read: after a change there is none."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


def _canonical(value: Any) -> Any:
    """A StreamField's raw value without what says nothing to readers, and a picture in the form that it was first stored in.

    Earlier releases kept the description beside the picture; reviews of what they stored hold.
    """
    if isinstance(value, dict):
        match value.get("image"):
            case {"image": picture, "decorative": decorative, "alt_text": words}:
                value = value | {"image": picture, "alt": "" if decorative else words or ""}
        return {key: _canonical(part) for key, part in value.items() if key != "id"}
    return [_canonical(part) for part in value] if isinstance(value, list | tuple) else value


def content_fields(entry: Any) -> list[Any]:
    """The fields of an entry that hold its words and show its files: StreamFields and rich text, by name."""
    return sorted((field for field in entry._meta.concrete_fields if hasattr(field, "extract_references")), key=lambda field: field.name)


def fingerprint_of(entry: Any) -> str:
    """A hash (64 hexadecimal digits) of what an entry says and shows: its words, sources and choice of pictures."""
    contents = [_canonical(field.get_prep_value(getattr(entry, field.name))) for field in content_fields(entry)]
    words = [entry.title, entry.summary, entry.content_note, *contents]
    return hashlib.sha256(json.dumps(words, sort_keys=True, default=str).encode()).hexdigest()


class Review(models.Model):
    """Who reviewed which words of an article, and when. The name and the credential are as the reviewer typed them."""

    article = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="reviews")
    edition = models.CharField(max_length=64)  # the fingerprint; the column and stored versions keep this name
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(_("your name, as it appears under the article"), max_length=80)
    credential = models.CharField(_("your credential"), max_length=80)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "edition"], name="one_review_an_edition")]

    def __str__(self) -> str:
        return f"{self.name}, {self.credential}"
