"""Where the demo is made, where it is not, and that it is made whole: tests that begin with an empty database."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from community.centre.models import Centre
from community.demo import codes, world
from community.members.models import User
from tests.demo.rows import everything

pytestmark = pytest.mark.postgresql

PAGE = "/demo/codes/"


def test_a_database_with_a_real_member_is_left_alone(alice: User) -> None:
    """The demo's public passwords would open a site where real people are."""
    before = everything()
    with pytest.raises(CommandError, match="Real people are in this database"):
        call_command("demo")
    assert everything() == before


def test_a_centre_that_was_set_up_is_left_alone(db: None) -> None:
    """A site between its setup and its first admin's answer has no people yet and is real all the same."""
    Centre.objects.create(name="Elm Row")
    with pytest.raises(CommandError, match="set up for a real center"):
        call_command("demo")
    assert not User.objects.exists()


def test_an_error_half_way_leaves_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a demo would be taken for the whole one at the next start."""
    monkeypatch.setattr(world, "make_articles", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        world.make()
    assert not world.is_there()
    assert not User.objects.exists()


@pytest.mark.parametrize(("demo_site", "production"), [(False, False), (True, True), (False, True)])
def test_outside_the_demo_there_are_no_codes(
    db: None, client: Client, client_of: Callable[[User], Client], ada: User, settings: object, demo_site: bool, production: bool
) -> None:
    """The page of a real site would be the way around every second factor."""
    Centre(is_demo=demo_site).save()
    User.objects.update(is_demo=demo_site)
    settings.PRODUCTION = production  # type: ignore[attr-defined]
    assert codes.current() == []
    assert client.get(PAGE).status_code == client_of(ada).get(PAGE).status_code == 404
