"""What the audit trail records of conversations."""

from community.kit.audit import Verb


class ChatVerb(Verb):
    """Stored as these words: a renamed one would lose its past."""

    HIDE = "chat.hide"
    SHOW = "chat.show"
