"""A kind of notification for the tests alone, and somebody who has a browser to push to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from community.members.models import User
from community.notifications.kinds import KINDS, NotificationKind, Shown
from community.notifications.models import Preferences, PushSubscription


@dataclass
class Kind:
    """Whom an event of the kind `test` concerns, and who may still read what it is about."""

    recipients: list[User] = field(default_factory=list)
    hidden: set[UUID] = field(default_factory=set)


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Kind:
    mine = Kind()
    registered = NotificationKind(
        "test",
        "a test",
        lambda pairs: {pair: Shown("Something", "", "/", "bell") for pair in pairs if pair[0] not in mine.hidden},
        recipients=lambda _about, _actor: [member.pk for member in mine.recipients],
    )
    monkeypatch.setitem(KINDS, "test", registered)
    return mine


@pytest.fixture
def reached() -> Callable[[Iterable[User]], None]:
    """A function that gives people a browser to push to, and no quiet hours: what they are notified of is due at once, or nearly."""

    def give(people: Iterable[User]) -> None:
        for person in people:
            Preferences.objects.update_or_create(member=person, defaults={"is_quiet": False, "email": Preferences.Email.EACH})
            PushSubscription.objects.create(member=person, words="Firefox", endpoint_hash=str(person.pk), sealed="", key_id="k")

    return give
