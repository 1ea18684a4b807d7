"""What a conversation's page gives to its scripts: the rows it shows, addresses, and every word in the reader's language."""

from typing import Any

from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext as _

from community.centre.zones import offsets
from community.kit import limits
from community.kit.encryption import session_keys
from community.kit.text.plurals import forms
from community.members.models import User

from ..models import Channel, Message, utc
from ..owners import Wording
from ..reading import ChannelView, History
from .layout import clock_pattern, later_readers, notices, said, signs

# The client puts a message's id and its author's in their places.
ANY, ANYBODY = "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001"


def page_data(
    view: ChannelView,
    channels: list[ChannelView],
    page: History,
    *,
    member: User,
    blocked: list[str],
    answered: dict[str, Any] | None,
    session: str,
    wording: Wording,
) -> dict[str, Any]:
    """Return it as JSON values for json_script (`Wire.Handover` in wire.d.ts).

    `answered` is the row that is being replied to, and `session` the session's key.
    """
    return {
        "channel": str(view.id),
        "group": view.name,
        "me": str(member.pk),
        "settings": {"aloud": member.aloud, "enter": member.enter_key, "shows_writing": member.shows_writing},
        "version": page.version,
        "rows": page.rows,
        "people": page.people,
        "more": page.more,
        "members": page.members,
        "quoted": page.quoted,
        "answered": answered,
        "now": utc(timezone.now()),
        "kept": limits.MESSAGE_UNDO_WINDOW.total_seconds(),
        "signs": signs(),
        "blocked": blocked,
        "seq": view.seq,
        "draft": view.draft,
        "keys": session_keys(session),
        "channels": [_channel(each) for each in channels],
        "limit": limits.MAX_MESSAGE_LENGTH,
        "language": get_language() or "en",
        "zone": timezone.get_current_timezone_name(),
        "offsets": offsets(timezone.get_current_timezone(), timezone.now().year),
        "twelve_hours": "A" in clock_pattern(),
        "urls": _urls(view, wording),
        "words": _words(wording),
    }


def blanks() -> dict[str, dict[str, Any]]:
    """Return what templates/chat/_templates.html draws in the place of a message, a person or a channel.

    Each value is a {name} that the client fills; the time is one that it sets.
    """
    quote = {"seq": "{answered}", "name": "{whom}", "text": "{quoted}"}
    reaction = {"emoji": "{emoji}", "label": "{label}", "names": "{names}", "count": "{count}"}
    row = {"id": ANY, "seq": "{seq}", "author": ANYBODY}
    shown = {"first": True, "names_reader": True, "can_return": True, "day": "{day}", "quote": quote, "reactions": [reaction]}
    texts = {name: f"{{{name}}}" for name in ("name", "clock", "drawing", "words")}
    blank = {"row": row, "sent": timezone.now(), **shown, **texts}
    return {
        "own": {**blank, "own": True, "client_id": "{client_id}", "state": "{state}"},
        "other": blank,
        "person": {"id": ANY, "name": "{name}", "picture": "{drawing}", "role": "facilitator"},
        "channel": {"id": ANY, "name": "{name}"},
        "unread": {"unread": 2, "unread_shown": "{n}"},
    }


def _channel(view: ChannelView) -> dict[str, Any]:
    """A channel of the list as in `ready`, and whether it has a draft."""
    counted = {"seq": view.seq, "version": view.version, "read": view.read_seq, "unread": view.unread}
    return {"id": str(view.id), "name": view.name, **counted, "draft": bool(view.draft)}


def _urls(view: ChannelView, wording: Wording) -> dict[str, str]:
    here = {name: reverse(f"chat:{name}", args=[view.id]) for name in ("conversation", "history", "draft")}
    return {
        **here,
        "block": f"{reverse('safety:block', args=[ANY])}?back={here['conversation']}",
        "links": reverse("chat:links"),
        "groups": wording.all_url,
        "help": reverse("help"),
        "sign_in": reverse("account_login"),
        "sign_out": reverse("account_logout"),
    }


