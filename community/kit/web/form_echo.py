"""A form echo: what somebody sent, on the page that says why it was not accepted, so that nothing has to be typed again."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

NEVER_GIVEN_BACK = re.compile("password|csrf|token|code|secret|credential", re.IGNORECASE)
ONE_WORD = re.compile(r"[\w\-/]{0,100}")
BY_ITSELF = re.compile(r"on|[0-9]*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # a tick, a number or an id: put there by the page


@dataclass(frozen=True)
class EchoedField:
    """One field of a form echo."""

    name: str
    value: str

    @property
    def is_written(self) -> bool:
        """More than a word: it is shown. A single word, path or number, such as an id, can go along unseen."""
        return not ONE_WORD.fullmatch(self.value)


def echoed_fields(request: HttpRequest) -> list[EchoedField]:
    """Return every field of the form except its token, passwords and codes."""
    return [EchoedField(name, value) for name, values in request.POST.lists() for value in values if not NEVER_GIVEN_BACK.search(name)]


def words_of(request: HttpRequest) -> str:
    """All that a person wrote or chose in the form, one under the other, to be copied."""
    return "\n\n".join(field.value for field in echoed_fields(request) if not BY_ITSELF.fullmatch(field.value.strip()))


def to_copy(request: HttpRequest) -> dict[str, Any]:
    """What a page needs to give back the words of a form that cannot be sent again (components/words.html): none where nobody wrote any.

    What another site posts here is not shown on a page of ours, as if its reader had written it.
    """
    if request.headers.get("Origin") not in settings.ORIGINS:
        return {}
    try:
        return {"words": words_of(request), "held_back": holds_password(request), "file_held_back": holds_file(request)}
    except (SuspiciousOperation, UnreadablePostError, MultiPartParserError):  # such as one that is too large: the page stands without it
        return {}


def holds_password(request: HttpRequest) -> bool:
    return any("password" in name for name in request.POST)


def holds_file(request: HttpRequest) -> bool:
    return bool(request.FILES)
