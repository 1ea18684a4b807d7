"""The centre's own stylesheet, logo and icon. An address holds a hash of what is behind it, so that a browser keeps that for good."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from community.centre.branding.logo import icon as drawn_icon
from community.centre.models import Centre, centre
from community.kit.web.public_views import public, same_for_everyone

from .views import HELP_SECONDS

ICON_SIZES = (180, 192, 512)


def _knows(key: str, keys: Callable[[Centre], list[str]]) -> Centre:
    """The centre as last read; read afresh where its `keys` lack `key`: another process may know of a change already."""
    kept = centre(seconds_old=HELP_SECONDS)
    return kept if key in keys(kept) else centre(seconds_old=0)


def _kept(content: bytes | str, kind: str, *, for_good: bool) -> HttpResponse:
    """To an address of before goes what holds now, to be asked for again the next time."""
    response = public(HttpResponse(content, content_type=kind))
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if for_good else "no-cache"
    return response


@same_for_everyone
@require_safe
def look(request: HttpRequest, key: str) -> HttpResponse:
    """The centre's colors, as tokens."""
    site = _knows(key, lambda site: [site.look_key])
    if not site.look:
        raise Http404
    return _kept(site.look, "text/css; charset=utf-8", for_good=site.look_key == key)


@same_for_everyone
@require_safe
def logo(request: HttpRequest, key: str) -> HttpResponse:
    """The centre's logo, for light screens or for dark ones."""
    site = _knows(key, lambda site: [site.logo.key, site.logo_dark.key])
    shown = site.logo_dark if site.logo_dark and site.logo_dark.key == key else site.logo
    if not shown:
        raise Http404
    try:
        with shown.open("rb") as file:
            return _kept(file.read(), "image/webp", for_good=shown.key == key)
    except FileNotFoundError:
        raise Http404 from None


@same_for_everyone
@require_safe
def icon(request: HttpRequest, key: str, size: int, *, masked: bool = False) -> HttpResponse:
    """The centre's icon, for phones that put the site beside their apps."""
    shown = _knows(key, lambda site: [site.icon.key]).icon
    if not shown or size not in ICON_SIZES:
        raise Http404
    try:
        with shown.open("rb") as file:
            return _kept(drawn_icon(file, size, masked=masked), "image/png", for_good=shown.key == key)
    except FileNotFoundError:
        raise Http404 from None
