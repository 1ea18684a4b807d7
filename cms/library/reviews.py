"""Reviews of articles by clinicians. A review is bound to the fingerprint of the words that were read: after a change there is none."""

import difflib
import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


def canonical(value: Any) -> Any:
    """A StreamField's raw value without what says nothing to readers, and a picture in the form that it was first stored in.

    Earlier releases kept the description beside the picture; reviews of what they stored hold.
    """
    if isinstance(value, dict):
        match value.get("image"):
            case {"image": picture, "decorative": decorative, "alt_text": words}:
                value = value | {"image": picture, "alt": "" if decorative else words or ""}
        return {key: canonical(part) for key, part in value.items() if key != "id"}
    return [canonical(part) for part in value] if isinstance(value, list | tuple) else value


def content_fields(entry: Any) -> list[Any]:
    """The fields of an entry that hold its words and show its files: StreamFields and rich text, by name."""
    return sorted((field for field in entry._meta.concrete_fields if hasattr(field, "extract_references")), key=lambda field: field.name)


def _contents_of(entry: Any, *, is_ascii: bool) -> str:
    """What an entry says and shows, as JSON: its words, sources and choice of pictures."""
    contents = [canonical(field.get_prep_value(getattr(entry, field.name))) for field in content_fields(entry)]
    words = [entry.title, entry.summary, entry.content_note]
    return json.dumps([*words, *contents], sort_keys=True, default=str, ensure_ascii=is_ascii)


def fingerprint_of(entry: Any) -> str:
    """A hash (64 hexadecimal digits) of what an entry says and shows."""
    return hashlib.sha256(_contents_of(entry, is_ascii=True).encode()).hexdigest()


def changed_words(before: Any, after: Any) -> int:
    """How many words of an entry are others, new or gone between two versions. A link and a picture count as words."""
    old, new = (re.findall(r"\w+", _contents_of(version, is_ascii=False)) for version in (before, after))
    changes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(end - start, new_end - new_start) for kind, start, end, new_start, new_end in changes if kind != "equal")


class Review(models.Model):
    """Who reviewed which words of an article, and when. The name and the credential are as the reviewer typed them."""

    article = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="reviews")
    edition = models.CharField(max_length=64)  # the fingerprint; the column and stored versions keep this name
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(_("your name, as it appears under the article"), max_length=80)
    credential = models.CharField(_("your credential"), max_length=80)
    at = models.DateTimeField(default=timezone.now)
    corrected_at = models.DateTimeField(null=True)  # of the small correction by which an earlier review came to be of these words

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "edition"], name="one_review_an_edition")]

    def __str__(self) -> str:
        return f"{self.name}, {self.credential}"


def reviews_of(articles: Iterable[Page]) -> dict[tuple[int, str], Review]:
    """All reviews of these articles, by the article's id and the fingerprint of the words that were read, in one query."""
    return {(review.article_id, review.edition): review for review in Review.objects.filter(article__in=articles)}


def with_reviews(entries: Iterable[Any]) -> list[Any]:
    """These entries of a list, each knowing its `review`, in one query: none of their words is read to find it."""
    listed = list(entries)
    reviews = reviews_of(listed)
    for entry in listed:
        entry.review = reviews.get((entry.pk, entry.edition))
    return listed
