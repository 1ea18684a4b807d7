"""The editor's forms of any page, and of an entry of the library."""

import datetime as dt
import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks import StructBlockValidationError, StructValue
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.rich_text import RichText

from community.kit.ids import as_id
from community.kit.text.order import offer
from community.members.models import User

from ..library.audience import Audience, groups_for, hidden_articles
from ..library.dead_links import pages_in, pages_of
from ..library.reviews import content_fields
from ..media.models import LibraryDocument, Picture, files_in
from ..media.readers import audience_conflict, usable_files
from .wagtail_internals import BlockWidget, LinkRewriter, ListValue

UNREADABLE = (ValueError, LookupError, AttributeError, TypeError)  # raised by Wagtail's widget for a number, a field or a form that is none
PAGE_NUMBER = re.compile(r"[0-9]{1,9}")


def zone_name() -> str:
    """The zone in which whoever is at work in the editor writes and reads hours."""
    return timezone.get_current_timezone_name().replace("_", " ")


def whose_zone() -> str:
    """That zone, in a sentence."""
    return _("In your time zone: %(zone)s.") % {"zone": zone_name()}


class EntryDrawingInput(forms.RadioSelect):
    """The drawings to choose from, each shown beside its word; "none" is the first choice."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        file = static("community/icons/drawings.svg")
        label = format_html('<svg aria-hidden="true"><use href="{}#{}"></use></svg>{}', file, value, label) if value else _("None")
        option: dict[str, Any] = super().create_option(name, value, label, *args, **kwargs)
        return option


def without_links(value: Any, pages: set[str]) -> None:
    """Take the links to these pages out of `value` of a block, in place; their words stay."""
    if isinstance(value, RichText):
        link = LinkRewriter({"page": lambda to: "<a>" if to["id"] in pages else format_html('<a linktype="page" id="{}">', to["id"])})
        value.source = link(value.source)
    elif isinstance(value, StructValue | ListValue):
        for part in value.values() if isinstance(value, StructValue) else value:
            without_links(part, pages)


class StreamInput(BlockWidget):
    """Reads a stream of `article` that `editor` posts, without what is not there for them: files, and pages that it leads to.

    By its number alone, a link would tell whether there is such a page, and its address; and no reader could open what leads to none.

    Raises BadRequest for what no form of ours posts.
    """

    def __init__(self, widget: BlockWidget, editor: User, article: Any) -> None:
        super().__init__(widget.block_def, widget.attrs)
        self.editor, self.article = editor, article

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        try:
            stream = super().value_from_datadict(data, files, name)
        except UNREADABLE as unreadable:
            raise BadRequest from unreadable
        for block in stream:
            block.id = block.id if as_id(block.id) else None  # gets one as it is saved; a reviewer's notes name parts by it
            for field, chosen in block.value.items() if isinstance(block.value, StructValue) else ():
                if isinstance(chosen, Picture | LibraryDocument) and not self._may_use(chosen):
                    block.value[field] = None
        if unknown := self._unknown_pages({pk for block in stream for pk in pages_of(block.block, block.value)}):
            for block in stream:
                without_links(block.value, unknown)
        return stream

    def _unknown_pages(self, linked: set[str]) -> set[str]:
        """Those of these numbers that are of no page which the editor may know of, and of none to which the article leads already."""
        known = Page.objects.filter(pk__in=filter(PAGE_NUMBER.fullmatch, linked)).exclude(pk__in=hidden_articles(self.editor))
        unknown = linked.difference(map(str, known.values_list("pk", flat=True))) if linked else linked
        return unknown and unknown.difference(map(str, pages_in(self.article)))

    def _may_use(self, file: Picture | LibraryDocument) -> bool:
        return usable_files(self.editor, type(file), self.article).filter(pk=file.pk).exists()


class PageForm(WagtailAdminPageForm):
    """The form of any page. A form for a new page has a key, by which the gate knows that the same form created its page before."""

    made_as = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput({"autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["made_as"]

    def save(self, commit: bool = True) -> Any:
        if key := self.cleaned_data.get("made_as"):
            self.instance.translation_key = key
        return super().save(commit=commit)


class EntryForm(PageForm):
    """Offers the groups that this editor may know of, and checks an entry's audience, groups and files together."""

    small_correction = forms.BooleanField(
        label=_("I've only corrected something small: keep the review"),
        required=False,
        help_text=_("For spelling and the like, when you publish. It's noted, and reviewers see what you corrected."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk or not self.instance.reviews.exists():
            self.fields.pop("small_correction", None)
        if "groups" in self.fields and self.for_user is not None:
            offer(self.fields["groups"], groups_for(self.for_user))
        if self.for_user is not None:
            for name in self._streams():
                self.fields[name].widget = StreamInput(self.fields[name].widget, self.for_user, self.instance)
        for field in self.fields.values():
            if isinstance(field, forms.DateTimeField):
                field.help_text = whose_zone()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("audience") != Audience.GROUPS:
            cleaned["groups"] = []
        elif not cleaned.get("groups") and "groups" not in self.errors:
            self.add_error("groups", _("Choose at least one group, or another answer above."))
        if cleaned.get("audience") and "groups" not in self.errors:
            for name in self._streams():
                self._refuse_overshared_files(cleaned, name)
        self._refuse_past_time(cleaned.get("go_live_at"))
        for name in ("go_live_at", "expire_at"):
            self._refuse_endless_time(name, cleaned.get(name))
        return cleaned

    def _refuse_endless_time(self, name: str, time: Any) -> None:
        """Refuse an hour that is past the last year of the calendar where the database keeps it: in UTC."""
        try:
            time and time.astimezone(dt.UTC)
        except OverflowError:
            self.add_error(name, self.fields[name].error_messages["invalid"])

    def _refuse_past_time(self, time: Any) -> None:
        """Refuse a time that has passed, unless it is the one that was stored before: the form shows it after the publication too."""
        before = self.initial.get("go_live_at")
        if time and time < timezone.now() and time != (before and before.replace(second=0, microsecond=0)):
            self.add_error("go_live_at", _("This time has passed. Choose a later one, or leave it empty to publish now."))

    def _streams(self) -> list[str]:
        return [field.name for field in content_fields(self.instance) if isinstance(field, StreamField) and field.name in self.fields]

    def _refuse_overshared_files(self, cleaned: dict[str, Any], name: str) -> None:
        """Add an error to each block of the stream `name` with a file that fewer people may read elsewhere."""
        groups = [str(group.pk) for group in cleaned["groups"]]
        refused = {}
        for number, block in enumerate(cleaned.get(name) or ()):
            files = files_in(block.block.extract_references(block.value))
            reasons = [audience_conflict(self.for_user, file, self.instance, cleaned["audience"], groups) for file in files]
            if sentences := [reason for reason in reasons if reason]:
                is_struct = isinstance(block.value, StructValue)
                refused[number] = StructBlockValidationError(non_block_errors=sentences) if is_struct else forms.ValidationError(sentences)
        if refused:
            self.add_error(name, StreamBlockValidationError(block_errors=refused))
