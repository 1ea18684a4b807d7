"""How an action says no, and a page that is closed to somebody who knew it."""

from django.http import Http404


class Refused(Exception):
    """An action was refused. `code` is for machines (docs/protocol.md, "Errors"), the sentence for the person who tried.

    `retry_after` (seconds) is given where trying again later helps.
    """

    def __init__(self, code: str, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after


class Ended(Http404):
    """Nothing is here for somebody whose part in it has ended, and who may be told so. To everybody else it is not there."""

    def __init__(self, *, removed: bool) -> None:
        super().__init__()
        self.removed = removed
