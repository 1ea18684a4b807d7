"""Ids that cannot be guessed and sort by the time they were made (UUIDv7, RFC 9562)."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """Return a fresh UUIDv7."""
    return uuid_utils.compat.uuid7()


def as_id(text: object) -> uuid.UUID | None:
    """Return the UUID that `text` spells, or None: an id that is no id is treated like one that does not exist."""
    try:
        return uuid.UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
