"""The outbox of the demo: the e-mails that a site without a mail server keeps."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.kit.models import OutboxEmail

from .models import centre

PAGE_SIZE = 50


@login_not_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the newest e-mails, to anybody: who tries the demo has no account yet. On every other site this page does not exist."""
    if not centre().has_outbox:
        raise Http404
    return render(request, "centre/outbox.html", {"emails": OutboxEmail.objects.all()[:PAGE_SIZE]})
