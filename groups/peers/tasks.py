"""Periodic jobs of peer groups."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from community.kit.schedule import periodic

from .join import seats
from .models import JoinRequest, PeerGroup


@periodic(seconds=60, name="groups.peers.tasks.pass_places_on")
def offer_free_seats() -> None:
    """Offer each seat that became free to the next on the waiting list: an offer ran out, or somebody left and can no longer undo it."""
    same_group = {"group": OuterRef("pk")}
    is_due = Exists(JoinRequest.objects.overdue().filter(**same_group)) | Exists(JoinRequest.objects.waiting().filter(**same_group))
    for group in PeerGroup.objects.filter(is_due):
        with transaction.atomic():
            seats.offer_free_seats(seats.locked(group))
