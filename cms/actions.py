"""Every write of this room that is not Wagtail's own."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from community.kit import audit
from community.kit.errors import Refusal, Refused
from community.members.models import User
from community.notifications.actions import forget_about, notify

from . import rules
from .admin.wagtail_internals import EditingSession, FormState, PageSubscription, UploadedFile, UserProfile
from .library.reviews import Review, fingerprint_of
from .notifying import REVIEW
from .reading import draft_of
from .verbs import LibraryVerb


def review(*, actor: User, article: Page, fingerprint: str, name: str, credential: str) -> Review:
    """Note that `actor` has reviewed the newest words of an article, which they read when their fingerprint was `fingerprint`.

    A second review of the same words replaces the first.

    Raises Refused: forbidden, changed (an editor has saved other words meanwhile).
    """
    if not rules.may_review(actor, article):
        raise Refused(Refusal.FORBIDDEN, _("Only a reviewer can do that."))
    with transaction.atomic():
        newest = draft_of(Page.objects.select_for_update(no_key=True).get(pk=article.pk))
        if fingerprint_of(newest) != fingerprint:
            raise Refused(
                Refusal.CHANGED, _("The article changed while you were reading. Here is the current version; please read it again.")
            )
        words = {"reviewer": actor, "name": name, "credential": credential, "at": timezone.now()}
        made, _new = Review.objects.update_or_create(article=article, edition=fingerprint, defaults=words)
        audit.record(actor=actor, verb=LibraryVerb.REVIEW, target=article.pk)
        forget_about(article.pk, REVIEW.key)
    return made


def withdraw(*, actor: User, article: Page) -> None:
    """Take back what `actor` noted on the newest words of an article. Raises Refused: forbidden."""
    if not rules.may_review(actor, article):
        raise Refused(Refusal.FORBIDDEN, _("Only a reviewer can do that."))
    with transaction.atomic():
        if Review.objects.filter(article=article, reviewer=actor, edition=fingerprint_of(draft_of(article))).delete()[0]:
            audit.record(actor=actor, verb=LibraryVerb.WITHDRAW_REVIEW, target=article.pk)
            notify(REVIEW.key, article.pk, actor=actor)


def delete_unsaved_work(*, member: User) -> None:
    """Delete what `member`, whose account is being closed, left unsaved in the editor, and their settings of it."""
    with transaction.atomic():
        for model in (EditingSession, FormState, PageSubscription, UserProfile):
            model.objects.filter(user=member).delete()
        for waiting in UploadedFile.objects.filter(uploaded_by_user=member):
            waiting.delete()
            transaction.on_commit(partial(waiting.file.storage.delete, waiting.file.name))
