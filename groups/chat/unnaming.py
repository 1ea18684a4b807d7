"""Taking somebody who goes out of what stays: their name out of what others wrote and, where they want that, the words out of their own.

Each conversation is locked for one batch of its messages at a time. Every change has a version, so that open pages hear of it too.
"""

from collections import defaultdict
from collections.abc import Collection
from itertools import chain
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from community.kit.text.markdown import to_html
from community.kit.text.phrases import Phrases, fold
from community.members.models import User
from community.members.people.names import former_name, names_of
from community.safety.actions import reword_copies
from community.safety.models import Report

from .models import Channel, Message, Participant, Reaction
from .text import AT_SIGNS
from .wire import publish

BATCH_SIZE = 100
CHANGED = ("version", "body", "html", "mentions", "body_fingerprint", "deleted_at", "undo_until")


def unname(member: User, empties_messages: bool) -> None:
    """Have nothing that others wrote name `member` after an @; with `empties_messages`, have theirs look as if they had removed each."""
    for channel in Channel.objects.filter(participants__member=member).order_by("pk"):
        naming = Naming(member, User.objects.filter(participations__channel=channel))
        seq = 0
        while seq := _change_some(channel.pk, naming, empties_messages, seq):
            pass
        _reword_drafts(channel, naming)
        reword_copies(Report.objects.filter(target_id__in=channel.messages.values("pk")), naming.taken_out)
    elsewhere = Report.objects.filter(~Exists(Message.objects.filter(pk=OuterRef("target_id"))))
    if elsewhere.exists():  # of a person, or of a conversation that is deleted: nobody can tell who was in it
        reword_copies(elsewhere, Naming(member, User.objects.all()).taken_out)


class Naming:
    """How `member` is named with an @ among `people`: by each name that they have or had, unless another is meant by it."""

    def __init__(self, member: User, people: QuerySet[User]) -> None:
        self.member = member
        self._names: dict[str, list[str]] = defaultdict(list)  # by whose they are
        self._now: dict[str, set[str]] = defaultdict(set)  # who is called so, by the name as it is compared
        self._before: dict[str, set[str]] = defaultdict(set)
        for id, name, is_present in names_of(people):
            self._names[str(id)].append(f"@{name}")
            (self._now if is_present else self._before)[fold(f"@{name}")].add(str(id))
        self._theirs = set(map(fold, self._names[str(member.pk)]))
        self._phrases = Phrases([f"@{former_name()}", *chain(*self._names.values())])

    def taken_out(self, text: str, mentions: Collection[str] = ()) -> str:
        """Return a text that mentions the people with these ids, with the name that all have who are gone in the place of theirs."""
        parts, done = [], 0
        for start, end in self._phrases.spans(text):
            if self._is_theirs(fold(text[start:end]), mentions):
                parts += [text[done:start], f"@{former_name()}"]
                done = end
        return "".join([*parts, text[done:]])

    def _is_theirs(self, name: str, mentions: Collection[str]) -> bool:
        me = str(self.member.pk)
        others_now, others_before = self._now[name] - {me}, self._before[name] - {me}
        if name not in self._theirs:
            return False
        if me in mentions:
            return others_now.isdisjoint(mentions)
        return not others_now and others_before.isdisjoint(mentions)

    def take_out(self, message: Message) -> bool:
        """Change a message so that it doesn't name them; return whether it did."""
        body = self.taken_out(message.body, message.mentions)
        rest = [id for id in message.mentions if id != str(self.member.pk)]
        if (body, rest) == (message.body, message.mentions):
            return False
        strong = [f"@{former_name()}", *chain(*(self._names[id] for id in rest))]
        message.body, message.mentions, message.html = body, rest, to_html(body, strong=strong)
        return True


def _change_some(channel: UUID, naming: Naming, empties_messages: bool, after: int) -> int:
    """Change the next batch of messages above the seq `after`; return the seq of the last that was looked at, 0 where none was left."""
    with transaction.atomic():
        locked = Channel.objects.select_for_update(no_key=True).get(pk=channel)
        named = Q(names__contains=str(naming.member.pk))
        for sign in AT_SIGNS:
            named |= Q(body__contains=sign)
        if empties_messages:
            named |= Q(author=naming.member) & ~Q(body="")
        texts = Message.objects.whole().annotate(names=Cast("mentions", TextField())).filter(named, kind=Message.Kind.TEXT)
        found = list(texts.select_related("author").filter(channel=locked, seq__gt=after).order_by("seq")[:BATCH_SIZE])
        before, rows = locked.version, []
        for row in found:
            if empties_messages and row.author_id == naming.member.pk:
                _empty(row)
            elif not naming.take_out(row):
                continue
            locked.version += 1
            row.version = locked.version
            rows.append(row)
        if rows:
            Message.objects.bulk_update(rows, CHANGED)
            locked.save(update_fields=["version"])
            publish.changes_on_commit(channel, before, locked.version, rows)
    return found[-1].seq if found else 0


def _empty(row: Message) -> None:
    Reaction.objects.filter(message=row).delete()
    row.reacted = []
    row.body = row.html = row.body_fingerprint = ""
    row.mentions, row.deleted_at, row.undo_until = [], row.deleted_at or timezone.now(), None


def _reword_drafts(channel: Channel, naming: Naming) -> None:
    """Take the name out of what others there have begun to write; what they have changed meanwhile stays."""
    for each in Participant.objects.filter(channel=channel).exclude(draft=""):
        if (draft := naming.taken_out(each.draft)) != each.draft:
            Participant.objects.filter(pk=each.pk, draft=each.draft).update(draft=draft)
