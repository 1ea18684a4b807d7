"""What this room gives to the rooms below it, and what it asks of Wagtail: one door for all lists of the editor."""

from typing import Any

from wagtail.permission_policies.pages import PagePermissionPolicy

from . import tasks  # noqa: F401  (registers the jobs of the clock)
from .audience import kept_from

_explorable = PagePermissionPolicy.explorable_instances


def _explorable_without_kept(self: PagePermissionPolicy, user: Any) -> Any:
    """The pages that the editor lists for `user`, without articles for groups that they may not know of."""
    return _explorable(self, user).exclude(pk__in=kept_from(user))


# Wagtail has no hook that covers its explorer, search, chooser, reports and API at once; all of them ask this.
PagePermissionPolicy.explorable_instances = _explorable_without_kept
