"""The centre's logo: whatever is uploaded is drawn anew, small and without what a file may tell beside its picture."""

import hashlib
import io
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from PIL import Image

from community.kit import limits

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
BOX = (480, 96)  # three times the height that the header gives it


def redrawn(upload: Any) -> ContentFile:
    """Return an upload as a small WebP file named by its hash; raise ValidationError for one that is no picture or too large."""
    if upload.size > limits.MAX_LOGO_BYTES:
        raise ValidationError(_("This file is too large. Choose one of at most 1 MB."))
    try:
        picture = Image.open(upload, formats=FORMATS)
        if picture.width * picture.height > limits.MAX_LOGO_PIXELS:
            raise ValidationError(_("This image has too many pixels. Make it smaller, to at most 2,000 by 2,000."))
        drawn = picture.convert("RGBA")
    except ValidationError:
        raise
    except Exception as broken:  # each format fails in a way of its own
        raise ValidationError(_("This isn't an image that can be shown. Choose a PNG, JPEG or WebP file.")) from broken
    drawn.thumbnail(BOX)
    clean = Image.new("RGBA", drawn.size)
    clean.paste(drawn)  # pixels alone: no place, no camera, no maker
    kept = io.BytesIO()
    clean.save(kept, "WEBP", lossless=True)
    return ContentFile(kept.getvalue(), name=f"{hashlib.sha256(kept.getvalue()).hexdigest()[:16]}.webp")


class LogoFile(ImageFieldFile):
    """A kept logo. Its address is our own view's, never a folder of the server."""

    @property
    def key(self) -> str:
        return PurePath(self.name or "").stem

    @property
    def url(self) -> str:
        return reverse("logo", args=[self.key])


class LogoField(models.ImageField):
    attr_class = LogoFile
