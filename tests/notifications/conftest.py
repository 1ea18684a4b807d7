"""A kind of notification for the tests alone, somebody who has a browser to push to, and a push service and a text gateway of our own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from community.members.models import User
from community.notifications.kinds import KINDS, NotificationKind, Shown
from community.notifications.models import Preferences, PushSubscription
from community.notifications.push import posting, sending
from tests.notifications import text_gateway
from tests.notifications.push_service import PushService, running


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


@pytest.fixture
def service(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """The push service of the browsers in a test, let in by the setting; nothing of earlier tests is remembered of it."""
    with running() as started:
        settings.PUSH_HOSTS = (started.url,)
        settings.DEFAULT_FROM_EMAIL = "post@example.org"
        monkeypatch.setattr(posting, "hosts", posting.Hosts())
        monkeypatch.setattr(sending, "_refused", set())
        yield started


@pytest.fixture
def gateway(settings: Any) -> Iterator[text_gateway.Gateway]:
    """The gateway for text messages of the site in a test."""
    with text_gateway.running() as started:
        settings.SMS_URL, settings.SMS_SECRET = started.url, text_gateway.SECRET
        yield started
