"""The views of the library. Each finds through `visible_to`; what the reader may not see answers like what does not exist."""

import mimetypes

from allauth.account.views import logout as sign_out
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from community.kit import limits
from community.kit.ids import as_id
from community.kit.web.public_views import public
from community.kit.web.streaming import in_pieces
from community.notifications.actions import mark_read

from .library.addresses import leading_somewhere
from .library.kinds import newest_first, open_to
from .library.reviews import with_reviews
from .models import LibraryDocument, LibraryPage, Picture
from .notifying import ARTICLE
from .readers.views import own_context
from .reading import PAGE_SIZE, list_page, topics_for
from .rules import is_file_public, may_edit, may_see_file
from .search.finding import find, shown

mimetypes.add_type("image/webp", ".webp")  # Python 3.11 does not know it


def not_visible(request: HttpRequest) -> HttpResponse:
    """Answer for what the reader may not see and for what does not exist: a guest signs in first, a member gets a 404."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.get_full_path())


def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address under one of our folders: 404. Guests are asked to sign in before."""
    raise Http404


@login_not_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """The articles that the reader may read, newest first; above them the topics, and those to start with."""
    page = list_page(newest_first(open_to(request.user)), request.GET.get("page"))
    context = {"library": LibraryPage.objects.first(), "topics": topics_for(request.user), "page": page}
    if page.number == 1:
        context["first"] = newest_first(open_to(request.user, start_here=True))[: limits.MAX_START_HERE]
    response = render(request, "cms/library.html", context)
    return response if request.user.is_authenticated else public(response)


@login_not_required
@require_safe
def topic(request: HttpRequest, topic: int) -> HttpResponse:
    """The articles about one topic that the reader may read, newest first."""
    topics = list(topics_for(request.user))
    current = next((each for each in topics if each.pk == topic), None)
    if current is None:
        return not_visible(request)
    page = list_page(newest_first(open_to(request.user, topics=current)), request.GET.get("page"))
    response = render(request, "cms/topic.html", {"topics": topics, "current": current, "page": page})
    return response if request.user.is_authenticated else public(response)


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the reader may read and `?q=` finds, the best first."""
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())[: limits.MAX_SEARCH_LENGTH]
    if not words:
        return redirect("cms:library")
    results = find(request.user, words)
    page = Paginator(results.entries, PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = with_reviews(shown(request.user, results, list(page.object_list)))
    return render(request, "cms/search.html", {"words": words, "page": page, "results": results})


@login_not_required
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article. Only a guest's copy of a public one may be cached and indexed."""
    shown = open_to(request.user, slug=slug).specific().first()
    if shown is None:
        return moved(slug) or not_visible(request)
    if request.user.is_authenticated:
        mark_read(request.user, ARTICLE.key, about=shown.pk)
    response: HttpResponse = shown.serve(request)
    if request.user.is_authenticated:
        response.context_data |= own_context(request.user, shown)  # type: ignore[attr-defined]
        return response
    return public(response) if shown.is_public else response


def moved(slug: str) -> HttpResponse | None:
    """Lead from an earlier address of what is public to its own. Browsers ask each time, since one that is narrowed leaves nothing."""
    address = leading_somewhere().filter(slug=slug).select_related("entry").first()
    return public(redirect("cms:article", address.entry.slug, permanent=True)) if address else None


@login_not_required
@require_safe
def picture(request: HttpRequest, key: str, size: str) -> HttpResponseBase:
    """A picture in one size, for those who may read an article that shows it, and for editors. Never the original.

    One that guests may see is the same for everybody: a member's browser may cache it for an hour, but not what stands in for a size
    that is not drawn yet.
    """
    image = Picture.objects.filter(key=as_id(key)).first()
    shown = image.size_called(size) if image and may_see_file(request.user, image) else None
    if image is None or shown is None:
        return not_visible(request)
    kind = mimetypes.guess_type(shown.file.name)[0] or "application/octet-stream"
    is_public = is_file_public(image)
    may_cache = is_public and shown.name == size
    headers = {"Content-Disposition": "inline", "Cache-Control": "private, max-age=3600" if may_cache else "private, no-store"}
    return file_response(request, shown.file, kind, headers, mark=image.file_hash, is_for_everyone=is_public)


@login_not_required
@require_safe
def document(request: HttpRequest, key: str) -> HttpResponseBase:
    """A document as a download, for those who may read an article that offers it, and for editors. Never cached."""
    file = LibraryDocument.objects.filter(key=as_id(key)).first()
    if file is None or not may_see_file(request.user, file):
        return not_visible(request)
    headers = {"Content-Disposition": f'attachment; filename="{file.neutral_name}"', "Cache-Control": "private, no-store"}
    return file_response(request, file.file, file.content_type, headers, mark=file.file_hash)


def file_response(
    request: HttpRequest, file: FieldFile, kind: str, headers: dict[str, str], *, mark: str = "", is_for_everyone: bool = False
) -> HttpResponseBase:
    """Answer with `file` of the type `kind`, which the browser must not sniff and in which no script may run.

    `headers` are added, and `mark` tells versions of the file apart. The file's own name stays out of the answer.

    A file for everyone may be cached as `headers` say by members too; nothing else that they get is ever cached.
    """
    try:
        response = in_pieces(request, file, kind, mark=mark)
    except FileNotFoundError:  # deleted from the disk or the bucket
        return not_visible(request)
    for name, value in headers.items():
        response[name] = value
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response.is_for_everyone = is_for_everyone  # type: ignore[attr-defined]
    return response


def require_editor(request: HttpRequest) -> None:
    """404 unless the user may use the Wagtail admin. Guests are asked to sign in before."""
    if not may_edit(request.user):
        raise Http404


def editor_sign_in(request: HttpRequest) -> HttpResponse:
    """Replaces Wagtail's sign-in, which knows passwords alone: guests were sent to allauth's."""
    require_editor(request)
    return redirect("wagtailadmin_home")


def editor_sign_out(request: HttpRequest) -> HttpResponse:
    """Replaces Wagtail's: signing out clears more than the session."""
    require_editor(request)
    response: HttpResponse = sign_out(request)
    return response


def editor_account(request: HttpRequest) -> HttpResponse:
    """Replaces Wagtail's: name, address and password are changed in the settings."""
    require_editor(request)
    return redirect("members:settings")
