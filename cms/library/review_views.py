"""The reviewers' pages: the articles to review, and the newest version of one with a form beside it and below."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from wagtail.fields import StreamField

from community.kit.errors import Refused
from community.members.access import current_member, for_right
from community.members.models import User
from community.members.roles import Right
from community.notifications.actions import mark_read

from .. import actions
from ..admin.wagtail_internals import StreamBlockComparison
from ..notifying import REVIEW
from ..reading import draft_of, own_reviews, review_queue, review_states, reviewable, unreviewed
from .entries import Entry
from .review_forms import NOTE, ReviewForm
from .review_requests import last_answer, last_read_version
from .reviews import canonical, content_fields, fingerprint_of

PAGE_SIZE = 20


@for_right(Right.REVIEW)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Every article that the reviewer may know of: first those that somebody asks about, then others that nobody has reviewed."""
    reviewer = current_member(request)
    page = Paginator(review_queue(reviewer), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "cms/review_desk.html", {"page": page, "states": review_states(page), "waiting": unreviewed(reviewer)})


@for_right(Right.REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def article(request: HttpRequest, article: int) -> HttpResponse:
    """The newest words of one article, published or not, and the reviewer's form."""
    reviewer = current_member(request)
    page = get_object_or_404(reviewable(reviewer), pk=article)
    if request.method == "POST" and "withdraw" in request.POST:
        actions.withdraw(actor=reviewer, article=page)
        messages.success(request, _("Taken back. The article says that it hasn't been reviewed."))
        return redirect("cms:review_desk")
    draft = draft_of(page)
    fingerprint = fingerprint_of(draft)
    sends_back = "send_back" in request.POST
    initial = {"fingerprint": fingerprint, "name": reviewer.name}
    form = ReviewForm(request.POST or None, parts=draft.body, sends_back=sends_back, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            (actions.send_back if sends_back else actions.review)(actor=reviewer, article=page, **form.cleaned_data)
        except Refused as refusal:
            form.show_again(fingerprint, refusal.sentence)
        else:
            messages.success(request, _answered(sends_back))
            return redirect("cms:review_desk")
    mark_read(reviewer, REVIEW.key, about=page.pk)
    return render(request, "cms/review.html", draft.get_context(request) | _beside(request, reviewer, draft, form))


def _answered(sends_back: bool) -> str:
    if sends_back:
        return _("Sent back. Whoever wrote it is told, and finds your notes in the editor.")
    return _("Noted. The article names you as its reviewer for as long as its words don't change.")


def _beside(request: HttpRequest, reviewer: User, draft: Entry, form: ReviewForm) -> dict[str, Any]:
    """What a reviewer's page has beside the article: who asks, what was noted last, and what changed since it was read last."""
    answer = last_answer(draft)
    noted = {note.part: note for note in answer.notes.all()} if answer else {}
    for part in draft.body:
        part.note, part.noted = form[NOTE + part.id], noted.get(part.id)
    return {
        "form": form,
        "asked": draft.current_workflow_state,
        "answer": answer,
        "changes": _changes(request, draft),
        "may_take_back": own_reviews(reviewer, draft).exists(),
    }


def _changes(request: HttpRequest, draft: Entry) -> list[tuple[str, list[tuple[str, str]]]]:
    """What Wagtail finds changed in each field of an entry's words since a reviewer read it last: (what, HTML) for each part."""
    version = last_read_version(draft)
    before = version.as_object() if version else draft
    if fingerprint_of(before) == fingerprint_of(draft):
        return []
    words = {"title", "summary", "content_note", *(field.name for field in content_fields(draft))}
    form = draft.get_edit_handler().get_bound_panel(instance=draft, request=request, form=None)
    compared = [compare(before, draft) for compare in form.get_comparison()]
    changed = [field for field in compared if field.field.name in words and field.has_changed()]
    return [(field.field_label(), list(_changed_parts(field))) for field in changed]


def _changed_parts(field: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(field.field, StreamField):
        yield "", field.htmldiff()
        return
    for part in StreamBlockComparison(field.field.stream_block, True, True, field.val_a, field.val_b).get_block_comparisons():
        if part.is_new():
            yield _("New"), part.htmlvalue(part.val_b)
        elif part.is_deleted():
            yield _("Taken out"), part.htmlvalue(part.val_a)
        elif _contents(part.block, part.val_a) != _contents(part.block, part.val_b):  # lists are never equal to Wagtail
            yield _("Changed"), part.htmldiff()


def _contents(block: Any, value: Any) -> Any:
    return canonical(block.get_prep_value(value))
