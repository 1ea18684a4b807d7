"""What this room gives to the rooms below it, and to Wagtail."""

from collections.abc import Iterator
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, Revision, get_page_models

from community.kit import generation, limits
from community.members.models import User
from community.members.roles import Right
from community.members.seams import YOURS, LinkRow, closing
from community.notifications import waiting
from community.notifications.waiting import Row, Urgency
from groups.chat.links import TITLES
from groups.peers.models import PeerGroup

from . import actions, download, home_panels, notifying, personal_data, reading, tasks  # noqa: F401  (these register what the library keeps of people, notifies of, and does)
from .admin import overrides  # noqa: F401  (puts ours in the place of Wagtail's)
from .library.audience import forget_unnamed
from .media import deletion  # noqa: F401  (guards files that are in use)
from .models import LibraryDocument, Picture, Rendition, Review, Topic
from .readers import actions as readers
from .readers import sharing

generation.changes_with(Review, Topic)
generation.changes_with(Picture, LibraryDocument, Rendition, once_committed=True)  # whoever publishes what shows them locks them


def _begin_generation(instance: Page, update_fields: Any = None, **kwargs: Any) -> None:
    """What guests see changes with the whole row of a page that is or was live: drafts write a part of it, or were never live."""
    if update_fields is None and (instance.live or instance.first_published_at):
        generation.changed()


for page_model in get_page_models():
    post_save.connect(_begin_generation, sender=page_model)
    post_delete.connect(generation.changed, sender=page_model)


@receiver(closing)
def delete_what_is_theirs(member: User, **kwargs: Any) -> None:
    actions.delete_unsaved_work(member=member)
    readers.forget(member=member)


def _saved_row() -> LinkRow:
    return LinkRow(_("Read later"), _("The articles that you put on your list."), reverse("cms:saved"))


YOURS.append(_saved_row)
TITLES.append(sharing.titles)


@receiver(post_delete, sender=Revision)
def _forget_named_groups(instance: Revision, origin: Any, **kwargs: Any) -> None:
    """Of a page that is deleted with its versions, nothing is left to note; of a version that names no group, nothing changes."""
    if getattr(origin, "model", type(origin)) is Revision and instance.content.get("groups"):
        forget_unnamed(int(instance.object_id))


def _in_library(member: User) -> Iterator[Row]:
    """What is new there for who reads, and what is to do for who writes and reviews."""
    if member.may(Right.SET_UP) and (first := reading.first_article_url()):
        yield Row("edit", _("Write an article"), _("There is nothing in the library yet."), first, Urgency.FIRST_STEP)
    for missed in reading.missed_publications(member):
        about = _("It was due, and could not be published. Try publishing it yourself to see why.")
        yield Row("edit", missed.draft_title, about, reverse("wagtailadmin_pages:edit", args=[missed.pk]), Urgency.HAPPENED)
    if article := reading.newest_for(member, gently=_is_new(member)):
        yield Row("library", article.title, _("New in the library"), reverse("cms:article", args=[article.slug]), Urgency.NEW)
    if articles := reading.sent_back_to(member):
        about = ngettext("A reviewer sent %(count)d article back to you", "A reviewer sent %(count)d articles back to you", articles)
        yield Row("edit", _("Library editor"), about % {"count": articles}, reverse("wagtailadmin_home"), Urgency.ASKED)
    if about := _to_review(**reading.waiting_reviews(member)):
        yield Row("check", _("Reviews"), about, reverse("cms:review_desk"), Urgency.ASKED)


def _to_review(waiting: int, asked: int) -> str:
    """What there is to review, in a few words: what somebody asks for alone, where somebody does."""
    if asked:
        return ngettext("You're asked to review %(count)d article", "You're asked to review %(count)d articles", asked) % {"count": asked}
    about = ngettext("%(count)d article is waiting for a review", "%(count)d articles are waiting for a review", waiting)
    return about % {"count": waiting} if waiting else ""


def _is_new(member: User) -> bool:
    """Whether they are to meet nothing heavy first here: they came lately, or are in no group yet."""
    came_lately = member.joined_at > timezone.now() - limits.NEW_ARTICLE_PERIOD
    return not member.is_staff and (came_lately or not PeerGroup.objects.of(member).exists())


waiting.register(_in_library)
