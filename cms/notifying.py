"""What the library notifies of: a new article, one to review, a reviewer's answer, and one that could not be published on time."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page, PageLogEntry, Revision, TaskState
from wagtail.signals import page_published, task_submitted

from community.members.models import User
from community.members.roles import Right
from community.notifications import kinds as notifications
from community.notifications.actions import forget_about, notify
from community.notifications.kinds import NotificationKind, Pair, Shown, Transport
from groups.peers.models import Membership

from .library.audience import Audience
from .library.kinds import kinds, named_groups
from .models import ClinicianReview, Entry
from .reading import answered_for, missed_by, to_review_by
from .tasks import MISSED_PUBLICATION

# --------------------------------------------------------------- a new article


def _live(ids: Iterable[str]) -> dict[str, Entry]:
    found = (entry for kind in kinds() for entry in kind.objects.current().filter(pk__in=set(ids)).defer_streamfields())
    return {str(entry.pk): entry for entry in found}


def _readers(about: str, actor: UUID | None) -> Iterable[UUID]:
    article = _live([about]).get(about)
    if article is None:
        return []
    if article.audience != Audience.GROUPS:
        return User.objects.active().values_list("pk", flat=True)
    groups = [group for _article, group, _name in named_groups(pk=article.pk)]
    return Membership.objects.current().filter(group__in=groups).values_list("member", flat=True)


def _shown_articles(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
    articles = _live(about for _member, about in pairs)
    groups: dict[str, set[Any]] = defaultdict(set)
    for article, group, _name in named_groups(pk__in=[each.pk for each in articles.values() if each.audience == Audience.GROUPS]):
        groups[str(article)].add(group)
    here = Membership.objects.current().filter(member__in={member for member, _about in pairs}, group__in=set().union(*groups.values()))
    own: dict[UUID, set[Any]] = defaultdict(set)
    for member, joined in here.values_list("member", "group"):
        own[member].add(joined)
    shown = {about: _new(article) for about, article in articles.items()}
    return {
        (member, about): shown[about]
        for member, about in pairs
        if about in articles and (articles[about].audience != Audience.GROUPS or groups[about] & own[member])
    }


def _new(article: Entry) -> Shown:
    return Shown(article.title, _("New in the library"), reverse("cms:article", args=[article.slug]), "library")


@receiver(page_published)
def _note_publication(instance: Page, revision: Revision, **kwargs: Any) -> None:
    """Readers hear of an article once, when it is published first; reviewers each time, as long as nobody has reviewed these words."""
    if isinstance(instance, Entry):
        if instance.first_published_at == instance.last_published_at:
            notify(ARTICLE.key, instance.pk, actor=revision.user)
        notify(REVIEW.key, instance.pk, actor=revision.user)


# --------------------------------------- to those who work on articles, who are few


Found = Callable[[Sequence[User], Collection[str]], Mapping[Pair, Any]]


def _staff(**filters: Any) -> list[User]:
    return list(User.objects.filter(**filters).prefetch_related("groups"))


def _for_staff(find: Found, shown: Callable[[Any], Shown]) -> Callable[[Collection[Pair]], Mapping[Pair, Shown]]:
    """Return what shows the pairs of a kind whose articles `find` finds for editors or reviewers."""

    def shown_to(pairs: Collection[Pair]) -> Mapping[Pair, Shown]:
        found = find(_staff(pk__in={member for member, _about in pairs}), {about for _member, about in pairs})
        return {pair: shown(found[pair]) for pair in pairs if pair in found}

    return shown_to


def _reviewers(about: str, actor: UUID | None) -> Iterable[UUID]:
    return [person for person, _article in to_review_by(_staff(pk__in=User.objects.who_may(Right.REVIEW)), [about])]


def _to_review(article: Page) -> Shown:
    return Shown(article.draft_title, _("It's waiting for a review"), reverse("cms:review", args=[article.pk]), "check")


@receiver(task_submitted)
def _note_request(instance: TaskState, user: User, **kwargs: Any) -> None:
    """Reviewers hear of an article when somebody asks for its review, also once more."""
    if isinstance(instance.task.specific, ClinicianReview):
        notify(REVIEW.key, instance.workflow_state.object_id, actor=user)


def _asked(about: str, actor: UUID | None) -> Iterable[UUID]:
    """Who saved the version that a reviewer answered."""
    savers = TaskState.objects.filter(workflow_state__object_id=about).values("revision__user")
    return [person for person, _article in answered_for(_staff(pk__in=savers), [about])]


def _answer(answered: tuple[Page, TaskState]) -> Shown:
    article, answer = answered
    if answer.status == TaskState.STATUS_APPROVED:
        about = _("It was reviewed. You can publish it.") if article.has_unpublished_changes else _("It was reviewed.")
    else:
        about = _("It came back from its review, with notes.")
    return Shown(article.draft_title, about, reverse("wagtailadmin_pages:edit", args=[article.pk]), "edit")


def _author(about: str, actor: UUID | None) -> Iterable[UUID]:
    """Who saved the version that was due."""
    missed = PageLogEntry.objects.filter(page=about, action=MISSED_PUBLICATION).exclude(revision__user=None).order_by("-timestamp")
    return missed.values_list("revision__user", flat=True)[:1]


def _missed(article: Page) -> Shown:
    about = _("It was due, and could not be published. Try publishing it yourself to see why.")
    return Shown(article.draft_title, about, reverse("wagtailadmin_pages:edit", args=[article.pk]), "edit")


@receiver(post_save, sender=PageLogEntry)
def _note_missed(instance: PageLogEntry, **kwargs: Any) -> None:
    if instance.action == MISSED_PUBLICATION:
        notify(MISSED.key, instance.page_id)


ARTICLE = NotificationKind(
    "article", gettext_lazy("a new article in the library"), _shown_articles, _readers, leaves_by=frozenset({Transport.EMAIL})
)
REVIEW = NotificationKind(
    "review",
    gettext_lazy("an article waits for a review"),
    _for_staff(to_review_by, _to_review),
    _reviewers,
    leaves_by=frozenset({Transport.EMAIL}),
    may=lambda member: member.may(Right.REVIEW),
)
REVIEW_ANSWER = NotificationKind(
    "review_answer",
    gettext_lazy("a reviewer answered about an article of yours"),
    _for_staff(answered_for, _answer),
    _asked,
    leaves_by=frozenset({Transport.EMAIL}),
    may=lambda member: member.may(Right.WRITE),
)
MISSED = NotificationKind(
    "missed_publication",
    gettext_lazy("an article of yours could not be published on time"),
    _for_staff(missed_by, _missed),
    _author,
    may=lambda member: member.may(Right.WRITE),
)
for kind in (ARTICLE, REVIEW, REVIEW_ANSWER, MISSED):
    notifications.register(kind)


@receiver(post_delete, sender=Page)
def _forget(instance: Page, **kwargs: Any) -> None:
    forget_about(instance.pk, ARTICLE.key, REVIEW.key, REVIEW_ANSWER.key, MISSED.key)
