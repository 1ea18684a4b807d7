"""The library: pages with an audience, and the pictures and documents in them."""

from django.db import models
from wagtail.documents.models import AbstractDocument
from wagtail.documents.models import Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from community.kit.ids import new_id


class Picture(AbstractImage):
    """A picture. Its file is never served by itself: see `cms.views.picture`."""

    admin_form_fields = Image.admin_form_fields


class Rendition(AbstractRendition):
    key = models.UUIDField(default=new_id, unique=True, editable=False)
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class LibraryDocument(AbstractDocument):
    """A document, served to those who may see a page that links to it."""

    admin_form_fields = Document.admin_form_fields
