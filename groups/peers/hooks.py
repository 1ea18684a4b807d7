"""What this room tells the rooms below it."""

from typing import Any

from community.safety import acquaintance

from .models import Membership


def have_met(member: Any, other: Any) -> bool:
    """They belong, or have belonged, to the same group."""
    return Membership.objects.filter(member=other, group__memberships__member=member).exists()


acquaintance.register(have_met)
