"""The demo's one page of its own: the codes that its staff sign in with, and those of its cards."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import codes


@login_not_required
@require_safe
def demo_codes(request: HttpRequest) -> HttpResponse:
    """Show the codes of this half minute, to anybody: who tries the demo has no phone of its staff. Elsewhere there is no such page."""
    now = codes.current()
    if not now:
        raise Http404
    return render(request, "demo_codes.html", {"codes": now, "cards": codes.open_cards()})
