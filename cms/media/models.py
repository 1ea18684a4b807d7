"""The pictures and documents of the library. Their files are served by `cms.views` alone, to those who may see them."""

import copy
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Revision

from community.kit.ids import new_id

from ..admin.wagtail_internals import (
    ImageQuerySet,
    SourceImageIOError,
    UploadedFile,
    WagtailDocumentQuerySet,
    WagtailImageFieldFile,
    get_rendition_or_not_found,
    store_through,
)
from .documents import CleanedDocument, cleaned
from .pictures import RedrawnPicture, redrawn
from .sizes import OF_PAGES, ask_for_sizes, draw_sizes, filters_of, shape_of


class PictureFile(WagtailImageFieldFile):
    """A picture's file. However it was uploaded, it is stored redrawn."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        drawn = content if isinstance(content, RedrawnPicture) else redrawn(content)
        super().save(str(PurePath(name).with_suffix(".webp")), drawn, save)


class DocumentFile(FieldFile):
    """A document's file. However it was uploaded, it is stored without metadata."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        super().save(name, content if isinstance(content, CleanedDocument) else cleaned(content), save)


class WaitingFile(FieldFile):
    """A file in Wagtail's own table that waits for a valid title."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        waiting: Any = self.instance
        clean = redrawn(content) if waiting.for_content_type.model_class() is Picture else cleaned(content)
        super().save(clean.name or name, clean, save)


def form_fields(fields: tuple[str, ...]) -> tuple[str, ...]:
    """`fields` of Wagtail's form of a file, but tags: every editor would be offered those of files that they may not know of."""
    return tuple(field for field in fields if field != "tags")


_guards: list[Callable[[Iterable[Any]], None]] = []


def add_deletion_guard(guard: Callable[[Iterable[Any]], None]) -> None:
    """Call `guard` before files are deleted, in that transaction. It raises Refused for a file that is in use."""
    _guards.append(guard)


def _run_guards(files: Iterable[Any]) -> None:
    for guard in _guards:
        guard(files)


class GuardedFiles(models.QuerySet[Any]):
    """Files, none of which can be deleted while an article shows it."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them all or none. Raises Refused: used."""
        with transaction.atomic():
            _run_guards(self)
            return super().delete()

    delete.alters_data = delete.queryset_only = True  # type: ignore[attr-defined]  # as Django's own: no template or manager calls it


