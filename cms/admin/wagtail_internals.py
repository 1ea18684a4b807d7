"""What the library uses of Wagtail beyond its documentation: a new version may change any of it without a word.

Every undocumented name that this room needs is imported here, with the reason, and from here elsewhere. What needs more of the room,
the methods that we replace and the views that we extend, is in `overrides.py`. Whoever upgrades Wagtail reads both;
tests/cms/admin/test_wagtail_internals.py fails until then, and says what has changed.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import Model
from django.db.models.fields.files import FieldFile
from wagtail.admin.compare import RichTextBlockComparison, StreamBlockComparison
from wagtail.admin.models import EditingSession, FormState
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.ui.tables import DateColumn, TitleColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.generic import BaseListingView
from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.blocks import BaseStreamBlock, BaseStructBlock, BlockWidget, ChooserBlock
from wagtail.blocks.list_block import ListValue
from wagtail.coreutils import string_to_ascii
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.models import DocumentQuerySet as WagtailDocumentQuerySet
from wagtail.images.fields import WagtailImageField
from wagtail.images.models import ImageQuerySet, SourceImageIOError, WagtailImageFieldFile
from wagtail.images.shortcuts import get_rendition_or_not_found
from wagtail.locks import WorkflowLock
from wagtail.log_actions import LogContext, get_active_log_context
from wagtail.models import PagePermissionTester, PageSubscription, UploadedFile
from wagtail.permissions import page_permission_policy
from wagtail.rich_text.rewriters import LinkRewriter
from wagtail.users.models import UserProfile
from wagtail.utils.file import hash_filelike

from community.members.models import User

__all__ = [
    "BaseListingView",  # a list with filters, pages and an export: that of each report
    "BaseSidePanel",  # stands beside the form of a page; ours shows a reviewer's notes
    "BaseStreamBlock",  # these three are the kinds of blocks through which the search index reads
    "BaseStructBlock",
    "BlockWidget",  # the input of a stream: ours drops files and links to pages that are not there for the editor
    "BulkActionsColumn",  # these five are columns of the list of articles and of the reports
    "ChooserBlock",
    "DateColumn",
    "EditingSession",  # these four tables hold what somebody began in the editor; closing an account empties them
    "ExplorableIndexView",  # the list of all pages that an editor may open; ours is that of articles
    "FormState",
    "ImageQuerySet",  # ours refuse to delete a file that an article shows, and keep Wagtail's search
    "LinkRewriter",  # takes single links out of a text, which is a value by itself or in one of a list
    "ListValue",
    "LogContext",  # says who is at work to code that gets no request
    "PagePermissionTester",  # what an editor may do with a page; ours take rights away
    "PageStatusColumn",
    "PageSubscription",
    "PageTitleColumn",
    "RichTextBlockComparison",  # compares two texts; ours keeps their lines apart
    "SourceImageIOError",  # says that a picture's file is missing
    "StreamBlockComparison",  # compares two versions part by part; a reviewer is shown those that changed
    "TitleColumn",
    "UploadedFile",  # a file of several that were uploaded at once, which waits for its title
    "UserProfile",
    "WagtailDocumentField",  # the upload fields of both forms: ours clean what they are given
    "WagtailDocumentQuerySet",
    "WagtailImageField",
    "WagtailImageFieldFile",  # knows an image's size; ours redraws before it stores
    "WorkflowLock",  # keeps an article as it is while it waits for its reviewer; ours says why
    "get_active_log_context",
    "get_rendition_or_not_found",  # draws one size, and stands for it where the picture's file is missing
    "hash_filelike",  # the hash that Wagtail stores with a file
    "page_permission_policy",  # which pages an editor may open
    "string_to_ascii",  # letters of every script as the nearest of those in addresses
]

VERSION = (7, 4)  # the Wagtail that all of this was read in


class Replacement(NamedTuple):
    """A function or method of Wagtail's that we have replaced."""

    owner: Any
    name: str
    original: Callable[..., Any]


REPLACED: list[Replacement] = []


def replaces(name: str, *owners: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Replace `name`, a method of the classes or a function of the modules `owners`, by the decorated function.

    It is called with the original first, then with the original's own arguments; those of a class method come without the class.
    """

    def replace(function: Callable[..., Any]) -> Callable[..., Any]:
        for owner in owners:
            original = getattr(owner, name)
            replacement: Any = _with_original(function, original)
            setattr(owner, name, staticmethod(replacement) if hasattr(original, "__self__") else replacement)
            REPLACED.append(Replacement(owner, name, original))
        return function

    return replace


def _with_original(function: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def replacement(*args: Any, **kwargs: Any) -> Any:
        return function(original, *args, **kwargs)

    return replacement


def store_through(file_class: type[FieldFile], model: type[Model]) -> None:
    """Have the file of each `model` stored by `file_class`.

    Not by a field of ours: it would come after the fields that it fills (size and hash), and Wagtail's own table has no place for one.
    """
    model._meta.get_field("file").attr_class = file_class  # type: ignore[union-attr]


def set_profile(editor: User) -> None:
    """Give Wagtail, for this request, the name and the time zone of `editor`, which it reads from a first name and a profile."""
    editor.first_name = editor.name  # type: ignore[attr-defined]  # without one it greets people by the address they sign in with
    profile = getattr(editor, "wagtail_userprofile", None) or UserProfile(user=editor)  # a new one is remembered by `editor`
    profile.current_time_zone = editor.time_zone


def includes_descendants(bulk_action: Any) -> bool:
    """True where the form of a bulk action on pages asks for the pages below them as well."""
    return bool(bulk_action.cleaned_form.cleaned_data["include_descendants"])


def found_rows(results: Any) -> list[Any]:
    """The list in which the results of a search hold what they found: whoever sorts it sorts the results."""
    rows: list[Any] = results.results()
    return rows
