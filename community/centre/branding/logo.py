"""The centre's logo and icon: whatever is uploaded is drawn anew, small and without what a file may tell beside its picture."""

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
from PIL import Image, ImageOps

from community.kit import limits

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
BOX = (480, 96)  # three times the height that the header gives it
ICON_BOX = (512, 512)
GROUND = "#fbf8f3"  # of a light page
INSIDE_MASK = 0.8  # of an icon's width is shown whatever shape a phone cuts out (W3C, Web Application Manifest: the safe zone)


def redrawn(upload: Any, box: tuple[int, int] = BOX) -> ContentFile:
    """Return an upload as a WebP file within `box` pixels, named by its hash. Raises ValidationError: no picture, or too large."""
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
    drawn.thumbnail(box)
    clean = Image.new("RGBA", drawn.size)
    clean.paste(drawn)  # pixels alone: no place, no camera, no maker
    kept = io.BytesIO()
    clean.save(kept, "WEBP", lossless=True)
    return ContentFile(kept.getvalue(), name=f"{hashlib.sha256(kept.getvalue()).hexdigest()[:16]}.webp")


def icon(file: Any, size: int, *, masked: bool) -> bytes:
    """Return a kept icon as a square PNG of `size` pixels; `masked` with a ground to its edges, and its sign within every phone's shape."""
    sign = Image.open(file).convert("RGBA")
    inner = round(size * INSIDE_MASK) if masked else size
    sign = ImageOps.contain(sign, (inner, inner))
    square = Image.new("RGBA", (size, size), GROUND if masked else f"{GROUND}00")
    square.alpha_composite(sign, ((size - sign.width) // 2, (size - sign.height) // 2))
    drawn = io.BytesIO()
    square.save(drawn, "PNG", optimize=True)
    return drawn.getvalue()


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
