"""Which pages of Wagtail's editor exist, and for whom; any other is a 404. Requests that write a page run one at a time."""

import functools
import logging
import re
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, FieldError, PermissionDenied, ValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import NoReverseMatch, ResolverMatch, resolve, reverse
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.translation import gettext as _
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.models import Page

from community import PACKAGES
from community.kit.errors import Refused
from community.kit.ids import as_id
from community.members.access import current_member
from community.members.models import User
from community.members.roles import PROVEN, Right
from community.members.signing_in import proof

from ..library.audience import hidden_articles
from ..library.kinds import Reader
from ..media.models import LibraryDocument, Picture
from ..media.readers import known_files
from ..media.uses import File
from ..rules import BULK, SETTINGS, may_edit
from .publishing import locked
from .wagtail_internals import LogContext, set_profile

PAGES = {
    f"wagtailadmin_pages:{name}"
    for name in (
        "add", "preview_on_add", "edit", "preview_on_edit", "view_draft", "add_subpage", "usage", "delete", "unpublish",
        "search", "search_results", "revisions_index", "revisions_view", "revisions_revert", "revisions_unschedule",
        "revisions_compare", "history", "history_results", "confirm_workflow_cancellation",
    )
}  # fmt: skip
GENERAL = {
    "wagtailadmin_home", "wagtailadmin_explore_root", "wagtailadmin_explore", "wagtailadmin_explore_results", "wagtailadmin_dismissibles",
    "wagtailadmin_block_preview", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog", "wagtailadmin_editing_sessions:ping",
    "wagtailadmin_editing_sessions:release", "wagtail_bulk_action", "wagtailadmin_api:pages:listing", "wagtailadmin_api:pages:detail",
}  # fmt: skip
CHOOSERS = {
    "wagtailadmin_choose_page", "wagtailadmin_choose_page_child", "wagtailadmin_choose_page_search",
    "wagtailadmin_choose_page_chosen_multiple",
    "wagtailadmin_choose_page_external_link", "wagtailadmin_choose_page_email_link", "wagtailadmin_choose_page_phone_link",
    "wagtailadmin_choose_page_anchor_link",
}  # fmt: skip
FILES = {
    f"{namespace}:{name}"
    for namespace, names in {
        "wagtailimages": (
            "index", "index_results", "add", "edit", "delete", "image_usage", "add_multiple", "edit_multiple", "delete_multiple",
            "create_multiple_from_uploaded_image", "delete_upload_multiple",
        ),
        "wagtaildocs": (
            "index", "index_results", "add", "edit", "delete", "document_usage", "add_multiple", "edit_multiple", "delete_multiple",
            "create_multiple_from_uploaded_document", "delete_upload_multiple",
        ),
        "wagtailimages_chooser": ("choose", "choose_results", "chosen", "chosen_multiple", "create"),
        "wagtaildocs_chooser": ("choose", "choose_results", "chosen", "chosen_multiple", "create"),
    }.items()
    for name in names
}  # fmt: skip
REPORTS = {f"library_reports:{name}" for name in ("dead_links", "narrower_links", "files", "files_results")}
FOR_EDITORS = PAGES | GENERAL | CHOOSERS | FILES | REPORTS
SETTING = "wagtailsettings:edit"
FOR_ADMINS = {SETTING, "wagtailsettings:preview_on_edit"}
ADD, PUBLISH = "wagtailadmin_pages:add", "action-publish"
ONE_PAGE = {  # what a POST to these writes, reading it first; `add` writes the page that it adds to
    f"wagtailadmin_pages:{name}" for name in ("add", "edit", "revisions_revert", "revisions_unschedule", "unpublish")
}
MANY_PAGES = {"wagtailadmin_pages:delete", "wagtail_bulk_action"}  # these write what stands above or below as well
BY_QUERY = {"wagtail_bulk_action", *(name for name in CHOOSERS | FILES if name.endswith("chosen_multiple"))}  # these read `?id=`
FILE_MODELS: dict[str, type[File]] = {  # what the ids are of in the addresses of these namespaces; elsewhere they are of pages
    "wagtailimages": Picture, "wagtailimages_chooser": Picture, "wagtaildocs": LibraryDocument, "wagtaildocs_chooser": LibraryDocument,
}  # fmt: skip
ID_ARGUMENTS = {Page: ("page_id", "parent_page_id"), Picture: ("image_id", "pk"), LibraryDocument: ("document_id", "doc_id", "pk")}
ID = re.compile(r"[0-9]{1,18}")
HUGE_NUMBER = re.compile(r"[+-]?\d{19,}")  # a number that no database holds
SEARCH_PARAMETERS = {"q", "search"}
# Raised by views that do not validate a parameter: it is missing, or not a number, date or field, or has a NUL in it.
UNREADABLE = (
    ValueError, OverflowError, MultiValueDictKeyError, AttributeError, ValidationError, FieldError, NoReverseMatch, DataError,
)  # fmt: skip

