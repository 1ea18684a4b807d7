"""What a member does with an article that they may read. One that they may not read answers like one that does not exist."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.kit.errors import Refused
from community.kit.ids import as_id
from community.members.access import current_member
from community.members.models import User
from groups.chat.reading import channels_of

from ..library.kinds import newest_saved, open_to
from ..reading import list_page
from . import actions, sharing
from .forms import RatingForm
from .models import Rating, SavedArticle


def own_context(member: User, article: Any, form: RatingForm | None = None) -> dict[str, Any]:
    """What the page of an article says to `member` alone."""
    rating = Rating.objects.filter(article=article, member=member).first()
    return {
        "rating": rating,
        "rating_form": form or RatingForm(initial={"words": rating.words} if rating else None),
        "is_saved": SavedArticle.objects.filter(article=article, member=member).exists(),
    }


def readable(request: HttpRequest, slug: str) -> Any:
    """The article at `slug`. Raises Http404."""
    return get_object_or_404(open_to(current_member(request)), slug=slug)


@require_POST
def rate(request: HttpRequest, slug: str) -> HttpResponse:
    """Note whether an article helped, or take that back."""
    article, member = readable(request, slug), current_member(request)
    if "back" in request.POST:
        actions.take_rating_back(member=member, article=article)
        messages.success(request, _("Taken back."))
        return redirect(f"{reverse('cms:article', args=[slug])}#helpful")
    form = RatingForm(request.POST)
    if not form.is_valid():
        page: HttpResponse = article.specific.serve(request)
        page.context_data |= own_context(member, article, form)  # type: ignore[attr-defined]
        page.status_code = 422
        return page
    actions.rate(member=member, article=article, **form.cleaned_data)
    messages.success(request, _("Thank you. You can change your answer at any time."))
    return redirect(f"{reverse('cms:article', args=[slug])}#helpful")


@require_POST
def later(request: HttpRequest, slug: str) -> HttpResponse:
    """Put an article on the member's list, or take it off."""
    article, member = readable(request, slug), current_member(request)
    if request.POST.get("saved") == "no":
        actions.unsave(member=member, article=article)
        messages.success(request, _("It's no longer on your list."))
    else:
        actions.save(member=member, article=article)
        messages.success(request, _("It's on your list. You find the list in the library, and under Me."))
    return redirect("cms:article", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose one of one's own conversations; its box then holds a link to the article, unless something was begun there."""
    article, member = readable(request, slug), current_member(request)
    if request.method != "POST":
        return render(request, "cms/share.html", {"article": article.specific, "channels": channels_of(member)})
    channel = as_id(request.POST.get("channel"))
    if channel is None:
        raise Http404
    try:
        is_in_box = sharing.begin(member=member, channel=channel, slug=slug)
    except Refused:
        raise Http404 from None
    if not is_in_box:
        sentence = _("You had begun a message here, so nothing was added to it. This is the article's address: %(address)s")
        messages.info(request, sentence % {"address": sharing.address_of(slug)})
    return redirect(f"{reverse('chat:conversation', args=[channel])}#box")


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """What the member wants to read later, as far as they may read it now, the last saved first."""
    member = current_member(request)
    articles = newest_saved(open_to(member), SavedArticle.objects.filter(member=member))
    return render(request, "cms/saved.html", {"page": list_page(articles, request.GET.get("page"))})
