"""Cleans the files that earlier releases stored as they were uploaded, one after the other.

A clean file is left as it is, so this may be interrupted and run again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models
from django.urls import reverse
from PIL import Image

from community.kit import generation

from ..admin.wagtail_internals import UploadedFile, hash_filelike
from .documents import cleaned
from .models import LibraryDocument, Picture, Rendition
from .pictures import RedrawnPicture, is_redrawn, redrawn

CLEANED, CLEAN_ALREADY, LEFT = "cleaned", "clean already", "left"


@dataclass(frozen=True)
class CleaningResult:
    """The result for one file. `where` is its page in the editor and `why` a sentence, for one that cannot be cleaned."""

    what: str
    where: str = ""
    why: str = ""


def clean_all() -> Iterator[CleaningResult]:
    """Clean every stored file of the library, and yield the result for each."""
    Rendition.objects.filter(filter_spec__in=("original", "max-1056x1400")).delete()  # no longer made
    yield from _each(Picture, _picture, "wagtailimages:edit")
    yield from _each(Rendition, _rendition)
    yield from _each(LibraryDocument, _document, "wagtaildocs:edit")
    yield from _each(UploadedFile, _upload)


def _each(kind: type[models.Model], clean: Callable[[Any], bool], page: str = "") -> Iterator[CleaningResult]:
    for pk in list(kind._default_manager.order_by("pk").values_list("pk", flat=True)):
        row = kind._default_manager.filter(pk=pk).first()
        if row is None:  # deleted meanwhile
            continue
        where = reverse(page, args=[pk]) if page else f"{kind._meta.verbose_name} {pk}"
        try:
            yield CleaningResult(CLEANED if clean(row) else CLEAN_ALREADY)
        except ValidationError as refused:
            yield CleaningResult(LEFT, where, " ".join(refused.messages))
        except FileNotFoundError:
            yield CleaningResult(LEFT, where, "Its file is missing.")
        except Exception as broken:  # each format fails with its own exceptions
            yield CleaningResult(LEFT, where, f"It cannot be read ({type(broken).__name__}).")


def _redraw_if_needed(row: Picture | Rendition) -> RedrawnPicture | None:
    """The file of `row`, redrawn; None where it was already."""
    with row.file.open("rb") as file:
        return None if is_redrawn(file) else redrawn(file)


def _picture(picture: Picture) -> bool:
    if (drawn := _redraw_if_needed(picture)) is None:
        return False
    width, height = size_of(drawn)
    scaled: dict[str, Any] = {}
    for name, ratio in (("x", width / picture.width), ("y", height / picture.height)):
        for field in (f"focal_point_{name}", f"focal_point_{'width' if name == 'x' else 'height'}"):
            old = getattr(picture, field)
            scaled[field] = old if old is None else round(old * ratio)
    stored = {"file_size": drawn.size, "file_hash": hash_filelike(drawn)}
    return _replace(picture, drawn, width=width, height=height, **stored, **scaled)


def _rendition(rendition: Rendition) -> bool:
    """Redraw it from its own pixels, as the picture may be broken. Its address stays, since open pages use it."""
    if (drawn := _redraw_if_needed(rendition)) is None:
        return False
    width, height = size_of(drawn)
    return _replace(rendition, drawn, width=width, height=height)


def _document(document: LibraryDocument) -> bool:
    with document.file.open("rb") as file:
        clean = cleaned(file)
        file.seek(0)
        before, after = hash_filelike(file), hash_filelike(clean)
    if before == after:
        return False
    return _replace(document, clean, file_size=clean.size, file_hash=after)


def _upload(upload: UploadedFile) -> bool:
    """Clean a file that waits for its title, perhaps for ever."""
    is_picture = upload.for_content_type.model_class() is Picture
    with upload.file.open("rb") as file:
        if is_picture and is_redrawn(file):
            return False
        clean: File = redrawn(file) if is_picture else cleaned(file)
    return _replace(upload, clean)


def size_of(drawn: File) -> tuple[int, int]:
    """Width and height of a picture."""
    drawn.seek(0)
    return Image.open(drawn).size


def _replace(row: Any, file: File, **changes: Any) -> bool:
    """Store `file` in place of the one that `row` has, unless somebody replaced or deleted that meanwhile."""
    old, storage = row.file.name, row.file.storage
    file.seek(0)
    name = storage.save(row.file.field.generate_filename(row, file.name), file)
    replaced = type(row)._default_manager.filter(pk=row.pk, file=old).update(file=name, **changes)
    if replaced:
        generation.changed()  # pages name the file's mark and shape, and no signal tells of an update
    storage.delete(old if replaced else name)
    return bool(replaced)
