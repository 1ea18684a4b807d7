"""The address in each e-mail that ends these e-mails, for its reader and for their mail service (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from community.centre.models import centre
from community.kit.web.public_views import same_for_everyone

from ..preferences import actions


@same_for_everyone  # so that it asks for no session and no token of a form: a mail service has neither
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, key: str) -> HttpResponse:
    """End these e-mails with a POST; whatever else opens the address, such as a scanner of links, sees a button and changes nothing.

    A key that nobody has answers alike.
    """
    if request.method == "POST":
        actions.unsubscribe(key=key)
    return render(None, "notifications/unsubscribe.html", {"centre": centre(), "is_done": request.method == "POST"})
