"""What the clock does for peer groups."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from community.kit.schedule import periodic

from .join import seats
from .models import JoinRequest, PeerGroup


@periodic(seconds=60)
def pass_places_on() -> None:
    """Offer each place that has become free to the next on the waiting list: an offer lapsed, or somebody left and did not come back."""
    mine = {"group": OuterRef("pk")}
    waited_for = Exists(JoinRequest.objects.overdue().filter(**mine)) | Exists(JoinRequest.objects.waiting().filter(**mine))
    for group in PeerGroup.objects.filter(waited_for):
        with transaction.atomic():
            seats.pass_on(seats.locked(group))
