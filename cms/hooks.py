"""What this room gives to the rooms below it, and what it asks of Wagtail.

To tell nothing that is kept, to publish what is whole, to lead nowhere that is shut, and to list titles in the house's order.
"""

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from taggit.models import Tag
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.admin import auth, filters, messages
from wagtail.admin.views import chooser as page_chooser
from wagtail.admin.views.bulk_action.registry import BulkActionRegistry
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsUnschedule
from wagtail.admin.wagtail_hooks import PageListingViewLiveButton
from wagtail.images.views import chooser
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, ReferenceIndex
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from community.members.seams import closing

from . import actions, personal_data, tasks  # noqa: F401  (the tasks register the jobs of the clock)
from .admin.lists import in_order, shut_to
from .admin.publishing import forget_hour, refuse_unless_whole
from .library.audience import kept_from
from .media.readers import hold, known_files
from .models import Entry
from .rules import BULK

_explorable = PagePermissionPolicy.explorable_instances
_all_listed = PageBulkAction.get_all_objects_in_listing_query
_files = CollectionOwnershipPermissionPolicy.instances_user_has_any_permission_for
_may = CollectionOwnershipPermissionPolicy.user_has_any_permission_for_instance
_uses = ReferenceIndex.get_references_to
_choosable = page_chooser.can_choose_page
_publish = PublishPageRevisionAction.execute
_offered = BulkActionRegistry.get_bulk_actions_for_model
_unschedule = RevisionsUnschedule.post
_paginate = BaseListingView.paginate_queryset
_live_is_shown = PageListingViewLiveButton.is_shown


@receiver(closing)
def forget_begun(member: Any, **kwargs: Any) -> None:
    actions.forget_begun(member=member)


def _explorable_without_kept(self: PagePermissionPolicy, user: Any) -> Any:
    """The pages that the editor lists for `user`, without articles for groups that they may not know of."""
    return _explorable(self, user).exclude(pk__in=kept_from(user))


def _listed_without_kept(self: PageBulkAction, parent_id: Any) -> list[int]:
    """The ids of the pages that a bulk action on "all" means, without those articles."""
    kept = kept_from(self.request.user)
    return [pk for pk in _all_listed(self, parent_id) if pk not in kept]


def _files_without_kept(self: CollectionOwnershipPermissionPolicy, user: Any, actions: Any) -> Any:
    """The pictures or documents that the editor lists, counts or finds for `user`."""
    return _files(self, user, actions).filter(pk__in=known_files(user, self.model).values("pk"))


def _may_if_known(self: CollectionOwnershipPermissionPolicy, user: Any, actions: Any, instance: Any) -> bool:
    """Whether `user` may do one of `actions` with a picture or a document."""
    return _may(self, user, actions, instance) and known_files(user, self.model).filter(pk=instance.pk).exists()


def _uses_without_kept(object: Any) -> Any:
    """The uses of a page or a file that the editor lists and counts for who is at work in it."""
    editor = get_active_log_context().user
    uses = _uses(object)
    if editor is None:
        return uses
    kept = [str(article) for article in kept_from(editor)]
    return uses.exclude(base_content_type=ReferenceIndex._get_base_content_type(Page), object_id__in=kept)


def _offered_and_open(self: BulkActionRegistry, app_label: str, model_name: str) -> list[Any]:
    """The bulk actions for which a list has buttons."""
    return [action for action in _offered(self, app_label, model_name) if (app_label, model_name, action.action_type) in BULK]


def _published_whole(self: PublishPageRevisionAction, skip_permission_checks: bool = False) -> None:
    """Publish a version now or for later, or raise Refused, also where no form has asked whether all of it is there.

    Of two who publish one file at once for different readers, the second sees the first.
    """
    self.check(skip_permission_checks)
    with transaction.atomic():
        if isinstance(self.object, Entry):
            hold(self.object.files())
        refuse_unless_whole([self.object], self.user)
        _publish(self, skip_permission_checks=True)  # asked above


def _unscheduled(self: RevisionsUnschedule, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Call a scheduled publication off, its hour with it."""
    response: HttpResponse = _unschedule(self, request, *args, **kwargs)
    forget_hour(self.object)
    return response


def _no_tags(model: Any, count: int = 0) -> Any:
    """In place of the tags that most files have: one that stands on a kept file would be named to everybody."""
    return Tag.objects.none()


def _only_where_it_leads(page: Any, *args: Any, **kwargs: Any) -> bool:
    """Whether the chooser offers a page for a link: none that has no address, as the site's root and Home have none."""
    return _choosable(page, *args, **kwargs) and page.url is not None


def _live_where_it_opens(self: PageListingViewLiveButton, user: Any) -> bool:
    """Whether a list offers the live page to `user`: not where they would be told that there is none."""
    return bool(_live_is_shown(self, user)) and self.page.pk not in shut_to(user)


def _live_or_preview(self: CreateView | EditView) -> tuple[str, str, bool]:
    """The button of the message that a page was published: to where its editor can read it."""
    if self.page.pk not in shut_to(self.request.user):
        button: tuple[str, str, bool] = messages.button(self.page.url, _("View live"))
    else:
        button = messages.button(reverse("wagtailadmin_pages:view_draft", args=[self.page.pk]), _("Preview"))
    return button


def _page_in_order(self: BaseListingView, rows: Any, page_size: int) -> Any:
    """One page of a list of Wagtail's."""
    return _paginate(self, in_order(rows, self.ordering), page_size)


def _not_found(request: HttpRequest) -> HttpResponse:
    """In place of Wagtail's way home with a message, which tells that what was asked for is there."""
    raise Http404


# Wagtail has no hook that covers its explorer, search, chooser, reports and API at once; all of them ask the first of these.
PagePermissionPolicy.explorable_instances = _explorable_without_kept
PageBulkAction.get_all_objects_in_listing_query = _listed_without_kept
# The same for files: a hook of Wagtail's reaches its choosers, and none of the other views.
CollectionOwnershipPermissionPolicy.instances_user_has_any_permission_for = _files_without_kept
CollectionOwnershipPermissionPolicy.user_has_any_permission_for_instance = _may_if_known
ReferenceIndex.get_references_to = staticmethod(_uses_without_kept)
# Button, bulk action, schedule, clock, old version, workflow and API all end in this.
PublishPageRevisionAction.execute = _published_whole
RevisionsUnschedule.post = _unscheduled
BulkActionRegistry.get_bulk_actions_for_model = _offered_and_open
# Wagtail's hooks can add to these buttons, and take none away.
PageListingViewLiveButton.is_shown = _live_where_it_opens
CreateView.get_view_live_message_button = EditView.get_view_live_message_button = _live_or_preview
# The pages, their search, pictures and documents.
BaseListingView.paginate_queryset = _page_in_order
filters.popular_tags_for_model = chooser.popular_tags_for_model = _no_tags
auth.permission_denied = _not_found
page_chooser.can_choose_page = _only_where_it_leads
