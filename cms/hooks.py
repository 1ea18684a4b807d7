"""What this room gives to the rooms below it, and to Wagtail."""

from collections.abc import Iterator
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.kit import limits
from community.members.models import User
from community.members.roles import Right
from community.members.seams import closing
from community.notifications import waiting
from community.notifications.waiting import Row, Urgency
from groups.peers.models import PeerGroup

from . import actions, download, notifying, personal_data, reading, tasks  # noqa: F401  (these register what the library keeps of people, notifies of, and does)
from .admin import overrides  # noqa: F401  (puts ours in the place of Wagtail's)
from .media import deletion  # noqa: F401  (guards files that are in use)


@receiver(closing)
def delete_unsaved_work(member: User, **kwargs: Any) -> None:
    actions.delete_unsaved_work(member=member)


def _in_library(member: User) -> Iterator[Row]:
    """What is new there for who reads, and what is to do for who writes and reviews."""
    if member.may(Right.SET_UP) and (first := reading.first_article_url()):
        yield Row("edit", _("Write an article"), _("There is nothing in the library yet."), first, Urgency.FIRST_STEP)
    for missed in reading.missed_publications(member):
        about = _("It was due, and could not be published. Try publishing it yourself to see why.")
        yield Row("edit", missed.draft_title, about, reverse("wagtailadmin_pages:edit", args=[missed.pk]), Urgency.HAPPENED)
    if article := reading.newest_for(member, gently=_is_new(member)):
        yield Row("library", article.title, _("New in the library"), reverse("cms:article", args=[article.slug]), Urgency.NEW)
    if articles := reading.unreviewed(member):
        about = ngettext("%(count)d article is waiting for a review", "%(count)d articles are waiting for a review", articles)
        yield Row("check", _("Reviews"), about % {"count": articles}, reverse("cms:review_desk"), Urgency.ASKED)


def _is_new(member: User) -> bool:
    """Whether they are to meet nothing heavy first here: they came lately, or are in no group yet."""
    came_lately = member.joined_at > timezone.now() - limits.NEW_ARTICLE_PERIOD
    return not member.is_staff and (came_lately or not PeerGroup.objects.of(member).exists())


waiting.register(_in_library)
