"""Names of closed accounts, which nobody takes for a year: those that people see, and those by which somebody signed in."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from community.kit.errors import Refused
from community.kit.schedule import JOBS
from community.kit.text.names import skeleton
from community.members.models import User
from community.members.people import actions as people
from community.members.people.names import check_name, free_sign_in_name

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture(autouse=True)
def _closed(ada, alice):
    """An account of somebody who signed in by another name than people saw."""
    User.objects.filter(pk=alice.pk).update(sign_in_name="Kettle Lamp", sign_in_key=skeleton("Kettle Lamp"))
    people.close_account(actor=ada, member=User.objects.get(pk=alice.pk))


def is_free_to_show(name: str, member: User) -> bool:
    try:
        return bool(check_name(name, member=member))
    except ValidationError as error:
        assert "Somebody here has that name" in str(error)
        return False


def is_free_to_sign_in(name: str) -> bool:
    try:
        return bool(free_sign_in_name(name, shown="Somebody"))
    except Refused:
        return False


def test_they_stay_reserved_for_a_year(bob, time_machine):
    """Somebody could take it while others remember who had it, and be told what was meant for her."""
    assert not is_free_to_show("Alice", bob) and not is_free_to_show("alíce", bob) and not is_free_to_sign_in("kettle lamp")
    time_machine.move_to(timezone.now() + dt.timedelta(days=366), tick=False)
    assert is_free_to_show("Alice", bob) and is_free_to_sign_in("Kettle Lamp")


def test_each_is_reserved_where_it_was_used(bob):
    """The form for names that people see, which answered that somebody had signed in by a secret one."""
    assert is_free_to_show("Kettle Lamp", bob) and is_free_to_sign_in("Alice")


def test_a_new_secret_key_keeps_them(bob, settings):
    """Once the former key is dropped, anybody could take the name, with months to go."""
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key, as long as it should be, it seems"
    JOBS["community.kit.tasks.seal_keys"].do()
    settings.SECRET_KEY_FALLBACKS = []
    assert not is_free_to_show("Alice", bob) and not is_free_to_sign_in("Kettle Lamp")
