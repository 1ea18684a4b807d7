"""What a page needs before it is published, however that is asked for; and locks, so that one request at a time writes it."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import IntegerField, QuerySet
from django.db.models.functions import Cast
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page, Revision

from community.centre.models import centre
from community.kit.errors import Refusal, Refused
from community.members.models import User

from ..library.audience import Audience
from ..media.readers import audience_conflicts
from ..models import Entry

EMPTY = {"required", "blank", "null"}  # how Django calls it that something is missing


@contextmanager
def locked(pages: Iterable[Any] | None) -> Iterator[None]:
    """Lock the rows of `pages` (their ids; None: all), so that no other request writes what is read here before it is written back.

    SQLite has no row locks: there a transaction locks the whole database from its beginning.
    """
    with transaction.atomic():
        rows = Page.objects.select_for_update(no_key=True).order_by("pk")
        list((rows if pages is None else rows.filter(pk__in=pages)).values_list("pk"))
        yield


def refuse_incomplete(versions: Collection[Any], editor: User | None) -> None:
    """Check that `editor` (None: the schedule) can publish each of `versions` of pages; the sentence says what they lack.

    Raises Refused: not_whole.
    """
    sentences = []
    for version in versions:
        if reasons := _reasons(version, editor):
            words = {"article": version.title, "reasons": " ".join(reasons)}
            sentences.append(_("“%(article)s” was not published. %(reasons)s") % words)
    if sentences:
        raise Refused(Refusal.NOT_WHOLE, " ".join(sentences))


def scheduled() -> QuerySet[Revision, int]:
    """The ids of the pages of which a version waits for its time, for a subquery."""
    waiting = Revision.page_revisions.filter(approved_go_live_at__isnull=False)
    return waiting.annotate(article=Cast("object_id", IntegerField())).values_list("article", flat=True)


def clear_publish_time(page: Page) -> None:
    """Clear the time in the newest version of a page whose scheduled publication was canceled: the next one would wait for it."""
    version = page.get_latest_revision()
    if version and version.content.get("go_live_at"):
        version.content["go_live_at"] = None
        version.save(update_fields=["content"])


def _reasons(version: Any, editor: User | None) -> list[str]:
    reasons = [*_field_errors(version), *_stream_errors(version)]
    if isinstance(version, Entry):
        if version.audience == Audience.GROUPS and not version.groups.exists():
            reasons.append(_empty_sentence(_label(version, "groups")))
        reasons += [*audience_conflicts(editor, version), *_lacking_review(version)]
    return reasons


def _lacking_review(version: Entry) -> Iterator[str]:
    if version.workflow_in_progress:
        yield _("It's waiting for a review. Take the request back first, or wait for the answer.")
    elif not centre().publish_unreviewed and not version.review:
        yield _("Here, a clinician reviews an article before it's published. Ask for a review first.")


def _field_errors(version: Any) -> Iterator[str]:
    streams = [field.name for field in version._meta.get_fields() if isinstance(field, StreamField)]
    try:
        version.full_clean(exclude=streams)
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            yield from _sentences(errors, "" if name == NON_FIELD_ERRORS else _label(version, name))


def _stream_errors(version: Any) -> Iterator[str]:
    """A model's own validation does not look into its streams: only a form does."""
    for field in version._meta.get_fields():
        if isinstance(field, StreamField):
            stream = getattr(version, field.name)
            try:
                field.stream_block.clean(stream)
            except ValidationError as error:
                yield from _block_errors(error, field.stream_block, stream, _label(version, field.name))


def _block_errors(error: ValidationError, block: Any, value: Any, label: str) -> Iterator[str]:
    """What is wrong in `value` of `block`, which the form calls `label`."""
    if isinstance(error, StreamBlockValidationError):
        for number, inner in error.block_errors.items():
            part = value[number]
            words = {"label": label, "number": number + 1, "kind": part.block.label}
            yield from _block_errors(inner, part.block, part.value, _("%(label)s, part %(number)d (%(kind)s)") % words)
    elif isinstance(error, StructBlockValidationError):
        for name, inner in error.block_errors.items():
            part = block.child_blocks[name]
            if isinstance(part, ImageBlock):  # a chooser and a description, and no value that holds both
                yield from _block_errors(inner, part, dict.fromkeys(part.child_blocks), label)
            else:
                yield from _block_errors(inner, part, value[name], f"{label}, {part.label}")
    elif isinstance(error, ListBlockValidationError):
        for number, inner in error.block_errors.items():
            yield from _block_errors(inner, block.child_block, value[number], f"{label}, {number + 1}")
    else:
        yield from _sentences(error.error_list, label)
        return
    errors = error.non_block_errors.as_data()
    if errors and not len(value):
        yield _empty_sentence(label)
    else:
        yield from _sentences(errors, label)


def _sentences(errors: Iterable[ValidationError], label: str) -> Iterator[str]:
    for error in errors:
        if error.code in EMPTY:
            yield _empty_sentence(label)
        else:
            for message in error.messages:
                yield _("“%(label)s”: %(message)s") % {"label": label, "message": message} if label else message


def _empty_sentence(label: str) -> str:
    return _("“%(label)s” is empty.") % {"label": label}


def _label(version: Any, name: str) -> str:
    return str(capfirst(version._meta.get_field(name).verbose_name))
