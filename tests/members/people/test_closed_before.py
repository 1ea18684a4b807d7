"""Accounts that were closed by a release in which they kept their names."""

import uuid
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from community.centre import retention
from community.members.models import User
from community.members.people.closing_models import ClosedAccount
from community.members.people.names import check_name
from groups.chat import actions as chat


def test_they_lose_it_everywhere_once_the_worker_has_run(channel: Any, alice: User, bob: User, client_of: Any) -> None:
    """An upgrade after which a list, a notice or a mention still names who has left."""
    chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Good evening")
    chat.send(member=bob, channel=channel.pk, client_id=uuid.uuid4(), body="Thanks, @Alice")
    User.objects.filter(pk=alice.pk).update(is_active=False, email=f"{alice.pk}@closed.invalid")
    bobs, address = client_of(bob), f"/chat/{channel.pk}/"
    assert "Alice" in bobs.get(address).content.decode()

    import_module("community.members.migrations.0023_unname_closed_accounts").close_again(apps, None)
    retention.forget()

    page = bobs.get(address).content.decode()
    assert "Alice" not in page and "Former member" in page
    alice.refresh_from_db()
    assert (alice.name, alice.is_active) == ("Former member", False)
    assert ClosedAccount.objects.exists(), "or a backup from before it was closed brings it back"
    with pytest.raises(ValidationError):
        check_name("Alice")
    assert retention.forget()["closings"] == 0
