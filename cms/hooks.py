"""What this room gives to the rooms below it, and to Wagtail."""

from typing import Any

from django.dispatch import receiver

from community.members.models import User
from community.members.seams import closing

from . import actions, personal_data, tasks  # noqa: F401  (these register what the library keeps of people, and its periodic jobs)
from .admin import overrides  # noqa: F401  (puts ours in the place of Wagtail's)
from .media import deletion  # noqa: F401  (guards files that are in use)


@receiver(closing)
def delete_unsaved_work(member: User, **kwargs: Any) -> None:
    actions.delete_unsaved_work(member=member)