class GuardedFile:
    """A file that cannot be deleted while an article shows it."""

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the file. Raises Refused: used."""
        with transaction.atomic():
            _run_guards([self])
            deleted: tuple[int, dict[str, int]] = super().delete(*args, **kwargs)  # type: ignore[misc]  # that of models
            return deleted

    delete.alters_data = True  # type: ignore[attr-defined]


class PictureQuerySet(GuardedFiles, ImageQuerySet):
    pass


class DocumentQuerySet(GuardedFiles, WagtailDocumentQuerySet):
    pass


class Picture(GuardedFile, AbstractImage):
    """A picture, redrawn from what was uploaded; that itself is not stored."""

    key = models.UUIDField(default=new_id, unique=True, editable=False)  # its address, which stays when its file is another
    # The versions of articles that show it. Wagtail's own index of references knows what is live alone.
    versions = models.ManyToManyField(Revision, editable=False, related_name="pictures")

    objects = PictureQuerySet.as_manager()

    admin_form_fields = form_fields(Image.admin_form_fields)

    class Meta:
        verbose_name = _("image")  # the editor's word, see `blocks.PictureBlock`
        verbose_name_plural = _("images")

    @property
    def default_alt_text(self) -> str:
        """What an article takes over as its description there: never the title, as Wagtail has it, which is often a file's name."""
        return self.description

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row and have the queue draw what it lacks. With a new file, the old one and all of its sizes are gone."""
        with transaction.atomic():
            old = Picture.objects.select_for_update(no_key=True).filter(pk=self.pk).values_list("file", flat=True).first()
            super().save(*args, **kwargs)
            if old and old != self.file.name:
                self.renditions.all().delete()
                transaction.on_commit(partial(self.file.storage.delete, old))
            draw_sizes.enqueue(self.pk)

    def get_rendition(self, filter: Any) -> Any:
        """For "original", which the editor shows of a picture, return the largest size of pages, with the original's width and height."""
        if getattr(filter, "spec", filter) != "original":
            return super().get_rendition(filter)
        shown = copy.copy(self.sizes()[-1])
        shown.width, shown.height = self.width, self.height
        return shown

    def create_rendition(self, filter: Any) -> Any:
        """Draw one size and store it, unless somebody has replaced the file or the focal point meanwhile: then draw it anew."""
        drawn = self.generate_rendition_file(filter)
        with transaction.atomic():
            stored = Picture.objects.select_for_update(no_key=True).filter(pk=self.pk).first()
            if stored is None:  # deleted: as if its file were missing
                raise SourceImageIOError
            if (stored.file.name, stored.get_focal_point()) == (self.file.name, self.get_focal_point()):
                which = {"filter_spec": filter.spec, "focal_point_key": filter.get_cache_key(self)}
                return self.renditions.get_or_create(**which, defaults={"file": drawn})[0]
        self.refresh_from_db()
        return self.create_rendition(filter)

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of what pages show of it, known before any size is drawn: nothing jumps when one comes."""
        return shape_of(self)

    def sizes(self) -> list[Any]:
        """The sizes in which pages can show it now, the smallest first. The queue draws them; until then the smallest is drawn here."""
        filters = list(filters_of(self).values())
        there = self.find_existing_renditions(*filters)
        if len(there) < len(filters):
            ask_for_sizes(self)
        if not there:
            there[filters[0]] = smallest = get_rendition_or_not_found(self, filters[0])
            smallest.filter_spec = filters[0].spec  # it has an address where the file is missing, too
        return [there[filter] for filter in filters if filter in there]

    def size_called(self, name: str) -> Any:
        """The size with this name in its address, or None. In the place of one of pages' that is not drawn, the smallest of them."""
        if name.isdecimal():
            sizes = self.sizes()
            return next((size for size in sizes if size.name == name), sizes[0])
        return self.renditions.filter(filter_spec=name).exclude(filter_spec="original").order_by("-pk").first()

    def draw_sizes(self) -> None:
        """Draw the sizes of it that are missing, one after the other, and delete those of another focal point."""
        for filter in filters_of(self).values():
            get_rendition_or_not_found(self, filter)
        needed = {(filter.spec, filter.get_cache_key(self)) for filter in filters_of(self).values()}  # of what it is now
        for size in self.renditions.filter(filter_spec__regex=OF_PAGES):
            if (size.filter_spec, size.focal_point_key) not in needed:
                size.delete()


class Rendition(AbstractRendition):
    """A picture in one size: one of those that pages show, or one of the editor's."""

    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)

    @property
    def name(self) -> str:
        """What it is called in its address: its width for those that pages show, else Wagtail's name of it."""
        spec = str(self.filter_spec or "missing")  # Wagtail shows one without a name where the picture's file is missing
        return next((name for name, filter in filters_of(self.image).items() if filter.spec == spec), spec)

    @property
    def url(self) -> str:
        """Its address, which stays, with a mark that is another for another file: what a browser has kept of the old one is not shown."""
        return f"{reverse('cms:picture', args=[self.image.key, self.name])}?{self.image.file_hash[:8]}{self.focal_point_key}"


class LibraryDocument(GuardedFile, AbstractDocument):
    """A document, served to those who may see an article that offers it."""

    key = models.UUIDField(default=new_id, unique=True, editable=False)
    versions = models.ManyToManyField(Revision, editable=False, related_name="documents")

    objects = DocumentQuerySet.as_manager()

    admin_form_fields = form_fields(Document.admin_form_fields)

    def clean(self) -> None:
        """Skip Wagtail's check of the file name while there is no file yet, as in an upload whose title was refused."""
        if self.file:
            super().clean()

    @property
    def url(self) -> str:
        return reverse("cms:document", args=[self.key])

    @property
    def content_disposition(self) -> str:
        """Always a download: a document is never opened as a page of this site."""
        return "attachment"

    @property
    def neutral_name(self) -> str:
        """A file name that tells nothing to whoever sees it later in a folder of downloads."""
        return f"document-{str(self.key)[-6:]}{Path(self.filename).suffix.lower()}"


store_through(PictureFile, Picture)
store_through(DocumentFile, LibraryDocument)
store_through(WaitingFile, UploadedFile)


def files_in(references: Any) -> list[Picture | LibraryDocument]:
    """The pictures and documents that exist among `references`, as `extract_references` of a StreamField or a block yields them."""
    found: dict[type[models.Model], set[int]] = {Picture: set(), LibraryDocument: set()}
    for model, pk, _model_path, _content_path in references:
        if model in found:
            found[model].add(int(pk))
    return [*Picture.objects.filter(pk__in=found[Picture]), *LibraryDocument.objects.filter(pk__in=found[LibraryDocument])]
