"""What a member is told of decisions about what they wrote."""

from typing import Any

from .models import Report


def unread_notes(member: Any) -> int:
    """Return how many notes from the moderators `member` has not opened yet."""
    return Report.objects.filter(author=member, decision=Report.Decision.HIDDEN, note_read_at=None).count()
