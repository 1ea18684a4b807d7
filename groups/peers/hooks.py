"""What this room gives to the rooms below it."""

from community.members.models import User
from community.safety import meeting

from .models import Membership


def _in_one_group(member: User, other: User) -> bool:
    """`other` is, or was, in a group of `member`'s: what they wrote there still stands."""
    mine = Membership.objects.current().filter(member=member).values("group")
    return Membership.objects.filter(group__in=mine, member=other).exists()


meeting.register(_in_one_group)
