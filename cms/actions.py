"""Every write of this room that is not the editor's own."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from community.kit import audit
from community.kit.errors import Refusal, Refused
from community.members.models import User

from . import rules
from .admin.wagtail_internals import EditingSession, FormState, PageSubscription, UploadedFile, UserProfile
from .library.reviews import Review, edition_of
from .reading import draft_of
from .verbs import LibraryVerb


def review(*, actor: User, article: Page, edition: str, name: str, credential: str) -> Review:
    """Note that `actor` has reviewed the newest words of an article, which they read as `edition`. Again, it replaces what was noted.

    Raises Refused: forbidden, changed (an editor has saved other words meanwhile).
    """
    if not rules.may_review(actor, article):
        raise Refused(Refusal.FORBIDDEN, _("Only a reviewer can do that."))
    with transaction.atomic():
        newest = draft_of(Page.objects.select_for_update(no_key=True).get(pk=article.pk))
        if edition_of(newest) != edition:
            raise Refused(
                Refusal.CHANGED, _("The article changed while you were reading. Here is the current version; please read it again.")
            )
        words = {"reviewer": actor, "name": name, "credential": credential}
        made, _new = Review.objects.update_or_create(article=article, edition=edition, defaults=words)
        audit.record(actor=actor, verb=LibraryVerb.REVIEW, target=article.pk)
    return made


def withdraw(*, actor: User, article: Page) -> None:
    """Take back what `actor` noted on the newest words of an article. Raises Refused(Refusal.FORBIDDEN)."""
    if not rules.may_review(actor, article):
        raise Refused(Refusal.FORBIDDEN, _("Only a reviewer can do that."))
    with transaction.atomic():
        if Review.objects.filter(article=article, reviewer=actor, edition=edition_of(draft_of(article))).delete()[0]:
            audit.record(actor=actor, verb=LibraryVerb.WITHDRAW_REVIEW, target=article.pk)


def forget_begun(*, member: User) -> None:
    """Delete what somebody whose account is closed began in the editor and saved nowhere, and how they had set it up."""
    with transaction.atomic():
        for model in (EditingSession, FormState, PageSubscription, UserProfile):
            model.objects.filter(user=member).delete()
        for waiting in UploadedFile.objects.filter(uploaded_by_user=member):
            waiting.delete()
            transaction.on_commit(partial(waiting.file.storage.delete, waiting.file.name))
