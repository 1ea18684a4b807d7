"""What the audit trail records of announcements."""

from community.kit.audit import Verb


class NotificationsVerb(Verb):
    """Stored as these words: a renamed one would lose its past."""

    ANNOUNCE = "notifications.announce"
    WITHDRAW = "notifications.withdraw"
