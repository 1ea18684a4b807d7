"""The reviewers' pages: the articles to review, and the newest version of one with a form below."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from community.kit.errors import Refused
from community.members.access import current_member, for_right
from community.members.roles import Right
from community.notifications.actions import mark_read

from .. import actions
from ..notifying import REVIEW
from ..reading import draft_of, review_states, reviewable
from .review_forms import ReviewForm
from .reviews import fingerprint_of


@for_right(Right.REVIEW)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Every article that the reviewer may know of, first those whose newest words nobody has reviewed."""
    states = review_states(current_member(request))
    return render(request, "cms/review_desk.html", {"states": states, "waiting": sum(state.review is None for state in states)})


@for_right(Right.REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def article(request: HttpRequest, article: int) -> HttpResponse:
    """The newest words of one article, published or not, and the reviewer's form."""
    page = get_object_or_404(reviewable(current_member(request)), pk=article)
    draft = draft_of(page)
    fingerprint = fingerprint_of(draft)
    if request.method == "POST" and "withdraw" in request.POST:
        actions.withdraw(actor=current_member(request), article=page)
        messages.success(request, _("Taken back. The article says that it hasn't been reviewed."))
        return redirect("cms:review_desk")
    form = ReviewForm(request.POST or None, initial={"fingerprint": fingerprint, "name": current_member(request).name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.review(actor=current_member(request), article=page, **form.cleaned_data)
        except Refused as refusal:
            form.show_again(fingerprint, refusal.sentence)
        else:
            messages.success(request, _("Noted. The article names you as its reviewer for as long as its words don't change."))
            return redirect("cms:review_desk")
    mark_read(current_member(request), REVIEW.key, about=page.pk)
    return render(request, "cms/review.html", draft.get_context(request) | {"form": form, "is_review": True})
