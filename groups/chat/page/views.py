"""The page of a conversation, and what its forms and scripts ask for over HTTP."""

import contextlib
import uuid
from collections.abc import Callable, Collection
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community.kit import limits
from community.kit.errors import Refusal, Refused
from community.members.access import me
from community.members.models import User
from community.safety.rules import blocked_ids

from .. import actions, owners, reading, rules, throttle
from ..models import Message
from ..reading import PAGE_SIZE, ChannelView, History
from .data import blanks, page_data
from .forms import HistoryForm, MessageForm, ReactionForm, ReadForm, ReplyForm, as_typed
from .layout import Reader, later_readers, lay_out, signs

ROWS_ABOVE_NEW = 10  # messages shown above the first unread one, where the page can hold them
_STATUS = {Refusal.RATE_LIMITED: 429, Refusal.TRY_AGAIN: 503}


def _channels(request: HttpRequest, channel: UUID) -> tuple[ChannelView, list[ChannelView]]:
    """Return the channel for this member, and all their channels. Raises Http404 where they take no part."""
    channels = reading.channels_of(me(request))
    for view in channels:
        if view.id == channel:
            return view, channels
    member = me(request)
    raise owners.not_found_for(member, channel)


def _is_unread(row: dict[str, Any], view: ChannelView, unwanted: Collection[str]) -> bool:
    """Whether a row counts as unread: above the mark, neither removed nor hidden, and not by one of the ids `unwanted`."""
    stands = row["kind"] == Message.Kind.TEXT and not row["deleted"] and not row["hidden"]
    return stands and row["seq"] > view.read_seq and row["author"] not in unwanted


def _answered(member: User, channel: UUID, message: UUID, history: History) -> dict[str, Any] | None:
    """Return the row that is being replied to, or None where it cannot be; its author is added to the people of `history`."""
    found = Message.objects.whole().select_related("channel").filter(pk=message).first()
    if found is None or not rules.sees(reading.participant_in(member, channel), found) or not rules.is_standing_text(found):
        return None
    known = {person["id"] for person in history.people}
    if found.author_id and str(found.author_id) not in known:
        history.people.extend(person for person in reading.people_of(found.channel, [found]) if person["id"] not in known)
    return found.row()


def _page(
    request: HttpRequest, channel: UUID, *, text: str | None = None, reply_to: UUID | None = None, refusal: Refused | None = None
) -> HttpResponse:
    """The conversation: its newest page, or the one before a place. `text` is put into the box, else the draft."""
    view, channels = _channels(request, channel)
    asked = HistoryForm({"before": request.GET.get("before", "")})
    before = asked.cleaned_data.get("before") if asked.is_valid() else None
    limit = max(PAGE_SIZE, min(view.rows_above_mark + ROWS_ABOVE_NEW, limits.MAX_ROWS_PER_REQUEST))
    member = me(request)
    history = reading.history(member=member, channel=channel, before=before, limit=limit)
    if history is None:
        raise Http404
    mine, rows = str(member.pk), history.rows
    blocked = sorted(str(id) for id in blocked_ids(member))
    first_new = view.read_seq + 1 if any(_is_unread(row, view, {mine, *blocked}) for row in rows) else None
    answered = _answered(member, channel, reply_to, history) if reply_to else None
    reader = Reader(mine, {person["id"]: person for person in history.people}, blocked)
    newest = rows[-1]["seq"] if rows else 0
    kind = owners.KINDS[view.kind]
    wording = kind.wording()
    context = {
        "channel": view,
        "channels": channels,
        "rows": list(lay_out(rows, quoted=history.quoted, reader=reader, first_new=first_new)),
        "older": rows[0]["seq"] if rows and history.more else None,
        "first_new": first_new,
        "first_new_above": first_new if first_new and rows and first_new < rows[0]["seq"] else None,
        "newest": newest,
        "seen": newest if not history.more or view.read_seq >= rows[0]["seq"] - 1 else None,  # not where something unread stands above
        "is_newest": newest >= view.seq,
        "quiet": not history.more and all(row["kind"] == "notice" for row in rows),
        "roster": history.roster,
        "later_readers": later_readers(view.history_visibility),
        "owner": kind.owner(member, view.id),
        "wording": wording,
        "text": view.draft if text is None else text,
        "refusal": refusal,
        "client_id": uuid.uuid4(),
        "answered": {"id": answered["id"], "quote": reader.quote(answered)} if answered else None,
        "blanks": blanks(),
        "handover": page_data(
            view,
            channels,
            history,
            member=member,
            blocked=blocked,
            answered=answered,
            session=request.session.session_key or "",
            wording=wording,
        ),
    }
    return render(request, "chat/conversation.html", context, status=_STATUS.get(refusal.code, 422) if refusal else 200)


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
    page = reading.history(member=me(request), channel=channel, **(asked.cleaned_data if asked.is_valid() else {"limit": 1}))
    if page is None:
        return JsonResponse({"detail": _("That is not here, or it is not open to you.")}, status=404)
    if not asked.is_valid():
        sentence = _("Ask with one of before, after and around, a whole number, or at, up to %(most)d of them; limit is 1 to %(most)d.")
        return JsonResponse({"detail": sentence % {"most": limits.MAX_ROWS_PER_REQUEST}}, status=400)
    return JsonResponse(vars(page))


