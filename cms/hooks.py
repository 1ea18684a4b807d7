"""What this room gives to the rooms below it, and what it asks of Wagtail: two doors for all lists of the editor."""

from typing import Any

from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.permission_policies.pages import PagePermissionPolicy

from . import tasks  # noqa: F401  (registers the jobs of the clock)
from .audience import kept_from

_explorable = PagePermissionPolicy.explorable_instances
_all_listed = PageBulkAction.get_all_objects_in_listing_query


def _explorable_without_kept(self: PagePermissionPolicy, user: Any) -> Any:
    """The pages that the editor lists for `user`, without articles for groups that they may not know of."""
    return _explorable(self, user).exclude(pk__in=kept_from(user))


def _listed_without_kept(self: PageBulkAction, parent_id: Any) -> list[int]:
    """The ids of the pages that a bulk action on "all" means, without those articles."""
    kept = kept_from(self.request.user)
    return [pk for pk in _all_listed(self, parent_id) if pk not in kept]


# Wagtail has no hook that covers its explorer, search, chooser, reports and API at once; all of them ask the first of these.
PagePermissionPolicy.explorable_instances = _explorable_without_kept
PageBulkAction.get_all_objects_in_listing_query = _listed_without_kept
