"""What the clock does for the library."""

from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Revision

from community.kit.clock import every

from .files import refusals
from .models import ArticlePage


@every(seconds=10)
def keep_dates() -> None:
    """Publish what is due and take down what has expired. Running it again changes nothing.

    A version stays a draft that would show a file to more people than may read it elsewhere by now. Publishing it by hand says why.
    """
    for version in Revision.objects.filter(approved_go_live_at__lt=timezone.now()):
        article = version.as_object()
        if isinstance(article, ArticlePage) and refusals(None, article):
            version.approved_go_live_at = None
            version.save(update_fields=["approved_go_live_at"])
    call_command("publish_scheduled")
