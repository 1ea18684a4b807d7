"""Pictures drawn anew: pixels alone, in sRGB, of a size that pages need. Whatever else a file tells is left behind."""

import functools
import io
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from willow.plugins.pillow import PillowImage
from willow.registry import registry

MOST = 2400  # pixels of the longer side: twice what a page shows
QUALITY = 90  # sizes are drawn from this one, so it must bear a second time
TELLING = {"exif", "icc_profile", "xmp", "comment"}


class Drawn(ContentFile):
    """A picture that was drawn here and tells nothing."""


def redrawn(file: Any) -> Drawn:
    """Return the picture in `file`, upright and small, as a WebP file. Raises what Pillow raises for a broken one."""
    file.seek(0)
    picture: Image.Image = Image.open(file)
    if picture.mode in ("1", "P", "F") or picture.mode.startswith("I"):
        picture = _scalable(picture)
    picture.draft(None, (MOST, MOST))  # a JPEG need not be unpacked whole
    picture.thumbnail((MOST, MOST), Image.Resampling.LANCZOS, reducing_gap=None)
    kept = io.BytesIO()
    bare(ImageOps.exif_transpose(picture)).save(kept, "WEBP", quality=QUALITY)
    return Drawn(kept.getvalue(), name=PurePath(file.name or "picture").with_suffix(".webp").name)


def is_drawn(file: Any) -> bool:
    """True where `file` is a picture as `redrawn` makes them."""
    file.seek(0)
    try:
        picture = Image.open(file, formats=("WEBP",))
    except UnidentifiedImageError:
        return False
    return max(picture.size) <= MOST and not TELLING & picture.info.keys()


def bare(picture: Image.Image) -> Image.Image:
    """Return a copy in sRGB with nothing beside its pixels."""
    picture = _scalable(picture)
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if profile:
        try:
            theirs, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, theirs, srgb, outputMode=mode) or picture
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


def _bare_first(save: Callable[..., Any]) -> Callable[..., Any]:
    """`save` of Willow, which hands on EXIF, profile and comments in some formats and not in others."""

    @functools.wraps(save)  # with the marks by which Willow knows it
    def saved(self: PillowImage, *args: Any, **kwargs: Any) -> Any:
        return save(PillowImage(bare(self.image)), *args, **kwargs)

    return saved


for _name in [name for name in dir(PillowImage) if name.startswith("save_as_")]:
    _saved = _bare_first(getattr(PillowImage, _name))
    setattr(PillowImage, _name, _saved)
    registry.register_operation(PillowImage, _name, _saved)
