"""What of notifications goes in the end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.centre.tasks import forget_old
from community.notifications import leftovers
from community.notifications.models import Notification, Preferences
from community.notifications.tasks import forget_gone

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def told(member, about, *, days, read=False):
    then = timezone.now() - timedelta(days=days)
    return Notification.objects.create(member=member, kind="test", about=about, at=then, read_at=then if read else None)


def left():
    return sorted(Notification.objects.values_list("about", flat=True))


@pytest.mark.usefixtures("kind")
def test_what_nobody_read_is_kept_twice_as_long(alice):
    """What somebody was told of while they were away for four months; or all of it for ever."""
    told(alice, "read long ago", days=91, read=True)
    told(alice, "read", days=89, read=True)
    told(alice, "unread", days=179)
    told(alice, "unread long ago", days=181)
    forget_old()
    assert left() == ["read", "unread"]


def test_what_nobody_can_read_any_more_is_not_counted_as_unread(alice, bob, kind, monkeypatch):
    """A number beside the inbox that never goes, for what was deleted or is closed to its member."""
    monkeypatch.setattr(leftovers, "BATCH_SIZE", 2)
    kind.hidden.add(bob.pk)
    for n in range(3):
        told(alice, f"Alice's {n}", days=2)
        told(bob, f"Bob's {n}", days=2)
    told(bob, "just now", days=0)
    told(bob, "read", days=2, read=True)
    forget_gone()
    assert left() == ["Alice's 0", "Alice's 1", "Alice's 2", "just now", "read"]
    assert Preferences.objects.get().member == bob
    forget_gone()
    assert len(left()) == 5
