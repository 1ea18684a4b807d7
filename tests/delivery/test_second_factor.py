"""The sockets of staff: open only to a session that has used a second factor, and closed within two seconds once it does not count."""

import httpx
import pytest

from tests.delivery.stage import MARGIN, PROMISED, Stage, aside
from tests.delivery.wire import wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]
SOON = PROMISED + MARGIN
SECOND_STEP = 4428


@pytest.fixture
def robin(stage: Stage):
    """A member of a group of their own; give them a role, take an app away: they are nobody else's."""
    code = """
from tests.cast import make_person
name = "robin" + uuid.uuid4().hex[:8]
make_person(name)
result = name
"""
    name = stage.back.run(code)
    _group, channel = stage.back.make_group(name)
    return name, channel


def give_role(stage: Stage, name: str, role: str) -> None:
    stage.back.run(
        "from django.contrib.auth.models import Group; person(name).groups.add(Group.objects.get(name=role))", name=name, role=role
    )


def give_app(stage: Stage, name: str) -> None:
    stage.back.run(
        "from community.members.signing_in import allauth_internals; "
        "allauth_internals.TOTP.activate(person(name), allauth_internals.generate_totp_secret())",
        name=name,
    )


def take_app(stage: Stage, name: str) -> None:
    stage.back.run("person(name).authenticator_set.all().delete()", name=name)


@pytest.mark.parametrize("role", ["publisher", "moderator", "coordinator", "admin"])
@pytest.mark.parametrize(("app", "proven"), [(False, False), (False, True), (True, False)], ids=["no factor", "factor gone", "not used"])
async def test_staff_open_no_connection_without_a_factor_that_was_used(stage: Stage, robin, role: str, app: bool, proven: bool) -> None:
    """Catches a socket, or history as JSON, that answers where each page is shut."""
    name, channel = robin
    give_role(stage, name, role)
    if app:
        give_app(stage, name)
    cookie = stage.back.fresh_session(name, proven=proven)
    async with wire(stage.site.url(stage.last), cookie, hello=False) as connection:
        assert await connection.closing() == SECOND_STEP
    for headers in ({}, {"Sec-Fetch-Mode": "cors"}):
        asked = {"Cookie": cookie, **headers}
        answer = httpx.get(f"{stage.site.url()}/chat/{channel}/history/", headers=asked, trust_env=False)
        assert answer.status_code == (403 if headers else 302) and "rows" not in answer.text


async def test_with_a_factor_that_was_used_the_connection_is_open(stage: Stage, robin) -> None:
    name, channel = robin
    give_role(stage, name, "moderator")
    give_app(stage, name)
    async with wire(stage.site.url(stage.last), stage.back.fresh_session(name)) as connection:
        assert channel in {c["id"] for c in connection.ready["channels"]}
        await stage.checked(stage.last)
        assert await connection.is_alive()


async def test_a_role_given_in_the_middle_closes_the_connection(stage: Stage, robin) -> None:
    """Catches rights that are asked at the handshake alone."""
    name, _channel = robin
    async with wire(stage.site.url(stage.last), stage.back.fresh_session(name, proven=False)) as connection:
        await aside(give_role, stage, name, "moderator")
        assert await connection.closing(within=SOON) == SECOND_STEP


async def test_a_factor_taken_away_in_the_middle_closes_the_connection(stage: Stage, robin) -> None:
    name, _channel = robin
    give_role(stage, name, "admin")
    give_app(stage, name)
    async with wire(stage.site.url(stage.last), stage.back.fresh_session(name)) as connection:
        await aside(take_app, stage, name)
        assert await connection.closing(within=SOON) == SECOND_STEP


async def test_a_member_who_has_none_is_let_be(stage: Stage, robin) -> None:
    name, _channel = robin
    async with wire(stage.site.url(), stage.back.fresh_session(name, proven=False)) as connection:
        await stage.checked()
        assert await connection.is_alive()


async def test_the_admins_help_ends_every_connection(stage: Stage, robin) -> None:
    """Whoever holds the lost phone is out as soon as somebody says so."""
    name, _channel = robin
    give_app(stage, name)
    async with wire(stage.site.url(stage.last), stage.back.fresh_session(name)) as connection:
        code = "take_factors_off(actor=person('ada'), member=person(name), reason='Lost.')"
        await aside(lambda: stage.back.run(code, name=name))
        assert await connection.closing(within=SOON) == 4401