def _words(wording: Wording) -> dict[str, Any]:
    notice = {"kind": Message.Kind.NOTICE, "deleted": None, "hidden": False}
    text = {"kind": Message.Kind.TEXT, "deleted": None, "hidden": False}
    return {
        "notices": {word: said({**notice, "body": word}, "{name}") for word in notices()},
        "removed": said({**text, "deleted": True}, ""),
        "hidden": said({**text, "hidden": True}, ""),
        "am": dateformat.format(timezone.now().replace(hour=9), "A"),
        "pm": dateformat.format(timezone.now().replace(hour=21), "A"),
        **_message_words(),
        **_box_words(),
        **_connection_words(wording),
    }


def _message_words() -> dict[str, Any]:
    return {
        "you": _("You"),
        "former": _("A former member"),
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "blocked": _("A message from someone you blocked"),
        "pill": forms(ngettext_lazy("{n} new", "{n} new")),
        "latest": _("Latest"),
        "unread": forms(ngettext_lazy("{n} new message", "{n} new messages")),
        "loading": _("Loading earlier messages…"),
        "older_failed": _("Earlier messages couldn’t be loaded."),
        "loading_newer": _("Loading later messages…"),
        "newer_failed": _("Later messages couldn’t be loaded."),
        "again": _("Try again"),
        "first": _("This is where the conversation begins."),
        "later_readers": {f"past_{each}": later_readers(each) for each in Channel.HistoryVisibility.values},
        "people": forms(ngettext_lazy("{n} person", "{n} people")),
        "readers": forms(ngettext_lazy("Only you, in {group}", "The {n} people in {group}")),
        "readers_short": forms(ngettext_lazy("{n} person can read this", "{n} people can read this")),
        "typing": {"one": _("{a} is typing…"), "two": _("{a} and {b} are typing…"), "many": _("Several people are typing…")},
        "announce_one": _("{name}: {text}"),
        "announce_mention": _("{name} mentioned you: {text}"),
        "announce_mentions": forms(ngettext_lazy("{n} new message mentions you", "{n} new messages mention you")),
        "not_done": _("That didn’t work yet. Try again when you’re back."),
        "you_too": _("you"),
        "and": _("{names} and {last}"),
        "copied": _("Copied."),
        "not_copied": _("The text couldn’t be copied."),
        "not_loaded": _("That message couldn’t be loaded. Try again when you’re back."),
        "before_you_came": _("A reply to a message from before you came"),
    }


def _box_words() -> dict[str, Any]:
    return {
        "undo": _("Undo"),
        "sent": _("Sent."),
        "answering": _("Replying to {name}:"),
        "answering_own": _("Adding to your message:"),
        "somebody": _("somebody"),
        "answer_gone": _("The message you were replying to is gone. What you write will be a message of its own."),
        "sending": _("Sending…"),
        "waiting": _("Waiting"),
        "taking_back": _("You removed this. If it had gone out already, it is removed for everyone when you’re back."),
        "asks": _("Written at {time} and not sent. Send it now?"),
        "asks_day": _("Written on {day} at {time} and not sent. Send it now?"),
        "not_sent": _("Not sent yet. We’ll keep it here."),
        "saved": _("Saved as draft"),
        "unseen": _("This message would look empty. Add a word or an emoji."),
        "edit_empty": _("An empty message can’t be saved. Cancel, and remove it from its menu."),
        "not_saved": _("Your change is kept in the box, and saved when you’re back."),
        "editing": _("Editing your message"),
        "cancel": _("Cancel"),
        "save": _("Save"),
        "send": _("Send"),
        "characters_left": forms(ngettext_lazy("{n} character left", "{n} characters left")),
        "characters_over": forms(ngettext_lazy("{n} character too many", "{n} characters too many")),
    }


def _connection_words(wording: Wording) -> dict[str, Any]:
    return {
        "reconnecting": _("No connection. What you write is kept, and sent when you’re back."),
        "outdated": _("This page is from before an update. What you write is kept as a draft."),
        "reload": _("Reload"),
        "replaced": _("This conversation is open in a newer tab."),
        "use_here": _("Use it here"),
        "signed_out": _("You’ve been signed out to keep things private."),
        "sign_in": _("Sign in"),
        "paused": _("Your account is paused, so the conversation is closed for now."),
        "second_step": _("Staff sign in with a second step. The conversation opens again after it."),
        "take_step": _("Continue"),
        "help": _("Help now"),
        "left_heading": _("This conversation is closed to you"),
        "out_of_group": dict(wording.ended),
        "groups": wording.see,
        "unsent": _("What you had written. Only you can see it; copy it before you go."),
    }
