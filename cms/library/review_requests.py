"""Requests for a review. Wagtail's workflow keeps their state; what a reviewer noted beside the parts of an article is ours.

An article that waits for its reviewer is locked: what is read stays what was asked about. An approval publishes nothing.
"""

from django.db import models
from django.db.models import F, IntegerField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page, Revision, Task, TaskState, WorkflowState

from community.kit import limits
from community.members.models import User

from ..admin.wagtail_internals import WorkflowLock
from .reviews import Review


class RequestLock(WorkflowLock):
    """Says in the editor why nobody can change an article that waits for its reviewer."""

    def get_message(self, user: User) -> str:
        return _("This is waiting for a review, so nobody can change it. To keep writing, take the request back.")

    def get_locked_by(self, user: User, can_lock: bool = False) -> str:
        return _("Waiting for a review")

    def get_description(self, user: User, can_lock: bool = False) -> str:
        return _("Nobody can change it until the reviewer answers or the request is taken back.")


class ClinicianReview(Task):
    """The one step of our workflow. Reviewers answer on pages of their own and never get into the editor."""

    lock_class = RequestLock

    class Meta:
        verbose_name = gettext_lazy("clinician's review")

    def locked_for_user(self, obj: Page, user: User) -> bool:
        return True


class ReviewNote(models.Model):
    """What a reviewer noted beside one part of an article, with their answer to a request."""

    answer = models.ForeignKey(TaskState, on_delete=models.CASCADE, related_name="notes")
    part = models.CharField(max_length=36)  # the id of a block of the body
    text = models.CharField(max_length=limits.MAX_REVIEW_NOTE_LENGTH)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "part"], name="one_review_note_a_part")]

    def __str__(self) -> str:
        return self.text


def last_answer(article: Page) -> TaskState | None:
    """What a reviewer answered last about an article, with their notes."""
    answers = TaskState.objects.for_instance(article).filter(status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED])
    found = answers.select_related("finished_by", "revision").prefetch_related("notes")
    answer: TaskState | None = found.order_by("-finished_at", "-pk").first()
    return answer


def sent_back() -> models.QuerySet[TaskState]:
    """The last answers about articles that were sent back and of which nobody has asked again, each with the id of its `article`."""
    held = TaskState.objects.filter(workflow_state__status=WorkflowState.STATUS_NEEDS_CHANGES, workflow_state__current_task_state=F("pk"))
    return held.annotate(article=Cast("workflow_state__object_id", IntegerField()))


def was_read(version: Revision) -> bool:
    """Whether a reviewer was asked about `version` of an article or has reviewed it: what they read stays as they read it."""
    reviews = Review.objects.filter(article=version.object_id, edition=version.content.get("edition", ""))
    return TaskState.objects.filter(revision=version).exists() or reviews.exists()


def last_read_version(article: Page) -> Revision | None:
    """The version that a reviewer read last: one that they reviewed or sent back."""
    review = article.reviews.filter(corrected_at=None).first()
    answer = last_answer(article)
    if answer and not (review and review.at > answer.finished_at):
        version: Revision = answer.revision
        return version
    return reviewed_version(article, review) if review else None


def reviewed_version(article: Page, review: Review) -> Revision | None:
    """The version of an article that a review is of; None where an earlier release has let it be written over."""
    version: Revision | None = article.revisions.filter(content__edition=review.edition).order_by("-created_at", "-pk").first()
    return version
