"""The pictures and documents of the library. Their files are reached through `cms.views` alone, which ask for the reader."""

from pathlib import Path
from typing import Any

from django.db import models
from django.urls import reverse
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from community.kit.ids import new_id


class Picture(AbstractImage):
    """A picture as it was uploaded. The original is never served: it may tell where it was taken."""

    admin_form_fields = Image.admin_form_fields


class Rendition(AbstractRendition):
    """A picture in the size of one place on a page, made anew and without the original's metadata."""

    key = models.UUIDField(default=new_id, unique=True, editable=False)
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)

    @property
    def url(self) -> str:
        return reverse("cms:picture", args=[self.key])


class LibraryDocument(AbstractDocument):
    """A document, served to those who may see an article that offers it."""

    key = models.UUIDField(default=new_id, unique=True, editable=False)

    admin_form_fields = Document.admin_form_fields

    @property
    def url(self) -> str:
        return reverse("cms:document", args=[self.key])

    @property
    def content_disposition(self) -> str:
        """Always a download: a document is never opened as a page of this site."""
        return "attachment"

    @property
    def neutral_name(self) -> str:
        """A file name that says nothing to who sees it later in a folder of downloads."""
        return f"document-{str(self.key)[-6:]}{Path(self.filename).suffix.lower()}"


def uses_in(references: Any) -> tuple[set[int], set[int]]:
    """Split what `StreamField.extract_references` found into the ids of (pictures, documents) that exist."""
    found: dict[type[models.Model], set[int]] = {Picture: set(), LibraryDocument: set()}
    for model, pk, _model_path, _content_path in references:
        if model in found:
            found[model].add(int(pk))
    pictures = Picture.objects.filter(pk__in=found[Picture]).values_list("pk", flat=True)
    documents = LibraryDocument.objects.filter(pk__in=found[LibraryDocument]).values_list("pk", flat=True)
    return set(pictures), set(documents)
