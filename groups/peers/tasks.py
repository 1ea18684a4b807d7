"""What the clock does for peer groups."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from community.kit.clock import every

from . import places
from .models import Arrival, PeerGroup


@every(seconds=60)
def pass_places_on() -> None:
    """Offer each place that has become free to the next in line: an offer lapsed, or somebody left and did not come back."""
    mine = {"group": OuterRef("pk")}
    waited_for = Exists(Arrival.objects.overdue().filter(**mine)) | Exists(Arrival.objects.in_line().filter(**mine))
    for group in PeerGroup.objects.filter(waited_for):
        with transaction.atomic():
            places.pass_on(places.locked(group))
