"""A page of a conversation laid out for reading: by day, by runs of one author, with the divider at the first new message.

The client (static/chat/js/model/layout.js) lays out the same way; change both together.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

import regex
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from community.kit import limits

from .. import owners
from ..models import Channel, Reaction
from ..wire.outgoing import PersonRow

RUN_MINUTES = 10  # a run of one author's messages ends after this
ROWS_BELOW_QUOTED = 25  # messages shown below a quoted one, where the page can hold them
QUOTE_LENGTH = 140  # characters
_SPACES = regex.compile(r"\p{White_Space}+")  # by Unicode; Python's split() and JavaScript's \s each know a different set
_END_OF_BLOCK = re.compile(r"(?=</(?:p|li|pre|blockquote)>|<br>)")


@dataclass(frozen=True)
class Quote:
    """The quote above a reply: the author's name and the beginning of the message. `seq` is None where the reader may not see it."""

    seq: int | None
    name: str
    text: str
    before: int | None = None  # where it is on another page: the `before` of that page


@dataclass(frozen=True)
class ReactionSummary:
    """One kind of reaction under a message; `mine` where the reader gave it too."""

    emoji: str  # drawn as the icon "sign-…" of that name
    label: str
    names: str
    count: int
    mine: bool


@dataclass(frozen=True)
class ShownMessage:
    """One message for one reader. `day` is set on the first of a day, `new` on the first unread one."""

    row: dict[str, Any]
    sent: dt.datetime
    clock: str
    name: str
    drawing: str
    words: str  # of a notice, or instead of a text that was removed or hidden
    own: bool
    first: bool  # of a run: it shows the name
    blocked: bool
    new: bool
    day: str
    quote: Quote | None
    reactions: list[ReactionSummary]
    names_reader: bool
    can_return: bool  # the reader removed it, within the undo window


def day_name(moment: dt.datetime) -> str:
    """Return the day in words, with the year where it is another one."""
    day, today = timezone.localdate(moment), timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - dt.timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "l, F j" if day.year == today.year else "l, F j, Y")


def clock_pattern() -> str:
    """Return the format of a message's time, in Django's date format letters; with "A" on a twelve-hour clock."""
    # Translators: how the time of a message is written, in Django's date format letters: "g:i A" or "H:i".
    return _("g:i A")


def notices() -> dict[str, str]:
    """Return the sentence of each notice, by the word that its row stores."""
    ours = {
        "other": _("Something changed here"),
        "appointed": _("%(name)s is a facilitator now"),
        "stepped_down": _("%(name)s is no longer a facilitator"),
        "past_all": _("From here on, people who join later see what is written"),
        "past_joining": _("From now on, people who join see only what’s written after they join"),
    }
    return ours | {word: sentence for kind in owners.KINDS.values() for word, sentence in kind.notices().items()}


def said(row: dict[str, Any], name: str) -> str:
    """Return the sentence of a notice, or the one shown instead of a removed or hidden text; empty for any other message."""
    if row["kind"] == "notice":
        words = notices()
        return words.get(row["body"] or "", words["other"]) % {"name": name}
    if row["deleted"]:
        return _("Message removed by its author")
    return _("Hidden by a moderator") if row["hidden"] else ""


def later_readers(history_visibility: str) -> str:
    """Return whether people who join later can read what is written now."""
    if history_visibility == Channel.HistoryVisibility.ALL:
        return _("People who join later can read it too.")
    return _("People who join later don’t see it.")


def label(emoji: str) -> str:
    """Return the name of a reaction."""
    return str(Reaction.Emoji(emoji).label)


def signs() -> list[dict[str, str]]:
    """Return the six kinds of reaction in their order, each {emoji, label}."""
    return [{"emoji": emoji, "label": label(emoji)} for emoji in Reaction.Emoji.values]