OUR_CODE = [settings.BASE_DIR / package for package in PACKAGES]

log = logging.getLogger("mainstay.errors")

View = Callable[..., Any]


def is_open(person: Reader, name: str, arguments: dict[str, Any]) -> bool:
    """True where the page called `name`, asked for with `arguments`, exists for `person`."""
    if not may_edit(person):
        return False
    if name == "wagtail_bulk_action" and tuple(arguments.get(part) for part in ("app_label", "model_name", "action")) not in BULK:
        return False
    if name in FOR_ADMINS:
        return person.may(Right.SET_UP) and (arguments.get("app_name"), arguments.get("model_name")) in SETTINGS
    return name in FOR_EDITORS


def model_asked_for(match: ResolverMatch) -> type[Page] | type[File]:
    """The model of the ids in the address and in the query: pages, pictures or documents."""
    if match.view_name == "wagtail_bulk_action":
        kind: type[File] = apps.get_model(match.kwargs["app_label"], match.kwargs["model_name"])
        return kind
    return FILE_MODELS.get(match.namespace, Page)


def ids_asked_for(request: HttpRequest, match: ResolverMatch) -> set[str]:
    """The ids in the address and, where Wagtail reads them there, in the query."""
    ids = {str(match.kwargs[name]) for name in ID_ARGUMENTS[model_asked_for(match)] if name in match.kwargs}
    if match.url_name == "revisions_compare":
        ids.add(match.args[0])
    if match.view_name in BY_QUERY:
        ids.update(request.GET.getlist("id"))
    return ids - {"all"} if match.view_name == "wagtail_bulk_action" else ids  # see `all_pages_in_list` for "all"


def is_known(editor: User, kind: Any, ids: set[str]) -> bool:
    """True where each of `ids` belongs to a page or a file that `editor` may know of. A hidden one is like one that does not exist."""
    if not all(ID.fullmatch(id_) for id_ in ids):
        return False
    known = Page.objects.exclude(pk__in=hidden_articles(editor)) if kind is Page else known_files(editor, kind)
    return not ids or known.filter(pk__in=ids).count() == len({int(id_) for id_ in ids})


def cleaned_query(query: QueryDict) -> QueryDict:
    """`query` without tags, which are off, and without search words that SQLite fails on: an open quotation, a NUL, nothing at all.

    Raises BadRequest for a number that is too large: in a list it would reach the database, which ends the transaction over it.
    """
    if any(HUGE_NUMBER.fullmatch(value) for name, values in query.lists() if name not in SEARCH_PARAMETERS for value in values):
        raise BadRequest
    changed = query.copy()
    changed.pop("tag", None)
    for name in SEARCH_PARAMETERS & query.keys():
        words = str(query[name]).replace("\0", " ")
        words = words.replace('"', " ") if words.count('"') % 2 else words
        if words.strip():
            changed[name] = words
        else:
            del changed[name]
    return changed


def _says_what_is_saved(fields: dict[str, str], app_name: str, model_name: str, **kwargs: Any) -> str:
    """What a person confirms with the proof of a setting's form."""
    return _("Save: %(setting)s") % {"setting": apps.get_model(app_name, model_name)._meta.verbose_name}


