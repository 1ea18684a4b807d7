"""Publishing, whichever way it is asked for: what a page needs for it, and that it is written by one request at a time."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.fields import StreamField
from wagtail.models import Page

from community.kit.errors import Refusal, Refused
from community.members.models import User

from ..library.audience import Audience
from ..media.readers import refusals
from ..models import Entry

EMPTY = {"required", "blank", "null"}  # how Django calls it that something is missing


@contextmanager
def alone(pages: Iterable[Any] | None) -> Iterator[None]:
    """Hold the rows of `pages` (None: of all), so that nobody else writes what is read within before it is written back.

    SQLite has no locks on rows. There the transaction is alone with the whole database from its beginning.
    """
    with transaction.atomic():
        rows = Page.objects.select_for_update(no_key=True).order_by("pk")
        list((rows if pages is None else rows.filter(pk__in=pages)).values_list("pk"))
        yield


def refuse_unless_whole(versions: Collection[Any], editor: User | None) -> None:
    """Raise Refused(Refusal.NOT_WHOLE) with what each of `versions` of pages lacks for `editor` (None: the clock) to publish it."""
    sentences = []
    for version in versions:
        if reasons := _reasons(version, editor):
            words = {"article": version.title, "reasons": " ".join(reasons)}
            sentences.append(_("“%(article)s” was not published. %(reasons)s") % words)
    if sentences:
        raise Refused(Refusal.NOT_WHOLE, " ".join(sentences))


def forget_hour(page: Page) -> None:
    """Take the hour out of the newest version of a page whose scheduled publication is off: the next one would wait for it again."""
    version = page.get_latest_revision()
    if version and version.content.get("go_live_at"):
        version.content["go_live_at"] = None
        version.save(update_fields=["content"])


def _reasons(version: Any, editor: User | None) -> list[str]:
    reasons = [*_of_fields(version), *_of_streams(version)]
    if isinstance(version, Entry):
        if version.audience == Audience.GROUPS and not version.groups.exists():
            reasons.append(_is_empty(_label(version, "groups")))
        reasons += refusals(editor, version)
    return reasons


def _of_fields(version: Any) -> Iterator[str]:
    streams = [field.name for field in version._meta.get_fields() if isinstance(field, StreamField)]
    try:
        version.full_clean(exclude=streams)
    except ValidationError as error:
        for name, faults in error.error_dict.items():
            yield from _said(faults, "" if name == NON_FIELD_ERRORS else _label(version, name))


def _of_streams(version: Any) -> Iterator[str]:
    """A model's own validation does not look into its streams: only a form does."""
    for field in version._meta.get_fields():
        if isinstance(field, StreamField):
            stream = getattr(version, field.name)
            try:
                field.stream_block.clean(stream)
            except ValidationError as error:
                yield from _in_block(error, field.stream_block, stream, _label(version, field.name))


def _in_block(error: ValidationError, block: Any, value: Any, place: str) -> Iterator[str]:
    """What is wrong in `value` of `block`, which the editor finds at `place`."""
    if isinstance(error, StreamBlockValidationError):
        for number, inner in error.block_errors.items():
            part = value[number]
            words = {"place": place, "number": number + 1, "kind": part.block.label}
            yield from _in_block(inner, part.block, part.value, _("%(place)s, part %(number)d (%(kind)s)") % words)
    elif isinstance(error, StructBlockValidationError):
        for name, inner in error.block_errors.items():
            part = block.child_blocks[name]
            yield from _in_block(inner, part, value[name], f"{place}, {part.label}")
    elif isinstance(error, ListBlockValidationError):
        for number, inner in error.block_errors.items():
            yield from _in_block(inner, block.child_block, value[number], f"{place}, {number + 1}")
    else:
        yield from _said(error.error_list, place)
        return
    faults = error.non_block_errors.as_data()
    if faults and not len(value):
        yield _is_empty(place)
    else:
        yield from _said(faults, place)


def _said(faults: Iterable[ValidationError], place: str) -> Iterator[str]:
    for fault in faults:
        if fault.code in EMPTY:
            yield _is_empty(place)
        else:
            for message in fault.messages:
                yield _("“%(place)s”: %(message)s") % {"place": place, "message": message} if place else message


def _is_empty(place: str) -> str:
    return _("“%(place)s” is empty.") % {"place": place}


def _label(version: Any, name: str) -> str:
    return str(capfirst(version._meta.get_field(name).verbose_name))
