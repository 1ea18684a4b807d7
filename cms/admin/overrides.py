"""Wagtail's methods and views that we replace or extend, each because no hook of Wagtail's reaches far enough.

They name nothing that an editor may not know of, publish only complete pages, mail nothing, link only to pages that open, and sort
titles as the rest of the site does.
"""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from taggit.models import Tag
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.admin import auth, filters, mail, messages
from wagtail.admin.site_summary import PagesSummaryItem
from wagtail.admin.views import chooser as page_chooser
from wagtail.admin.views.bulk_action.registry import BulkActionRegistry
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.home import RecentEditsPanel
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsUnschedule
from wagtail.admin.wagtail_hooks import PageListingViewLiveButton
from wagtail.images.views import chooser as image_chooser
from wagtail.models import Page, ReferenceIndex, WorkflowState
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.rich_text.pages import PageLinkHandler

from community.members.models import User

from ..library.audience import hidden_articles
from ..media.readers import known_files
from ..media.uses import lock_files
from ..models import Entry
from ..rules import BULK
from .live_articles import unreadable_articles
from .publishing import clear_publish_time, refuse_incomplete
from .review_panel import ReviewPanel
from .sorting import sorted_rows
from .wagtail_internals import get_active_log_context, replaces

# ------------------------------------------------------------------- what an editor may know of


# The explorer, search, chooser, reports and API all ask this, and no hook covers them at once.
@replaces("explorable_instances", PagePermissionPolicy)
def explorable_pages(original: Any, self: PagePermissionPolicy, user: User) -> Any:
    """The pages that the editor lists for `user`, without articles for groups that they may not know of."""
    return original(self, user).exclude(pk__in=hidden_articles(user))


# A bulk action on "all" reads the table without asking for permissions.
@replaces("get_all_objects_in_listing_query", PageBulkAction)
def all_pages_in_list(original: Any, self: PageBulkAction, parent_id: Any) -> list[int]:
    """The ids of the pages that a bulk action on "all" means, without those articles."""
    hidden = hidden_articles(self.request.user)
    return [pk for pk in original(self, parent_id) if pk not in hidden]


# Of the pages for pictures and documents, a hook reaches the choosers alone.
@replaces("instances_user_has_any_permission_for", CollectionOwnershipPermissionPolicy)
def permitted_files(original: Any, self: CollectionOwnershipPermissionPolicy, user: User, actions: Any) -> Any:
    """The pictures or documents that the editor lists, counts or finds for `user`."""
    return original(self, user, actions).filter(pk__in=known_files(user, self.model).values("pk"))


@replaces("user_has_any_permission_for_instance", CollectionOwnershipPermissionPolicy)
def may_use_file(original: Any, self: CollectionOwnershipPermissionPolicy, user: User, actions: Any, instance: Any) -> bool:
    """Whether `user` may do one of `actions` with a picture or a document."""
    return original(self, user, actions, instance) and known_files(user, self.model).filter(pk=instance.pk).exists()


# "Used 3 times", and the list behind it, count without asking for permissions.
@replaces("get_references_to", ReferenceIndex)
def known_references(original: Any, object: Any) -> Any:
    """The uses of a page or a file that the editor lists and counts for whoever is at work in it."""
    editor = get_active_log_context().user
    references = original(object)
    if editor is None:
        return references
    hidden = [str(article) for article in hidden_articles(editor)]
    return references.exclude(base_content_type=ReferenceIndex._get_base_content_type(Page), object_id__in=hidden)


# The filter of a list and the image chooser suggest the most frequent tags of all files, whoever may see those.
@replaces("popular_tags_for_model", filters, image_chooser)
def no_popular_tags(_original: Any, model: Any, count: int = 0) -> QuerySet[Any]:
    """None: a tag of a hidden file would be named to everybody."""
    return Tag.objects.none()


# Wagtail redirects to its home page with a message, which tells that the page exists.
@replaces("permission_denied", auth)
def not_found(_original: Any, request: HttpRequest) -> HttpResponse:
    """Answer 404 for what `request` may not see."""
    raise Http404


class KnownEdits(RecentEditsPanel):
    """The editor's recent edits, without articles that were hidden from them since."""

    template_name = "cms/recent_edits.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        hidden = hidden_articles(parent_context["request"].user)
        return context | {"last_edits": [(moment, page) for moment, page in context["last_edits"] if page.pk not in hidden]}


