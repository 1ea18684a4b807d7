"""The doors of the library. Each finds through `visible_to`; what the asker may not see answers like what does not exist."""

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
from community.kit.web.streaming import in_pieces

from .library.kinds import newest_first, open_to
from .models import LibraryDocument, LibraryPage, Rendition
from .reading import found
from .rules import is_file_public, may_edit, may_see_file

PAGE_SIZE = 20
mimetypes.add_type("image/webp", ".webp")  # Python 3.11 does not know it


def unseen(request: HttpRequest) -> HttpResponse:
    """Answer for what the asker may not see and for what does not exist: a guest signs in first, a member finds nothing."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.get_full_path())


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address under one of our folders. Guests do not get here: they sign in first."""
    raise Http404


@login_not_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """The articles that the asker may read, newest first."""
    articles = newest_first(open_to(request.user))
    page = Paginator(articles, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "cms/library.html", {"library": LibraryPage.objects.first(), "page": page})


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The articles that the asker may read and that hold the words of `?q=`."""
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())[: limits.MAX_SEARCH_LENGTH]
    if not words:
        return redirect("cms:library")
    page = Paginator(found(request.user, words), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "cms/search.html", {"words": words, "page": page})


@login_not_required
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article. A guest's copy of a public one may be kept and indexed; no other may."""
    shown = open_to(request.user, slug=slug).specific().first()
    if shown is None:
        return unseen(request)
    response: HttpResponse = shown.serve(request)
    response.is_public = shown.is_public and not request.user.is_authenticated  # type: ignore[attr-defined]
    return response


@login_not_required
@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponseBase:
    """A picture in one size, for who may read an article that shows it, and for editors. Never the original.

    One that guests may see is the same for everybody, and a member's browser need not fetch it again with each page either.
    """
    rendition = Rendition.objects.select_related("image").filter(key=as_id(key)).exclude(filter_spec="original").first()
    if rendition is None or not may_see_file(request.user, rendition.image):
        return unseen(request)
    kind = mimetypes.guess_type(rendition.file.name)[0] or "application/octet-stream"
    is_public = is_file_public(rendition.image)
    told = {"Content-Disposition": "inline", "Cache-Control": "private, max-age=3600" if is_public else "private, no-store"}
    return sealed(request, rendition.file, kind, told, is_for_everyone=is_public)


@login_not_required
@require_safe
def document(request: HttpRequest, key: str) -> HttpResponseBase:
    """A document as a download, for who may read an article that offers it, and for editors. No browser keeps it by itself."""
    file = LibraryDocument.objects.filter(key=as_id(key)).first()
    if file is None or not may_see_file(request.user, file):
        return unseen(request)
    told = {"Content-Disposition": f'attachment; filename="{file.neutral_name}"', "Cache-Control": "private, no-store"}
    return sealed(request, file.file, file.content_type, told, mark=file.file_hash)


def sealed(
    request: HttpRequest, file: FieldFile, kind: str, told: dict[str, str], *, mark: str = "", is_for_everyone: bool = False
) -> HttpResponseBase:
    """Answer with a file, which the browser must not guess at and nothing in which may run. `told` are further headers, and no name of it.

    What is for everyone may be kept as `told` says by somebody signed in as well; anything else they are answered is never kept.
    """
    try:
        response = in_pieces(request, file, kind, mark=mark)
    except FileNotFoundError:  # its row has outlived it
        return unseen(request)
    for name, value in told.items():
        response[name] = value
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response.is_for_everyone = is_for_everyone  # type: ignore[attr-defined]
    return response


def for_editors(request: HttpRequest) -> None:
    """Raise Http404 for who has no editor; guests do not get here."""
    if not may_edit(request.user):
        raise Http404


def editor_sign_in(request: HttpRequest) -> HttpResponse:
    """In place of Wagtail's own sign-in, which knows passwords alone: allauth's is the only one, and guests were sent there."""
    for_editors(request)
    return redirect("wagtailadmin_home")


def editor_sign_out(request: HttpRequest) -> HttpResponse:
    """In place of Wagtail's own: signing out clears more than the session."""
    for_editors(request)
    response: HttpResponse = sign_out(request)
    return response


def editor_account(request: HttpRequest) -> HttpResponse:
    """In place of Wagtail's own: name, address and password change in one place."""
    for_editors(request)
    return redirect("members:settings")
