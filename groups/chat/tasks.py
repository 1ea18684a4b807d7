"""What the clock does for conversations."""

from django.db import transaction
from django.utils import timezone

from community.kit.schedule import periodic

from .models import Channel, Message, Reaction


@periodic(seconds=10)
def forget_taken_back() -> None:
    """Wipe what authors took back and can bring back no more. The channels are locked: nothing comes back meanwhile."""
    due = Message.objects.filter(undo_until__lte=timezone.now())
    with transaction.atomic():
        homes = list(Channel.objects.select_for_update(no_key=True).filter(id__in=due.values("channel")).order_by("id"))
        gone = list(due.filter(channel__in=homes).values_list("pk", flat=True))
        Reaction.objects.filter(message__in=gone).delete()
        Message.objects.filter(pk__in=gone).update(body="", html="", mentions=[], undo_until=None)
