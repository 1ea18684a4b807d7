"""Taking somebody who goes out of what stays: their name out of what others wrote and, where they want that, the words out of their own.

Each conversation is locked for one batch of its messages at a time. Every change has a version, so that open pages hear of it too.
"""

import re
from html import escape, unescape
from uuid import UUID

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from community.kit.text.phrases import fold, replaced
from community.members.models import User
from community.members.people.names import former_name

from .models import Channel, Message, Participant, Reaction
from .wire import publish

BATCH_SIZE = 100
_STRONG_NAMES = re.compile(r"<strong>(@[^<]+)</strong>")
CHANGED = ("version", "body", "html", "mentions", "body_fingerprint", "deleted_at", "undo_until")


def unname(member: User, empties_messages: bool) -> None:
    """Have no message name `member` after an @ anymore; with `empties_messages`, have theirs look as if they had removed each."""
    taken_part = Participant.objects.filter(member=member).values("channel")
    for channel in Channel.objects.filter(pk__in=taken_part).order_by("pk").values_list("pk", flat=True):
        while _change_some(channel, member, empties_messages):
            pass


def _change_some(channel: UUID, member: User, empties_messages: bool) -> int:
    with transaction.atomic():
        locked = Channel.objects.select_for_update(no_key=True).get(pk=channel)
        theirs = Q(author=member, kind=Message.Kind.TEXT) & ~Q(body="") if empties_messages else Q(pk=None)
        naming = Message.objects.annotate(names=Cast("mentions", TextField())).filter(Q(names__contains=str(member.pk)) | theirs)
        found = naming.filter(channel=locked).order_by("seq").values_list("pk", flat=True)[:BATCH_SIZE]
        rows = list(Message.objects.whole().select_related("author").filter(pk__in=list(found)).order_by("seq"))
        before = locked.version
        for row in rows:
            locked.version += 1
            row.version = locked.version
            if empties_messages and row.author_id == member.pk:
                _empty(row)
            else:
                _take_name_out(row, member)
        if rows:
            Message.objects.bulk_update(rows, CHANGED)
            locked.save(update_fields=["version"])
            publish.changes_on_commit(channel, before, locked.version, rows)
    return len(rows)


def _empty(row: Message) -> None:
    Reaction.objects.filter(message=row).delete()
    row.reacted = []
    row.body = row.html = row.body_fingerprint = ""
    row.mentions, row.deleted_at, row.undo_until = [], row.deleted_at or timezone.now(), None


def _take_name_out(row: Message, member: User) -> None:
    names, here = _written_for(row, member), f"@{former_name()}"
    row.body = replaced(row.body, names, here)
    row.html = replaced(row.html, [escape(name, quote=False) for name in names], here)
    row.mentions = [id for id in row.mentions if id != str(member.pk)]


def _written_for(row: Message, member: User) -> list[str]:
    """What stands for `member` in a message: their name and, where they had another then, what is strong in their place."""
    strong = {fold(name): name for name in _STRONG_NAMES.findall(row.html)}
    then = dict(zip(row.mentions, strong.values(), strict=True)) if len(strong) == len(row.mentions) else {}
    return [f"@{member.name}", *(unescape(name) for id, name in then.items() if id == str(member.pk))]