def joined(names: list[str]) -> str:
    """Return names as a sentence lists them: "Sam, Maria and you"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def beginning(html: str) -> str:
    """Return the beginning of a message as plain text on one line, of at most QUOTE_LENGTH characters."""
    text = _SPACES.sub(" ", unescape(strip_tags(_END_OF_BLOCK.sub(" ", html)))).strip(" ")
    return text if len(text) <= QUOTE_LENGTH else text[: QUOTE_LENGTH - 1].rstrip(" ") + "…"


@dataclass(frozen=True)
class Reader:
    """Who reads a page: their id, the people on it by id, and the ids of whom they have blocked."""

    id: str
    people: dict[str, PersonRow]
    blocked: Collection[str]

    def name(self, id: str | None) -> str:
        known = self.people.get(id or "")
        return known["name"] if known else _("A former member")

    def drawing(self, id: str | None) -> str:
        known = self.people.get(id or "")
        return known.get("picture", "") if known else ""

    def own(self, row: dict[str, Any]) -> bool:
        return bool(row["author"] == self.id and row["kind"] == "text")

    def quote(self, row: dict[str, Any] | None) -> Quote:
        """Return the quote of a row that is replied to; None where the reader may not see it."""
        if row is None:
            return Quote(None, "", _("A reply to a message from before you came"))
        name = _("You") if self.own(row) else self.name(row["author"])
        if row["author"] in self.blocked:
            return Quote(row["seq"], "", _("A message from someone you blocked"))
        return Quote(row["seq"], name, said(row, name) or beginning(row["html"] or ""))

    def reactions(self, row: dict[str, Any]) -> list[ReactionSummary]:
        """Return the reactions under a row, without those of people whom the reader has blocked."""
        given = []
        for each in row["reactions"]:
            by = [id for id in each["by"] if id not in self.blocked]
            names = [self.name(id) for id in by if id != self.id] + ([_("you")] if self.id in by else [])
            if by:
                emoji = each["emoji"]
                given.append(ReactionSummary(emoji, label(emoji), joined(names), len(by), self.id in by))
        return given


def _quote(row: dict[str, Any], answered: dict[str, dict[str, Any]], here: Collection[str], reader: Reader) -> Quote:
    quote = reader.quote(answered.get(row["reply_to"]["id"]))
    far = quote.seq is not None and row["reply_to"]["id"] not in here
    return replace(quote, before=quote.seq + ROWS_BELOW_QUOTED) if far and quote.seq else quote


def lay_out(rows: list[dict[str, Any]], *, quoted: list[dict[str, Any]], reader: Reader, first_new: int | None) -> Iterator[ShownMessage]:
    """Yield `rows`, which are in order of `seq`, as this reader sees them; `quoted` are rows that they reply to."""
    answered = {row["id"]: row for row in [*quoted, *rows]}
    here = {row["id"] for row in rows}
    latest_return = timezone.now() - limits.MESSAGE_UNDO_WINDOW
    before: dict[str, Any] | None = None
    before_sent = dt.datetime.min.replace(tzinfo=dt.UTC)
    for row in rows:
        sent = dt.datetime.fromisoformat(row["sent"])
        new_day = before is None or timezone.localdate(sent) != timezone.localdate(before_sent)
        new = first_new is not None and row["seq"] >= first_new and (before is None or before["seq"] < first_new)
        in_run = (
            before is not None
            and not (new_day or new)
            and before["kind"] == row["kind"] == "text"
            and before["author"] == row["author"]
            and sent - before_sent < dt.timedelta(minutes=RUN_MINUTES)
        )
        name, own = reader.name(row["author"]), reader.own(row)
        yield ShownMessage(
            row=row,
            sent=sent,
            clock=date_format(timezone.localtime(sent), clock_pattern()),
            name=_("You") if own else name,
            drawing=reader.drawing(row["author"]),
            words=said(row, name),
            own=own,
            first=not in_run,
            blocked=row["kind"] == "text" and row["author"] in reader.blocked,
            new=new,
            day=day_name(sent) if new_day else "",
            quote=_quote(row, answered, here, reader) if row["reply_to"] and row["body"] else None,
            reactions=reader.reactions(row),
            names_reader=reader.id in row["mentions"] and row["author"] not in reader.blocked,
            can_return=own
            and not row["hidden"]
            and row["deleted"] is not None
            and dt.datetime.fromisoformat(row["deleted"]) > latest_return,
        )
        before, before_sent = row, sent
