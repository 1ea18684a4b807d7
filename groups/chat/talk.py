"""A page of a conversation laid out for reading: by day, by each person's run, with the line at the first new message.

The client (community/static/community/js/chat/lines.js) lays out the same way; change both together.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from groups.peers.models import PeerGroup

RUN_MINUTES = 10  # a person's messages stand together up to this long


@dataclass(frozen=True)
class Line:
    """One message as one reader sees it. `day` is set where a day begins, `new` at the first that is new to them."""

    row: dict[str, Any]
    sent: dt.datetime
    clock: str
    name: str
    drawing: str
    words: str  # what a notice says, or what stands in the place of a text that is gone
    own: bool
    first: bool  # of a run: it shows the name
    blocked: bool
    new: bool
    day: str

    @property
    def can_change(self) -> bool:
        """Their own, and still there."""
        return self.own and not self.words


def day_name(moment: dt.datetime) -> str:
    """Return the day in words, with the year where it is another one."""
    day, today = timezone.localdate(moment), timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - dt.timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "l j F" if day.year == today.year else "l j F Y")


def clock_pattern() -> str:
    """Return how a message's time is written, in Django's date format letters: "2:30 p.m.", or "14:30" where there is no `a` in it."""
    # Translators: how the time of a message is written, in Django's date format letters: "g:i a" or "H:i".
    return _("g:i a")


def notices() -> dict[str, str]:
    """Return what each notice says, by the word that its row holds."""
    return {
        "joined": _("%(name)s joined the group"),
        "left": _("%(name)s left the group"),
        "removed": _("%(name)s is no longer in the group"),
        "appointed": _("%(name)s is a facilitator now"),
        "stepped_down": _("%(name)s is no longer a facilitator"),
        "agreement": _("The group’s agreement was changed"),
        "past_all": _("From here on, people who join later see what is written"),
        "past_joining": _("From now on, people who join see only what is written after they came"),
        "door_open": _("The group is open now: every member sees it and may join"),
        "door_ask": _("The group’s door changed: every member sees it and may ask to join"),
        "door_invited": _("The group’s door changed: every member sees it, and people join by invitation"),
        "door_hidden": _("The group is hidden now: only its people and those who are invited see it"),
    }


def said(row: dict[str, Any], name: str) -> str:
    """Return the words of a notice, or those in the place of a text that is gone; empty for a message that stands."""
    if row["kind"] == "notice":
        return notices().get(row["body"] or "", _("Something changed in the group")) % {"name": name}
    if row["deleted"]:
        return _("Message removed by its author")
    return _("Hidden by a moderator") if row["hidden"] else ""


def later_readers(past: str) -> str:
    """Return whether people who join later can read what is written now."""
    if past == PeerGroup.Past.ALL:
        return _("People who join later can read it too.")
    return _("People who join later do not see it.")


def lay_out(
    rows: list[dict[str, Any]], *, people: dict[str, dict[str, str]], reader: str, blocked: Collection[str], first_new: int | None
) -> Iterator[Line]:
    """Yield the lines of `rows`, which stand in order of `seq`. `people` gives people by id, as frames name them."""
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
        author = people.get(row["author"] or "", {})
        name = author.get("name") or _("A former member")
        yield Line(
            row=row,
            sent=sent,
            clock=date_format(timezone.localtime(sent), clock_pattern()),
            name=_("You") if row["author"] == reader and row["kind"] == "text" else name,
            drawing=author.get("picture", ""),
            words=said(row, name),
            own=row["author"] == reader and row["kind"] == "text",
            first=not in_run,
            blocked=row["kind"] == "text" and row["author"] in blocked,
            new=new,
            day=day_name(sent) if new_day else "",
        )
        before, before_sent = row, sent
