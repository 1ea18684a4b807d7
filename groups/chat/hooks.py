"""What this room does when a group is made, joined, left, or agrees on something new; and what can be reported here."""

from typing import Any

from django.dispatch import receiver

from groups.peers import signals

from . import actions


@receiver(signals.group_made)
def open_conversation(group: Any, **_: Any) -> None:
    actions.open_channel(group=group)


@receiver(signals.joined)
def let_in(group: Any, member: Any, returning: bool, **_: Any) -> None:
    actions.admit(group=group, member=member, returning=returning)


@receiver(signals.left)
def let_go(group: Any, member: Any, removed: bool, **_: Any) -> None:
    actions.part(group=group, member=member, removed=removed)


@receiver(signals.agreement_changed)
def tell(group: Any, actor: Any, **_: Any) -> None:
    actions.note_agreement(group=group, actor=actor)
