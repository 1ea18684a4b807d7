"""What can't be deleted holds up nothing else, and isn't counted as if it were."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from community.centre import retention
from community.members.models import User
from community.members.people.closing_models import AccountClosing

pytestmark = pytest.mark.postgresql


def fails(*args: Any) -> Any:
    raise RuntimeError("A row that nobody can delete.")


@pytest.fixture
def leaving(alice: User, bob: User) -> None:
    past = timezone.now() - dt.timedelta(days=1)
    for person in (alice, bob):
        AccountClosing.objects.create(member=person, asked_at=past, closes_at=past)


def test_a_period_that_fails_keeps_no_account_open(leaving: None, monkeypatch: Any) -> None:
    """Accounts that stay for weeks after their day, since a table elsewhere is locked."""
    monkeypatch.setattr(retention, "PERIODS", [retention.Period("keep_audit", fails), *retention.PERIODS])
    with pytest.raises(ExceptionGroup, match="Not all"):
        retention.forget()
    assert not AccountClosing.objects.exists()


def test_what_failed_or_was_taken_back_is_not_counted(leaving: None, alice: User, monkeypatch: Any) -> None:
    due, end = AccountClosing.objects.due, retention.DEADLINES["closings"].end
    assert end

    def end_some(closing: AccountClosing) -> None:
        AccountClosing.objects.exclude(pk=closing.pk).delete()  # its owner keeps it, meanwhile
        end(closing)

    monkeypatch.setitem(retention.DEADLINES, "closings", retention.Deadline("", due, fails))
    assert retention.forget()["closings"] == 0 and AccountClosing.objects.count() == 2
    monkeypatch.setitem(retention.DEADLINES, "closings", retention.Deadline("", due, end_some))
    assert retention.forget()["closings"] == 1