def lock_pages(request: HttpRequest, match: ResolverMatch) -> AbstractContextManager[None]:
    """Lock the pages that a POST to `match` writes, until this request is done.

    Wagtail reads a page, checks the form and writes the whole row back: an autosave that read a draft would turn a page that was
    published meanwhile back into one (docs/decisions/0027).
    """
    if request.method == "POST" and model_asked_for(match) is Page:
        if match.view_name in MANY_PAGES:
            return locked(None)
        if match.view_name in ONE_PAGE:
            return locked(ids_asked_for(request, match))
    return nullcontext()


def already_created(request: HttpRequest, match: ResolverMatch) -> ResolverMatch | None:
    """The edit view of the page that this form has created already, by an autosave whose answer the browser has not got yet."""
    key = as_id(request.POST.get("made_as")) if match.view_name == ADD else None
    page = Page.objects.filter(translation_key=key).values_list("pk", flat=True).first() if key else None
    return resolve(reverse("wagtailadmin_pages:edit", args=[page])) if page else None


def call_locked(view: View, request: HttpRequest, match: ResolverMatch) -> HttpResponse:
    """Call `view` with the pages locked that it writes."""
    with lock_pages(request, match):
        edit = already_created(request, match)
        if edit is None:
            response: HttpResponse = view(request, *match.args, **match.kwargs)
            return response
    request.resolver_match = edit  # through the gate again, as if the form had been posted there
    edited: HttpResponse = edit.func(request, *edit.args, **edit.kwargs)
    return edited


def without(data: QueryDict, name: str) -> QueryDict:
    rest = data.copy()
    rest.pop(name)
    return rest


def is_our_fault(error: BaseException) -> bool:
    """True where the traceback has code of this project behind the gate: such an error is a fault of the site."""
    files = (Path(frame.f_code.co_filename) for frame, _line in traceback.walk_tb(error.__traceback__))
    return any(file.is_relative_to(room) for file in files if file != Path(__file__) for room in OUR_CODE)


def call_safely(view: View, request: HttpRequest, match: ResolverMatch) -> HttpResponse:
    """Call `view`. Parameters that it cannot read are a bad request, not an error of the site.

    Raises Http404, BadRequest, and Refused from what the view does."""
    try:
        with LogContext(user=request.user):  # for `overrides`, which see no request
            response = call_locked(view, request, match)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
    except PermissionDenied:
        raise Http404 from None
    except UNREADABLE as unreadable:
        if is_our_fault(unreadable):
            raise
        log.warning("%s could not read what it was asked: %s.", match.view_name, type(unreadable).__name__)
        raise BadRequest from unreadable
    if response.status_code == HTTPStatus.NOT_FOUND:
        raise Http404  # the site's own page in place of Wagtail's
    return response


def gate(view: View) -> View:
    """Wrap `view`: 404 unless the page is open to the user. Wagtail's own checks follow."""

    @functools.wraps(view, updated=())  # without the attributes that Wagtail sets on views
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        match = request.resolver_match
        if match is None or not is_open(request.user, match.view_name, kwargs):
            raise Http404
        editor = current_member(request)
        if not is_known(editor, model_asked_for(match), ids_asked_for(request, match)):
            raise Http404
        if match.view_name == SETTING and Right.SET_UP in PROVEN and (answer := proof.demand(request, describe=_says_what_is_saved)):
            return answer
        request.GET = cleaned_query(request.GET)  # type: ignore[assignment]  # a copy, where anything had to change
        set_profile(editor)
        try:
            return call_safely(view, request, match)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
        if match.view_name not in ONE_PAGE or PUBLISH not in request.POST:
            return redirect(request.get_full_path())
        request.POST = without(request.POST, PUBLISH)  # type: ignore[assignment]  # saved as a draft, so that nothing typed is lost
        return call_safely(view, request, match)

    return guarded


def guard(patterns: list[Any]) -> list[Any]:
    """Wrap every view of `patterns` in the gate, in place."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            guard(pattern.url_patterns)
        else:
            pattern.callback = gate(pattern.callback)
    return patterns


urlpatterns = guard(wagtailadmin_urls.urlpatterns)
