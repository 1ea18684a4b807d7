"""What this room gives to the rooms below it."""

from typing import Any

from django.dispatch import receiver

from community.members.models import User
from community.members.signals import closing, joined
from community.safety import meeting

from . import actions, suggestions, tasks  # noqa: F401  (the tasks register the jobs of the clock)
from .models import Membership


@receiver(closing)
def leave_all(member: User, **_: Any) -> None:
    actions.leave_every_group(member=member)


@receiver(joined)
def welcome(member: User, **_: Any) -> None:
    suggestions.welcome(member=member)


def _in_one_group(member: User, other: User) -> bool:
    """`other` is, or was, in a group of `member`'s: what they wrote there still stands."""
    mine = Membership.objects.current().filter(member=member).values("group")
    return Membership.objects.filter(group__in=mine, member=other).exists()


meeting.register(_in_one_group)