def _throttle(request: HttpRequest) -> None:
    """Count one act of writing, as on a socket. Raises Refused: rate_limited."""
    wait = throttle.wait_to_write(me(request).pk)
    if wait:
        raise Refused(Refusal.RATE_LIMITED, _("That was a lot at once. Your text is below; send it in a moment."), retry_after=wait)


@require_POST
def send(request: HttpRequest, channel: UUID) -> HttpResponse:
    """Send a message. Where it is refused the page is shown again, with the text and the reason."""
    form = MessageForm(request.POST)
    _channels(request, channel)
    body = as_typed(request.POST.get("body", ""))
    asked = form.cleaned_data if form.is_valid() else {}
    reply_to = asked.get("reply_to")
    try:
        _throttle(request)
        if asked.get("seen"):
            actions.mark_read(member=me(request), channel=channel, seq=asked["seen"])
        client_id = asked.get("client_id") or uuid.uuid4()
        sent = actions.send(member=me(request), channel=channel, client_id=client_id, body=body, reply_to=reply_to)
    except Refused as refusal:
        return _refused(request, channel, body, refusal, reply_to)
    with contextlib.suppress(Refused):  # without a draft where they left meanwhile
        actions.save_draft(member=me(request), channel=channel, body="")
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
    _channels(request, channel)
    body = as_typed(request.POST.get("body", ""))
    form = MessageForm(request.POST)
    reply_to = form.cleaned_data["reply_to"] if form.is_valid() else None
    if "reply" in request.POST:
        asked = ReplyForm(request.POST)
        reply_to = asked.cleaned_data["reply"] if asked.is_valid() else None
    try:
        actions.save_draft(member=me(request), channel=channel, body=body)
    except Refused as refusal:
        if _wants_json(request) and refusal.code != Refusal.NOT_FOUND:
            return JsonResponse({"detail": refusal.sentence}, status=422)
        return _refused(request, channel, body, refusal, reply_to)
    if reply_to or "reply" in request.POST:
        return redirect(f"{reverse('chat:conversation', args=[channel])}{f'?reply={reply_to}' if reply_to else ''}#box")
    return _answer_or_redirect(request, channel, _("Saved as draft."))


@require_POST
def read(request: HttpRequest, channel: UUID) -> HttpResponse:
    """Mark the messages up to a seq as read."""
    _channels(request, channel)
    form = ReadForm(request.POST)
    if not form.is_valid() or form.cleaned_data["seq"] is None:
        return HttpResponse(_("Say up to which message, by its number."), status=400, content_type="text/plain")
    try:
        actions.mark_read(member=me(request), channel=channel, seq=form.cleaned_data["seq"])
    except Refused:
        raise Http404 from None
    return _answer_or_redirect(request, channel, _("Marked as read."))


