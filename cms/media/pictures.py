"""Pictures, redrawn: pixels alone, in sRGB, at the size that pages need, without metadata."""

import functools
import io
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from willow.plugins.pillow import PillowImage
from willow.registry import registry

MAX_SIDE = 2400  # pixels of the longer side: twice what a page shows
QUALITY = 90  # renditions are made from this file, so it is compressed twice
METADATA_KEYS = {"exif", "icc_profile", "xmp", "comment"}


class RedrawnPicture(ContentFile):
    """A picture that `redrawn` made, without metadata."""


def redrawn(file: Any) -> RedrawnPicture:
    """Return the picture in `file` as WebP, upright, with sides of MAX_SIDE pixels at most. Raises what Pillow raises for a broken one."""
    file.seek(0)
    picture: Image.Image = Image.open(file)
    if picture.mode in ("1", "P", "F") or picture.mode.startswith("I"):
        picture = _scalable(picture)
    picture.draft(None, (MAX_SIDE, MAX_SIDE))  # a JPEG need not be decoded at full size
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=None)
    out = io.BytesIO()
    pixels_only(ImageOps.exif_transpose(picture)).save(out, "WEBP", quality=QUALITY)
    return RedrawnPicture(out.getvalue(), name=PurePath(file.name or "picture").with_suffix(".webp").name)


def is_redrawn(file: Any) -> bool:
    """True where `file` is a picture as `redrawn` makes them."""
    file.seek(0)
    try:
        picture = Image.open(file, formats=("WEBP",))
    except UnidentifiedImageError:
        return False
    return max(picture.size) <= MAX_SIDE and not METADATA_KEYS & picture.info.keys()


def pixels_only(picture: Image.Image) -> Image.Image:
    """Return a copy in sRGB of its pixels, without metadata."""
    picture = _scalable(picture)
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if profile:
        try:
            own, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, own, srgb, outputMode=mode) or picture
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that fits neither the picture nor anything else: its numbers are taken for sRGB
    copy = picture.convert(mode)
    copy.info = {}
    return copy


def _scalable(picture: Image.Image) -> Image.Image:
    """`picture` in a mode whose pixels can be mixed: palettes become colors, and 16 bits eight."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("1", "P", "PA", "LA", "F"):
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture


def _without_metadata(save: Callable[..., Any]) -> Callable[..., Any]:
    """Willow's `save`, of a copy without metadata: it passes on EXIF, profile and comments in some formats."""

    @functools.wraps(save)  # with the marks by which Willow knows it
    def saved(self: PillowImage, *args: Any, **kwargs: Any) -> Any:
        return save(PillowImage(pixels_only(self.image)), *args, **kwargs)

    return saved


for _name in [name for name in dir(PillowImage) if name.startswith("save_as_")]:
    _saved = _without_metadata(getattr(PillowImage, _name))
    setattr(PillowImage, _name, _saved)
    registry.register_operation(PillowImage, _name, _saved)
