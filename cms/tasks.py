"""What the clock does for the library."""

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Revision

from community.kit.clock import every
from community.kit.errors import Refused

HELD_BACK = "cms.held_back"  # in the history of an article, and with it on its author's Today


@every(seconds=10)
def keep_dates() -> None:
    """Publish what is due and take down what has expired. Running it again changes nothing.

    A version stays a draft that would show a file to more people than may read it elsewhere by now. Its author is told, and
    publishing it by hand says why.
    """
    for version in Revision.objects.filter(approved_go_live_at__lt=timezone.now()).order_by("approved_go_live_at"):
        try:
            version.publish(log_action="wagtail.publish.scheduled")
        except Refused:
            _hold_back(version)
    call_command("publish_scheduled")  # what has expired


@transaction.atomic
def _hold_back(version: Revision) -> None:
    version.approved_go_live_at = None
    version.save(update_fields=["approved_go_live_at"])
    log(version.content_object, HELD_BACK, revision=version)
