"""Why a connection is closed (docs/protocol.md, "How a connection ends")."""

import enum


class CloseCode(enum.IntEnum):
    """The code of a WebSocket's close frame, by which a client knows what to do. 4000 and up are ours (RFC 6455, 7.4.2)."""

    TRY_LATER = 1012
    NOT_THIS_PROTOCOL = 4400
    SIGNED_OUT = 4401
    NOT_ALLOWED = 4403
    TOO_SLOW = 4408
    REPLACED = 4409
    SECOND_STEP = 4428
    TOO_MANY = 4429
