"""Periodic jobs of the chat."""

from django.db import transaction
from django.utils import timezone

from community.kit.schedule import periodic

from .models import Channel, Message, Reaction


@periodic(seconds=10, name="groups.chat.tasks.forget_taken_back")
def wipe_removed() -> None:
    """Delete the text of removed messages after their undo window. The channels are locked, so that none is restored meanwhile."""
    due = Message.objects.filter(undo_until__lte=timezone.now())
    with transaction.atomic():
        channels = list(Channel.objects.select_for_update(no_key=True).filter(id__in=due.values("channel")).order_by("id"))
        removed = list(due.filter(channel__in=channels).values_list("pk", flat=True))
        Reaction.objects.filter(message__in=removed).delete()
        Message.objects.filter(pk__in=removed).update(body="", html="", mentions=[], undo_until=None)