class KnownPages(PagesSummaryItem):
    """The number of pages, without articles that are hidden from the editor: the count alone would tell of them."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | {"total_pages": context["total_pages"] - len(hidden_articles(self.request.user))}


# ------------------------------------------------------------------- publishing


# The button, bulk actions, schedules, old versions, workflows and the API all end in this.
@replaces("execute", PublishPageRevisionAction)
def publish_complete(original: Any, self: PublishPageRevisionAction, skip_permission_checks: bool = False) -> None:
    """Publish a version now or for later, also where no form has checked that it is complete.

    Of two who publish one file at once for different readers, the second sees the first.

    Raises Refused: not_whole.
    """
    self.check(skip_permission_checks)
    with transaction.atomic():
        if isinstance(self.object, Entry):
            lock_files(self.object.files())
        refuse_incomplete([self.object], self.user)
        original(self, skip_permission_checks=True)  # checked above


# Wagtail leaves the time in the newest version, where the next publication would wait for it.
@replaces("post", RevisionsUnschedule)
def unschedule(original: Any, self: RevisionsUnschedule, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Cancel a scheduled publication, and its time with it."""
    response: HttpResponse = original(self, request, *args, **kwargs)
    clear_publish_time(self.object)
    return response


# Hooks add bulk actions and take none away.
@replaces("get_bulk_actions_for_model", BulkActionRegistry)
def open_bulk_actions(original: Any, self: BulkActionRegistry, app_label: str, model_name: str) -> list[Any]:
    """The bulk actions for which a list has buttons."""
    return [action for action in original(self, app_label, model_name) if (app_label, model_name, action.action_type) in BULK]


# ------------------------------------------------------------------- reviews


# Wagtail's e-mails tell a mailbox the title of an article and what was noted on it; they don't pass the register of e-mails.
@replaces("__call__", mail.Notifier)
def no_mail(_original: Any, self: mail.Notifier, instance: Any = None, **kwargs: Any) -> bool:
    """Mail nothing of a review: it is told by notifications."""
    return True


# Wagtail lets only whoever asked for a review, and who began the article, take the request back: they may have left.
@replaces("user_can_cancel", WorkflowState)
def may_take_back(_original: Any, self: WorkflowState, user: User) -> bool:
    """Whether `user` may take a request for a review back: everybody who may change the article."""
    return bool(self.content_object.permissions_for_user(user).can_edit())


@replaces("add_cancel_workflow_confirmation_message", EditView)
def say_taken_back(_original: Any, self: EditView) -> None:
    """Say that a request was taken back, in the words of the button."""
    messages.success(self.request, _("The request for a review is taken back. You can keep writing."))


@replaces("get_side_panels", EditView)
def with_review(original: Any, self: EditView) -> Any:
    """The panels beside the form of a page; an article has one about its review.

    The form of a new article has no place for it, nor has what is fetched into that form once the article is saved.
    """
    panels = original(self)
    if isinstance(self.page, Entry) and not (self.expects_json_response or self.hydrate_create_view):
        panels.append(ReviewPanel(self.page, self.request))
    return panels


# ------------------------------------------------------------------- links to pages, and lists


# Hooks add to the buttons of a row and take none away.
@replaces("is_shown", PageListingViewLiveButton)
def shows_live_button(original: Any, self: PageListingViewLiveButton, user: User) -> bool:
    """Whether a list links to the live page for `user`: not where it would not open for them."""
    return bool(original(self, user)) and self.page.pk not in unreadable_articles(user)


# The message "published" links to the live page whoever reads it.
@replaces("get_view_live_message_button", CreateView, EditView)
def live_or_preview_button(_original: Any, self: CreateView | EditView) -> tuple[str, str, bool]:
    """The button of the message that a page was published: a link to where its editor can read it."""
    if self.page.pk not in unreadable_articles(self.request.user):
        button: tuple[str, str, bool] = messages.button(self.page.url, _("View live"))
    else:
        button = messages.button(reverse("wagtailadmin_pages:view_draft", args=[self.page.pk]), _("Preview"))
    return button


@replaces("can_choose_page", page_chooser)
def may_link_to(original: Any, page: Any, *args: Any, **kwargs: Any) -> bool:
    """Whether the chooser offers a page for a link: not the root and Home, which have no address."""
    return original(page, *args, **kwargs) and page.url is not None


class LinkWithAddress(PageLinkHandler):
    """A link to a page: plain text where the page has no address, or was deleted."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        addresses = [page and page.url for page in cls.get_many(attrs_list)]
        return [format_html('<a href="{}">', address) if address else "<a>" for address in addresses]


# Wagtail sorts in the database, whose order of letters depends on the machine. This is the one step that all its lists share.
@replaces("paginate_queryset", BaseListingView)
def paginate_in_order(original: Any, self: BaseListingView, rows: Any, page_size: int) -> Any:
    """One page of a list of the editor's."""
    return original(self, sorted_rows(rows, self.ordering), page_size)
