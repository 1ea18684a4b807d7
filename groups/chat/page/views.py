"""The page of a conversation, and what its forms and scripts ask for over HTTP."""

import contextlib
import uuid
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from community.kit import limits
from community.kit.errors import Refusal, Refused
from community.members.access import current_member
from community.notifications.preferences.views import preferences_page

from .. import actions, reading, throttle
from ..links import titles_for
from .context import channels_with, page_context
from .forms import STATUS, HistoryForm, InvolvementForm, MessageForm, ReadForm, ReplyForm, as_typed


def _page(
    request: HttpRequest, channel: UUID, *, text: str | None = None, reply_to: UUID | None = None, refusal: Refused | None = None
) -> HttpResponse:
    """Render a page of the conversation, with `text` in the box, else the draft, and why it was refused, if it was."""
    asked = HistoryForm({"before": request.GET.get("before", "")})
    before = asked.cleaned_data.get("before") if asked.is_valid() else None
    context = page_context(current_member(request), request.session.session_key or "", channel, before=before, reply_to=reply_to)
    context["refusal"] = refusal
    if text is not None:
        context["text"] = text
    return render(request, "chat/conversation.html", context, status=STATUS.get(refusal.code, 422) if refusal else 200)


@require_GET
def conversation(request: HttpRequest, channel: UUID) -> HttpResponse:
    """The page of a channel. Opening it changes nothing: messages are marked read by the script, a button, or a reply."""
    asked = ReplyForm(request.GET)
    return _page(request, channel, reply_to=asked.cleaned_data["reply"] if asked.is_valid() else None)


@login_not_required
@require_GET
def history(request: HttpRequest, channel: UUID) -> JsonResponse:
    """A page of the history as JSON (docs/protocol.md, "History over HTTP")."""
    if not request.user.is_authenticated:
        return JsonResponse({"detail": _("You are signed out. Sign in to read on.")}, status=401)
    asked = HistoryForm(request.GET)
    page = reading.history(member=current_member(request), channel=channel, **(asked.cleaned_data if asked.is_valid() else {"limit": 1}))
    if page is None:
        return JsonResponse({"detail": _("That is not here, or it is not open to you.")}, status=404)
    if not asked.is_valid():
        sentence = _("Ask with one of before, after and around, a whole number, or at, up to %(most)d of them; limit is 1 to %(most)d.")
        return JsonResponse({"detail": sentence % {"most": limits.MAX_ROWS_PER_REQUEST}}, status=400)
    return JsonResponse(vars(page))


@require_POST
def send(request: HttpRequest, channel: UUID) -> HttpResponse:
    """Send a message. Where it is refused the page is shown again, with the text and the reason."""
    form = MessageForm(request.POST)
    channels_with(current_member(request), channel)
    body = as_typed(request.POST.get("body", ""))
    asked = form.cleaned_data if form.is_valid() else {}
    reply_to = asked.get("reply_to")
    try:
        throttle.throttle(current_member(request).pk, _("That was a lot at once. Your text is below; send it in a moment."))
        if asked.get("seen"):
            actions.mark_read(member=current_member(request), channel=channel, seq=asked["seen"])
        client_id = asked.get("client_id") or uuid.uuid4()
        sent = actions.send(member=current_member(request), channel=channel, client_id=client_id, body=body, reply_to=reply_to)
    except Refused as refusal:
        return _refused(request, channel, body, refusal, reply_to)
    with contextlib.suppress(Refused):  # they may have left since
        actions.save_draft(member=current_member(request), channel=channel, body="")
    return redirect(f"{reverse('chat:conversation', args=[channel])}#m{sent.seq}")


def _refused(request: HttpRequest, channel: UUID, body: str, refusal: Refused, reply_to: UUID | None = None) -> HttpResponse:
    """Show the page again with the text and the reason. Raises Http404 where the member takes no part any more."""
    if refusal.code == Refusal.REUSED:  # the reader went back to the page, and sent another text from it
        refusal = Refused(Refusal.REUSED, _("Your earlier message was sent. To send this one too, press Send again."))
    return _page(request, channel, text=body, reply_to=reply_to, refusal=refusal)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _answer_or_redirect(request: HttpRequest, channel: UUID, sentence: str) -> HttpResponse:
    """Answer a script with 204, and a form with a redirect to its page and a flash message."""
    if _wants_json(request):
        return HttpResponse(status=204)
    messages.success(request, sentence)
    return redirect("chat:conversation", channel)


@require_POST
def draft(request: HttpRequest, channel: UUID) -> HttpResponse:
    """Store the draft, for any device. A form can also change which message is replied to."""
    channels_with(current_member(request), channel)
    body = as_typed(request.POST.get("body", ""))
    form = MessageForm(request.POST)
    reply_to = form.cleaned_data["reply_to"] if form.is_valid() else None
    if "reply" in request.POST:
        asked = ReplyForm(request.POST)
        reply_to = asked.cleaned_data["reply"] if asked.is_valid() else None
    try:
        actions.save_draft(member=current_member(request), channel=channel, body=body)
    except Refused as refusal:
        if _wants_json(request) and refusal.code != Refusal.NOT_FOUND:
            return JsonResponse({"detail": refusal.sentence}, status=422)
        return _refused(request, channel, body, refusal, reply_to)
    if reply_to or "reply" in request.POST:
        return redirect(f"{reverse('chat:conversation', args=[channel])}{f'?reply={reply_to}' if reply_to else ''}#box")
    return _answer_or_redirect(request, channel, _("Saved as draft."))


@require_POST
def links(request: HttpRequest) -> JsonResponse:
    """The titles of the pages of this site that a script found links to, as far as the member may read them now."""
    paths = dict.fromkeys(request.POST.getlist("path")[: limits.MAX_LINKS_PER_REQUEST])
    return JsonResponse({"titles": titles_for(current_member(request), paths)})


@require_POST
def read(request: HttpRequest, channel: UUID) -> HttpResponse:
    """Mark the messages up to a seq as read."""
    channels_with(current_member(request), channel)
    form = ReadForm(request.POST)
    if not form.is_valid() or form.cleaned_data["seq"] is None:
        return HttpResponse(_("Say up to which message, by its number."), status=400, content_type="text/plain")
    try:
        actions.mark_read(member=current_member(request), channel=channel, seq=form.cleaned_data["seq"])
    except Refused:
        raise Http404 from None
    return _answer_or_redirect(request, channel, _("Marked as read."))


@require_POST
def involvement(request: HttpRequest) -> HttpResponse:
    """Set how much the member hears of each conversation: a form of the page of preferences."""
    member = current_member(request)
    form = InvolvementForm(request.POST, member=member)
    if not form.is_valid():
        return preferences_page(request, conversations=form)
    for channel, chosen in form.cleaned_data.items():
        with contextlib.suppress(Refused):  # they have just left it
            actions.set_involvement(member=member, channel=UUID(channel), involvement=chosen)
    messages.success(request, _("Saved."))
    return redirect(reverse("notifications:preferences") + "#conversations")
