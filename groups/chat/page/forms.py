"""What a page or the client posts to a conversation. What a text may be is decided by the actions."""

from typing import Any

from django import forms
from django.core.validators import validate_comma_separated_integer_list

from community.kit import limits

from ..models import Reaction
from ..reading import PAGE

HIGHEST = 2**53


def as_typed(text: str) -> str:
    """Return a posted text as the client would have sent it: with the line ends that were typed, nothing else changed."""
    return text.replace("\r\n", "\n")


class PlaceField(forms.IntegerField):
    """A message's place in its channel."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=0, max_value=HIGHEST, **kwargs)


class PlacesField(forms.CharField):
    """Single places, written as 5,9,14: a list of whole numbers, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, validators=[validate_comma_separated_integer_list], **kwargs)

    def clean(self, value: Any) -> list[int] | None:
        written = super().clean(value)
        if not written:
            return None
        places = [int(digits) for digits in written.split(",") if len(digits) <= len(str(HIGHEST))]
        if len(places) != written.count(",") + 1 or len(places) > limits.MAX_ROWS_PER_REQUEST or max(places) > HIGHEST:
            raise forms.ValidationError("too many places, or none that can be")
        return places


class MessageForm(forms.Form):
    """What comes with a message: the page's fresh `client_id`, so that posting it twice is one message, and the newest that it showed."""

    client_id = forms.UUIDField(required=False)
    seen = PlaceField()
    reply_to = forms.UUIDField(required=False)


class ReplyForm(forms.Form):
    """Which message the page is asked to answer."""

    reply = forms.UUIDField(required=False)


class ReactionForm(forms.Form):
    """A sign to put under a message, or with `on` empty to take away."""

    emoji = forms.ChoiceField(choices=Reaction.Emoji.choices)
    on = forms.BooleanField(required=False)


class ReadForm(forms.Form):
    seq = PlaceField()


class HistoryForm(forms.Form):
    """Which page of the past is asked for: at most one of `before`, `after`, `around` and `at`."""

    before = PlaceField()
    after = PlaceField()
    around = PlaceField()
    at = PlacesField()
    limit = forms.IntegerField(required=False, min_value=1, max_value=limits.MAX_ROWS_PER_REQUEST)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        places = {name: asked.get(name) for name in ("before", "after", "around", "at") if asked.get(name) is not None}
        if len(places) > 1:
            raise forms.ValidationError("one place at a time")
        return {**places, "limit": asked.get("limit") or PAGE}
