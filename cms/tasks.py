"""The periodic jobs of the library."""

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from community.kit.errors import Refused
from community.kit.schedule import periodic

from .admin.publishing import locked

MISSED_PUBLICATION = "cms.held_back"  # stored in the history of an article, from which its author's Today reads it


@periodic(seconds=10)
def keep_dates() -> None:
    """Publish what is due and take down what has expired. Idempotent.

    A version that cannot be published any more stays a draft: one of its files has got fewer readers, or something is missing. Its
    author is told, and publishing it by hand says why.
    """
    for page in expired().values_list("pk", flat=True):
        with locked([page]):
            for still in expired().filter(pk=page):
                still.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    for version, page in due().values_list("pk", "object_id"):
        with locked([page]):
            for still_due in due().filter(pk=version):
                _publish(still_due)


def expired() -> QuerySet[Page]:
    """The pages that are live past their time."""
    pages: QuerySet[Page] = Page.objects.filter(live=True, expire_at__lt=timezone.now()).order_by("expire_at")
    return pages


def due() -> QuerySet[Revision]:
    """The versions that are due for publication."""
    return Revision.objects.filter(approved_go_live_at__lt=timezone.now()).order_by("approved_go_live_at")


def _publish(version: Revision) -> None:
    try:
        version.publish(log_action="wagtail.publish.scheduled")
    except Refused:
        version.approved_go_live_at = None
        version.save(update_fields=["approved_go_live_at"])
        log(version.content_object, MISSED_PUBLICATION, revision=version)
