"""How an action says no, and a page that is closed to somebody who knew it."""

from enum import StrEnum

from django.http import Http404


class Refusal(StrEnum):
    """Why an action says no, for machines. docs/codes.md says what each means; those of the wire stand in docs/protocol.md too."""

    AGREEMENT_CHANGED = "agreement_changed"
    ALREADY = "already"
    ANSWERED = "answered"
    ASKED = "asked"
    AWAY = "away"
    BAD_ADDRESS = "bad_address"
    BAD_DRAWING = "bad_drawing"
    BAD_FRAME = "bad_frame"
    BAD_NAME = "bad_name"
    BAD_ROLE = "bad_role"
    BAD_SIGN_IN_NAME = "bad_sign_in_name"
    CHANGED = "changed"
    CLOSED = "closed"
    EMPTY = "empty"
    FORBIDDEN = "forbidden"
    FULL = "full"
    HAS_ACCOUNT = "has_account"
    INVALID = "invalid"
    INVITED = "invited"
    LAST_ADMIN = "last_admin"
    LEADS_ALONE = "leads_alone"
    NAME_TAKEN = "name_taken"
    NEEDS_ADDRESS = "needs_address"
    NEEDS_KEY = "needs_key"
    NOBODY = "nobody"
    NOT_FOUND = "not_found"
    NOT_WHOLE = "not_whole"
    NO_REASON = "no_reason"
    RATE_LIMITED = "rate_limited"
    REMOVED = "removed"
    REPORTED_AGAIN = "reported_again"
    REUSED = "reused"
    REVOKED = "revoked"
    RUN_OUT = "run_out"
    SAME = "same"
    SELF = "self"
    SIGN_IN_NAME_TAKEN = "sign_in_name_taken"
    TEXT_CHANGED = "text_changed"
    TOO_LATE = "too_late"
    TOO_LONG = "too_long"
    TRY_AGAIN = "try_again"
    UNWILLING = "unwilling"
    USED = "used"
    WAITING = "waiting"


class Refused(Exception):
    """An action was refused. `code` is for machines, the sentence for the person who tried.

    `retry_after` (seconds) is given where trying again later helps.
    """

    def __init__(self, code: Refusal, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after


class Ended(Http404):
    """Nothing is here for somebody whose part in it has ended, and who may be told so. To everybody else it is not there."""

    def __init__(self, *, removed: bool) -> None:
        super().__init__()
        self.removed = removed