def _visible_message(request: HttpRequest, channel: UUID, message: UUID) -> Message:
    """Return a message with all that its row needs. Raises Http404 where the member cannot see it."""
    found = Message.objects.whole().filter(pk=message, channel=channel).first()
    if found is None or not rules.sees(reading.participant_in(me(request), channel), found):
        raise Http404
    return found


def _own_message(request: HttpRequest, channel: UUID, message: UUID) -> Message:
    """Return the member's own message. Raises Http404 (they cannot see it, or it was removed), PermissionDenied (another wrote it)."""
    found = _visible_message(request, channel, message)
    if not rules.is_standing_text(found):
        raise Http404
    if found.author_id != me(request).pk:
        raise PermissionDenied
    return found


def _to_message(channel: UUID, message: Message) -> HttpResponseRedirect:
    """Redirect to a message, on the page of the history that shows it."""
    newest = Message.objects.filter(channel=channel).order_by("-seq").values_list("seq", flat=True)[0]
    older = f"?before={message.seq + PAGE_SIZE // 2}" if newest - message.seq >= PAGE_SIZE else ""
    return redirect(f"{reverse('chat:conversation', args=[channel])}{older}#m{message.seq}")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, channel: UUID, message: UUID) -> HttpResponse:
    """Change one's own message."""
    found = _own_message(request, channel, message)
    context: dict[str, Any] = {"channel_id": channel, "message": found, "text": found.body}
    if request.method == "GET":
        return render(request, "chat/edit.html", context)
    body = as_typed(request.POST.get("body", ""))
    try:
        _throttle(request)
        changed = actions.edit(member=me(request), message=message, body=body)
    except Refused as refusal:
        if refusal.code == Refusal.NOT_FOUND:
            raise Http404 from None
        return render(request, "chat/edit.html", context | {"text": body, "refusal": refusal}, status=_STATUS.get(refusal.code, 422))
    return _to_message(channel, changed)


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, channel: UUID, message: UUID) -> HttpResponse:
    """Ask whether to remove one's own message, and remove it."""
    found = _own_message(request, channel, message)
    if request.method == "GET":
        return render(request, "chat/delete.html", {"channel_id": channel, "message": found})
    return _run(request, channel, found, partial(actions.delete, member=me(request), message=message))


@require_POST
def bring_back(request: HttpRequest, channel: UUID, message: UUID) -> HttpResponse:
    """Restore one's own message within the undo window."""
    found = _visible_message(request, channel, message)
    if found.author_id != me(request).pk:
        raise PermissionDenied
    return _run(request, channel, found, partial(actions.delete, member=me(request), message=message, on=False))


@require_http_methods(["GET", "POST"])
def react(request: HttpRequest, channel: UUID, message: UUID) -> HttpResponse:
    """Show the six reactions for a message, and add or remove one."""
    found = _visible_message(request, channel, message)
    if not rules.is_standing_text(found):
        raise Http404
    if request.method == "GET":
        mine = {each.emoji for each in found.reacted if each.member_id == me(request).pk}
        member = me(request)
        is_blocked = found.author_id in blocked_ids(member)
        context = {"channel_id": channel, "message": found, "signs": signs(), "mine": mine, "is_blocked": is_blocked}
        return render(request, "chat/react.html", context)
    form = ReactionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("There is no such reaction. Choose one of the six."), status=400, content_type="text/plain")
    return _run(request, channel, found, partial(actions.react, member=me(request), message=message, **form.cleaned_data))


def _run(request: HttpRequest, channel: UUID, found: Message, act: Callable[[], Message]) -> HttpResponse:
    """Run an action on a message and redirect to it; a refusal is flashed there."""
    try:
        _throttle(request)
        act()
    except Refused as refusal:
        sentence = _("That was a lot at once. Try again in a moment.") if refusal.code == Refusal.RATE_LIMITED else refusal.sentence
        messages.warning(request, sentence)
    return _to_message(channel, found)
