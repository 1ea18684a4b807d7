"""What the forms of one message ask for: change it, remove it, restore it, react to it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.kit.errors import Refusal, Refused
from community.members.access import current_member
from community.safety.rules import blocked_ids

from .. import actions, reading, rules, throttle
from ..models import Message
from .forms import STATUS, ReactionForm, as_typed
from .layout import signs


def _visible_message(request: HttpRequest, channel: UUID, message: UUID) -> Message:
    """Return a message with all that its row needs. Raises Http404 where the member cannot see it."""
    found = Message.objects.whole().filter(pk=message, channel=channel).first()
    if found is None or not rules.sees(reading.participant_in(current_member(request), channel), found):
        raise Http404
    return found


def _own_message(request: HttpRequest, channel: UUID, message: UUID) -> Message:
    """Return the member's own message. Raises Http404 (they cannot see it, or it was removed), PermissionDenied (another wrote it)."""
    found = _visible_message(request, channel, message)
    if not rules.is_standing_text(found):
        raise Http404
    if found.author_id != current_member(request).pk:
        raise PermissionDenied
    return found


def _to_message(message: Message) -> HttpResponseRedirect:
    """Redirect to a message."""
    return redirect(reading.message_url(message))


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, channel: UUID, message: UUID) -> HttpResponse:
    """Change one's own message."""
    found = _own_message(request, channel, message)
    context: dict[str, Any] = {"channel_id": channel, "message": found, "text": found.body}
    if request.method == "GET":
        return render(request, "chat/edit.html", context)
    body = as_typed(request.POST.get("body", ""))
    try:
        throttle.throttle(current_member(request).pk, _("That was a lot at once. Your text is below; send it in a moment."))
        changed = actions.edit(member=current_member(request), message=message, body=body)
    except Refused as refusal:
        if refusal.code == Refusal.NOT_FOUND:
            raise Http404 from None
        return render(request, "chat/edit.html", context | {"text": body, "refusal": refusal}, status=STATUS.get(refusal.code, 422))
    return _to_message(changed)


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, channel: UUID, message: UUID) -> HttpResponse:
    """Ask whether to remove one's own message, and remove it."""
    found = _own_message(request, channel, message)
    if request.method == "GET":
        return render(request, "chat/delete.html", {"channel_id": channel, "message": found})
    return _run(request, found, partial(actions.delete, member=current_member(request), message=message))


@require_POST
def bring_back(request: HttpRequest, channel: UUID, message: UUID) -> HttpResponse:
    """Restore one's own message within the undo window."""
    found = _visible_message(request, channel, message)
    if found.author_id != current_member(request).pk:
        raise PermissionDenied
    return _run(request, found, partial(actions.delete, member=current_member(request), message=message, on=False))


@require_http_methods(["GET", "POST"])
def react(request: HttpRequest, channel: UUID, message: UUID) -> HttpResponse:
    """Show the six reactions for a message, and add or remove one."""
    found = _visible_message(request, channel, message)
    if not rules.is_standing_text(found):
        raise Http404
    member = current_member(request)
    if request.method == "GET":
        mine = {each.emoji for each in found.reacted if each.member_id == member.pk}
        is_blocked = found.author_id in blocked_ids(member)
        context = {"channel_id": channel, "message": found, "signs": signs(), "mine": mine, "is_blocked": is_blocked}
        return render(request, "chat/react.html", context)
    form = ReactionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("There is no such reaction. Choose one of the six."), status=400, content_type="text/plain")
    return _run(request, found, partial(actions.react, member=member, message=message, **form.cleaned_data))


def _run(request: HttpRequest, found: Message, act: Callable[[], Message]) -> HttpResponse:
    """Run an action on a message and redirect to it; a refusal is flashed there."""
    try:
        throttle.throttle(current_member(request).pk, _("That was a lot at once. Try again in a moment."))
        act()
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    return _to_message(found)
