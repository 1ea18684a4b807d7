"""Every write of this room that is not Wagtail's own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, WorkflowState

from community.kit import audit, limits
from community.kit.errors import Refusal, Refused
from community.members.models import User
from community.notifications.actions import forget_about, notify

from . import rules
from .admin.publishing import locked
from .admin.wagtail_internals import EditingSession, FormState, PageSubscription, UploadedFile, UserProfile
from .library.review_requests import reviewed_version
from .library.reviews import changed_words, fingerprint_of
from .models import Entry, Review, ReviewNote
from .notifying import REVIEW, REVIEW_ANSWER
from .reading import draft_of, own_reviews
from .verbs import LibraryVerb

SMALL_CORRECTION = "cms.small_correction"  # stored in the history of an article


def review(
    *, actor: User, article: Page, fingerprint: str, name: str, credential: str, comment: str = "", notes: Mapping[str, str] | None = None
) -> Review:
    """Note that `actor` has reviewed the newest words of an article, which they read when their fingerprint was `fingerprint`.

    This answers whoever asked for it; a comment and notes (each by the id of the part that it is about) go with it, also where nobody
    asked. A second review of the same words replaces the first.

    Raises Refused: forbidden, changed (an editor has saved other words meanwhile).
    """
    with _newest_version(actor, article, fingerprint) as newest:
        words = {"reviewer": actor, "name": name, "credential": credential, "at": timezone.now(), "corrected_at": None}
        made, _new = Review.objects.update_or_create(article=article, edition=fingerprint, defaults=words)
        if newest.current_workflow_state or comment or notes:
            _answer(actor, newest, "approve", comment, notes or {})
        audit.record(actor=actor, verb=LibraryVerb.REVIEW, target=article.pk)
        forget_about(article.pk, REVIEW.key)
    return made


def send_back(*, actor: User, article: Page, fingerprint: str, comment: str, notes: Mapping[str, str]) -> None:
    """Tell whoever wrote the newest words of an article what should change, in a comment and in notes beside parts of it.

    Also where nobody asked: a reviewer may find something wrong in what is published.

    Raises Refused: forbidden, changed (an editor has saved other words meanwhile, or somebody has reviewed these).
    """
    with _newest_version(actor, article, fingerprint) as newest:
        if newest.review:
            raise Refused(Refusal.CHANGED, _("Somebody has reviewed these words meanwhile. Here is what they noted."))
        _answer(actor, newest, "reject", comment, notes)
        audit.record(actor=actor, verb=LibraryVerb.SEND_BACK, target=article.pk)
        forget_about(article.pk, REVIEW.key)


def correct(*, actor: User, article: Entry) -> None:
    """Keep the review of an article whose newest words `article` differ from the reviewed ones by a small correction only.

    All corrections since a reviewer read it count together. It is noted, and reviewers see what was corrected.

    Raises Refused: not_whole (nobody has reviewed it, or more than a little changed).
    """
    with transaction.atomic():
        review = article.reviews.filter(corrected_at=None).first()
        version = reviewed_version(article, review) if review else None
        if review is None or version is None:
            raise Refused(Refusal.NOT_WHOLE, _("Nobody has reviewed this yet, so there is no review to keep. Nothing was published."))
        if changed_words(version.as_object(), article) > limits.MAX_CORRECTED_WORDS:
            raise Refused(
                Refusal.NOT_WHOLE,
                _("That's more than a small correction of what was reviewed. Ask for a review, or publish it without keeping the old one."),
            )
        words = {"reviewer": review.reviewer, "name": review.name, "credential": review.credential, "at": review.at}
        _kept, is_new = Review.objects.get_or_create(
            article_id=article.pk, edition=fingerprint_of(article), defaults=words | {"corrected_at": timezone.now()}
        )
        if is_new:
            audit.record(actor=actor, verb=LibraryVerb.CORRECT, target=article.pk)
            log(article, SMALL_CORRECTION, user=actor, revision=article.get_latest_revision())


@contextmanager
def _newest_version(actor: User, article: Page, fingerprint: str | None = None) -> Iterator[Entry]:
    """The newest version of an article, which nobody writes until this is done.

    Raises Refused: forbidden, changed (it has other words than those with `fingerprint`, where that is given).
    """
    if not rules.may_review(actor, article):
        raise Refused(Refusal.FORBIDDEN, _("Only a reviewer can do that."))
    with locked([article.pk]):
        newest = draft_of(Page.objects.get(pk=article.pk))
        if fingerprint not in (None, fingerprint_of(newest)):
            raise Refused(
                Refusal.CHANGED, _("The article changed while you were reading. Here is the current version; please read it again.")
            )
        yield newest


def _answer(actor: User, article: Entry, answer: str, comment: str, notes: Mapping[str, str]) -> None:
    """Answer the request about an article, `approve` or `reject`, and have whoever wrote it told. Where nobody asks, a request is made."""
    request = article.current_workflow_state or article.get_workflow().start(article, actor)
    if request.status == WorkflowState.STATUS_NEEDS_CHANGES:
        request.resume(user=actor)
    state = request.current_task_state
    state.task.specific.on_action(state, actor, answer, comment=comment)
    parts = {part.id for part in article.body}
    ReviewNote.objects.bulk_create(
        ReviewNote(answer_id=state.pk, part=part, text=text) for part, text in notes.items() if text and part in parts
    )
    notify(REVIEW_ANSWER.key, article.pk, actor=actor)


def withdraw(*, actor: User, article: Page) -> None:
    """Take back what `actor` noted on the published or the newest words of an article. Raises Refused: forbidden."""
    with _newest_version(actor, article) as newest:
        if taken_back := list(own_reviews(actor, newest)):
            # With what small corrections made of it: none may bring it back.
            Review.objects.filter(article=article, reviewer=actor, at__in=[review.at for review in taken_back]).delete()
            audit.record(actor=actor, verb=LibraryVerb.WITHDRAW_REVIEW, target=article.pk)
            forget_about(article.pk, REVIEW_ANSWER.key)
            notify(REVIEW.key, article.pk, actor=actor)


def delete_unsaved_work(*, member: User) -> None:
    """Delete what `member`, whose account is being closed, left unsaved in the editor, and their settings of it."""
    with transaction.atomic():
        for model in (EditingSession, FormState, PageSubscription, UserProfile):
            model.objects.filter(user=member).delete()
        for waiting in UploadedFile.objects.filter(uploaded_by_user=member):
            waiting.delete()
            transaction.on_commit(partial(waiting.file.storage.delete, waiting.file.name))
