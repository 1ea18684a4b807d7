"""What the template of a conversation is given: one page of a channel, laid out for one reader."""

import uuid
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import Http404

from community.kit import limits
from community.members.models import User
from community.safety.rules import blocked_ids

from .. import owners, reading, rules
from ..models import Message
from ..reading import PAGE_SIZE, ChannelView, History
from .data import blanks, page_data
from .layout import Reader, later_readers, lay_out

ROWS_ABOVE_NEW = 10  # messages shown above the first unread one, where the page can hold them


def channels_with(member: User, channel: UUID) -> tuple[ChannelView, list[ChannelView]]:
    """Return a channel for this member, and all their channels. Raises Http404 where they take no part in it."""
    channels = reading.channels_of(member)
    for view in channels:
        if view.id == channel:
            return view, channels
    raise owners.not_found_for(member, channel)


def _is_unread(row: dict[str, Any], view: ChannelView, unwanted: Collection[str]) -> bool:
    """Whether a row counts as unread: above the mark, neither removed nor hidden, and not by one of the ids `unwanted`."""
    stands = row["kind"] == Message.Kind.TEXT and not row["deleted"] and not row["hidden"]
    return stands and row["seq"] > view.read_seq and row["author"] not in unwanted


def _replied_to(member: User, channel: UUID, message: UUID, history: History) -> dict[str, Any] | None:
    """Return the row that is being replied to, or None where it cannot be; its author is added to the people of `history`."""
    found = Message.objects.whole().select_related("channel").filter(pk=message).first()
    if found is None or not rules.sees(reading.participant_in(member, channel), found) or not rules.is_standing_text(found):
        return None
    known = {person["id"] for person in history.people}
    if found.author_id and str(found.author_id) not in known:
        history.people.extend(person for person in reading.people_of(found.channel, [found]) if person["id"] not in known)
    return found.row()


def _rows_shown(view: ChannelView, history: History, reader: Reader) -> dict[str, Any]:
    """The rows as the reader sees them, and where older and unread ones are."""
    rows = history.rows
    first_new = view.read_seq + 1 if any(_is_unread(row, view, {reader.id, *reader.blocked}) for row in rows) else None
    newest = rows[-1]["seq"] if rows else 0
    return {
        "rows": list(lay_out(rows, quoted=history.quoted, reader=reader, first_new=first_new)),
        "older": rows[0]["seq"] if rows and history.more else None,
        "first_new": first_new,
        "first_new_above": first_new if first_new and rows and first_new < rows[0]["seq"] else None,
        "newest": newest,
        "seen": newest if not history.more or view.read_seq >= rows[0]["seq"] - 1 else None,  # not below unread rows of an older page
        "is_newest": newest >= view.seq,
        "quiet": not history.more and all(row["kind"] == "notice" for row in rows),
    }


def page_context(member: User, session: str, channel: UUID, *, before: int | None, reply_to: UUID | None) -> dict[str, Any]:
    """Return what the template needs of the newest page of a channel, or of the one before the seq `before`.

    `session` is the session's key, `reply_to` the message that is being replied to. Raises Http404.
    """
    view, channels = channels_with(member, channel)
    limit = max(PAGE_SIZE, min(view.rows_above_mark + ROWS_ABOVE_NEW, limits.MAX_ROWS_PER_REQUEST))
    history = reading.history(member=member, channel=channel, before=before, limit=limit)
    if history is None:
        raise Http404
    blocked = sorted(str(id) for id in blocked_ids(member))
    answered = _replied_to(member, channel, reply_to, history) if reply_to else None
    reader = Reader(str(member.pk), {person["id"]: person for person in history.people}, blocked)
    kind = owners.KINDS[view.kind]
    wording = kind.wording()
    return {
        "channel": view,
        "channels": channels,
        **_rows_shown(view, history, reader),
        "roster": history.roster,
        "later_readers": later_readers(view.history_visibility),
        "owner": kind.owner(member, view.id),
        "wording": wording,
        "text": view.draft,
        "client_id": uuid.uuid4(),
        "answered": {"id": answered["id"], "quote": reader.quote(answered)} if answered else None,
        "blanks": blanks(),
        "handover": page_data(view, channels, history, member=member, blocked=blocked, answered=answered, session=session, wording=wording),
    }
