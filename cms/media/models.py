"""The pictures and documents of the library. Their files are reached through `cms.views` alone, which ask for the reader."""

import copy
from collections.abc import Callable, Iterable
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

from ..admin.wagtail_internals import ImageQuerySet, UploadedFile, WagtailDocumentQuerySet, WagtailImageFieldFile, store_through
from .documents import Cleaned, cleaned
from .pictures import Drawn, redrawn

ON_PAGES = "max-1056x1400"  # how large a page shows a picture


class PictureFile(WagtailImageFieldFile):
    """A picture's file. By whatever way it comes, it is stored as we draw it."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        drawn = content if isinstance(content, Drawn) else redrawn(content)
        super().save(str(PurePath(name).with_suffix(".webp")), drawn, save)


class DocumentFile(FieldFile):
    """A document's file. By whatever way it comes, it is stored without what it tells of who made it."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        super().save(name, content if isinstance(content, Cleaned) else cleaned(content), save)


class WaitingFile(FieldFile):
    """A file that waits, in Wagtail's own table, until its title is right."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        waiting: Any = self.instance
        clean = redrawn(content) if waiting.for_content_type.model_class() is Picture else cleaned(content)
        super().save(clean.name or name, clean, save)


def asked_of(fields: tuple[str, ...]) -> tuple[str, ...]:
    """The fields of a file's form but two.

    Tags would be offered to every editor, whichever file they were written on. A picture is described where an article shows it, for
    what it shows there: asked here too, it would be asked twice, and this answer be read by nobody.
    """
    return tuple(field for field in fields if field not in ("tags", "description"))


_guards: list[Callable[[Iterable[Any]], None]] = []


def guard_deleting(guard: Callable[[Iterable[Any]], None]) -> None:
    """Ask `guard` before files are deleted, in that transaction: it raises Refused where one of them is needed."""
    _guards.append(guard)


def ask_guards(files: Iterable[Any]) -> None:
    for guard in _guards:
        guard(files)


class Needed(models.QuerySet[Any]):
    """Files, none of which can be deleted while an article shows it."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them all, or raise Refused(Refusal.USED) and delete none."""
        with transaction.atomic():
            ask_guards(self)
            return super().delete()

    delete.alters_data = delete.queryset_only = True  # type: ignore[attr-defined]  # as Django's own: no template or manager calls it


class NeededFile:
    """The same for one."""

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the file, or raise Refused(Refusal.USED)."""
        with transaction.atomic():
            ask_guards([self])
            deleted: tuple[int, dict[str, int]] = super().delete(*args, **kwargs)  # type: ignore[misc]  # that of models
            return deleted

    delete.alters_data = True  # type: ignore[attr-defined]


class PictureQuerySet(Needed, ImageQuerySet):
    pass


class DocumentQuerySet(Needed, WagtailDocumentQuerySet):
    pass


class Picture(NeededFile, AbstractImage):
    """A picture as it was drawn anew from what was uploaded; that itself is not kept."""

    # The versions of articles that show it. Wagtail's own index of references knows what is live alone.
    versions = models.ManyToManyField(Revision, editable=False, related_name="pictures")

    objects = PictureQuerySet.as_manager()

    admin_form_fields = asked_of(Image.admin_form_fields)

    class Meta:
        verbose_name = _("image")  # the editor's word, see `blocks.PictureBlock`
        verbose_name_plural = _("images")

    def get_rendition(self, filter: Any) -> Any:
        """In place of "original", for which the editor asks on the page of a picture, the size that pages show, under its own numbers."""
        if getattr(filter, "spec", filter) != "original":
            return super().get_rendition(filter)
        shown = copy.copy(super().get_rendition(ON_PAGES))
        shown.width, shown.height = self.width, self.height
        return shown


class Rendition(AbstractRendition):
    """A picture in the size of one place on a page."""

    key = models.UUIDField(default=new_id, unique=True, editable=False)
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)

    @property
    def url(self) -> str:
        return reverse("cms:picture", args=[self.key])


class LibraryDocument(NeededFile, AbstractDocument):
    """A document, served to those who may see an article that offers it."""

    key = models.UUIDField(default=new_id, unique=True, editable=False)
    versions = models.ManyToManyField(Revision, editable=False, related_name="documents")

    objects = DocumentQuerySet.as_manager()

    admin_form_fields = asked_of(Document.admin_form_fields)

    def clean(self) -> None:
        """Wagtail's, which looks at the name of the file even where none is there yet: that of an upload whose title was refused."""
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
        """A file name that says nothing to who sees it later in a folder of downloads."""
        return f"document-{str(self.key)[-6:]}{Path(self.filename).suffix.lower()}"


store_through(PictureFile, Picture)
store_through(DocumentFile, LibraryDocument)
store_through(WaitingFile, UploadedFile)


def files_in(references: Any) -> list[Picture | LibraryDocument]:
    """The pictures and documents that exist among what `extract_references` of a StreamField or a block found."""
    found: dict[type[models.Model], set[int]] = {Picture: set(), LibraryDocument: set()}
    for model, pk, _model_path, _content_path in references:
        if model in found:
            found[model].add(int(pk))
    return [*Picture.objects.filter(pk__in=found[Picture]), *LibraryDocument.objects.filter(pk__in=found[LibraryDocument])]
