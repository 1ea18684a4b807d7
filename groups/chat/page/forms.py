"""What a page or its scripts post to a conversation. The actions check the text of messages."""

from typing import Any

from django import forms
from django.core.validators import validate_comma_separated_integer_list
from django.utils.translation import gettext_lazy as _

from community.kit import limits
from community.kit.errors import Refusal
from community.kit.text.order import by_name
from community.members.models import User

from ..models import Participant, Reaction
from ..reading import PAGE_SIZE

HIGHEST = 2**53
STATUS = {Refusal.RATE_LIMITED: 429, Refusal.TRY_AGAIN: 503}  # of a page that shows a refused form again; of any other refusal 422


def as_typed(text: str) -> str:
    """Return a posted text with the line breaks that were typed, as a script sends it: forms post them as CR LF."""
    return text.replace("\r\n", "\n")


class SeqField(forms.IntegerField):
    """A message's seq."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=0, max_value=HIGHEST, **kwargs)


class SeqListField(forms.CharField):
    """Single seqs, written as 5,9,14. Cleans to a list of whole numbers, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, validators=[validate_comma_separated_integer_list], **kwargs)

    def clean(self, value: Any) -> list[int] | None:
        written = super().clean(value)
        if not written:
            return None
        seqs = [int(digits) for digits in written.split(",") if len(digits) <= len(str(HIGHEST))]
        if len(seqs) != written.count(",") + 1 or len(seqs) > limits.MAX_ROWS_PER_REQUEST or max(seqs) > HIGHEST:
            raise forms.ValidationError("too many, or too high")
        return seqs


class MessageForm(forms.Form):
    """What comes with a message: the page's new `client_id`, so that posting twice is one message, and the newest seq that it showed."""

    client_id = forms.UUIDField(required=False)
    seen = SeqField()
    reply_to = forms.UUIDField(required=False)


class ReplyForm(forms.Form):
    """Which message is being replied to."""

    reply = forms.UUIDField(required=False)


class ReactionForm(forms.Form):
    """A reaction to add, or with `on` empty to remove."""

    emoji = forms.ChoiceField(choices=Reaction.Emoji.choices)
    on = forms.BooleanField(required=False)


class ReadForm(forms.Form):
    seq = SeqField()


INVOLVEMENTS = [
    (Participant.Involvement.EVERYTHING, _("Everything")),
    (Participant.Involvement.MENTIONS, _("Replies to me, and my name")),
    (Participant.Involvement.NOTHING, _("Nothing")),
]


class InvolvementForm(forms.Form):
    """How much a member wants to hear of each of their conversations, under the id of its channel."""

    prefix = "involvement"

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for mine in by_name(Participant.objects.current().filter(member=member).select_related("channel"), lambda each: each.channel.name):
            self.fields[str(mine.channel_id)] = forms.ChoiceField(label=mine.channel.name, choices=INVOLVEMENTS, initial=mine.involvement)


class HistoryForm(forms.Form):
    """Which page of the history is wanted: at most one of `before`, `after`, `around` and `at`."""

    before = SeqField()
    after = SeqField()
    around = SeqField()
    at = SeqListField()
    limit = forms.IntegerField(required=False, min_value=1, max_value=limits.MAX_ROWS_PER_REQUEST)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        given = {name: asked.get(name) for name in ("before", "after", "around", "at") if asked.get(name) is not None}
        if len(given) > 1:
            raise forms.ValidationError("one of them at a time")
        return {**given, "limit": asked.get("limit") or PAGE_SIZE}
