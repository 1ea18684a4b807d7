"""Who may what, asked through every door of the table: fresh, after the right was taken away in mid-session, and by the raw id.

A cell is one request. What is open answers as it does; what is not, like an address that does not exist.
"""

from typing import Any

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.urls import reverse
from wagtail.models import Page, get_page_models

from cms.admin import gate
from cms.admin.tree import ensure_tree
from community.kit import schedule
from community.members.people.actions import give_role, take_role
from community.members.roles import Role
from community.members.signing_in.allauth_internals import TOTP
from groups.chat.wire import frames
from groups.peers import actions as peers
from tests.cast import ROLES, make_person, secret_of
from tests.cms.editor_forms import addresses, filled
from tests.house.asking import LED, STAFF
from tests.house.doors import COMMANDS, DOORS, FRAMES, JOBS, PAGE_TYPES

CLOSED = {404}
EDITOR = [(name, filled(address)) for name, address in addresses(gate.urlpatterns) if name in gate.FOR_EDITORS | gate.FOR_ADMINS]


def test_every_frame_page_type_command_and_job_is_classified():
    """Something new that nobody has thought about, or a row of the table that promises what is gone."""
    assert {kind.__struct_config__.tag for kind in frames.ClientFrame.__args__} == set(FRAMES)
    assert {model.__name__ for model in get_page_models() if model is not Page} == set(PAGE_TYPES)
    ours = {app.name for app in apps.get_app_configs() if app.name.split(".")[0] in ("community", "groups", "cms")}
    assert {name for name, app in get_commands().items() if app in ours} == set(COMMANDS)
    assert set(schedule.JOBS) == set(JOBS)


@pytest.fixture
def cast(client_of: Any, alice: Any, faye: Any, pat: Any, rena: Any, mo: Any, cora: Any, ada: Any) -> dict[str, tuple[Any, Any]]:
    """Each with a client that is signed in: an alumna, a facilitator, and one person of each role."""
    people = {"alice": alice, "faye": faye, "pat": pat, "rena": rena, "mo": mo, "cora": cora, "ada": ada}
    return {name: (person, client_of(person)) for name, person in people.items()}


def at(name: str, things: dict[str, dict[str, Any]]) -> str:
    """The address of a door, with the ids of things that exist."""
    return reverse(name, kwargs=things.get(DOORS[name].hidden, {}))


def closed(client: Any, address: str, method: str = "get") -> bool:
    return getattr(client, method)(address).status_code in CLOSED


@pytest.mark.parametrize("name", STAFF)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_door_of_the_staff_is_open_to_its_roles_and_to_nobody_else(name, method, cast, hidden_things):
    """A desk that a member, a facilitator or another role can open or write through, with an id that somebody passed on."""
    for who, (_person, client) in cast.items():
        may = ROLES.get(who) in DOORS[name].who
        if not (may and method == "post"):  # what a role may do by writing, the tests of its room tell
            assert closed(client, at(name, hidden_things), method) != may, who


@pytest.mark.parametrize("role", Role)
def test_a_role_that_is_taken_away_in_mid_session_ends_at_the_next_request(role, cast, hidden_things):
    """A right that lives on in a session, in a page that was open, or in Wagtail."""
    omar = make_person("omar", Role.ADMIN)
    person, client = cast[next(who for who, theirs in ROLES.items() if theirs == role)]
    doors = [at(name, hidden_things) for name in STAFF if role in DOORS[name].who]
    doors += ["/cms/"] if person.has_perm("wagtailadmin.access_admin") else []
    assert doors and not [door for door in doors if closed(client, door)]
    take_role(actor=omar, member=person, role=role)
    assert [door for door in doors if not closed(client, door)] == []
    assert [door for door in doors if not closed(client, door, "post")] == []
    assert client.get("/today/").status_code == 200, "who lost a role is a member still"


@pytest.mark.parametrize("role", Role)
def test_a_role_that_is_given_in_mid_session_opens_its_doors_and_no_other(role, client_of, charlie, hidden_things, ada):
    """A role that opens what belongs to another one."""
    TOTP.activate(charlie, secret_of("charlie"))  # who is staff needs a second step for whatever they do
    client = client_of(charlie)
    assert client.get("/today/").status_code == 200
    give_role(actor=ada, member=charlie, role=role)
    for name in STAFF:
        assert closed(client, at(name, hidden_things)) != (role in DOORS[name].who), name


@pytest.mark.parametrize("name", LED)
def test_a_door_of_a_group_is_for_its_facilitators_and_for_who_makes_groups(
    name, cast, client_of, charlie, hidden_things, hidden_group, faye, ada
):
    """Members are told that it is not theirs to do; outsiders, staff among them, not even that the group is there."""
    address = at(name, hidden_things)
    expected = {"alice": 403, "faye": 200, "pat": 404, "rena": 404, "mo": 404, "cora": 200, "ada": 200}
    assert {who: client.get(address).status_code for who, (_person, client) in cast.items()} == expected
    assert client_of(charlie).get(address).status_code == 404
    peers.appoint(actor=ada, group=hidden_group, member=faye, role="member")
    assert {cast["faye"][1].get(address).status_code, cast["faye"][1].post(address).status_code} == {403}


# ------------------------------------------------------------------- Wagtail


def test_each_page_of_the_editor_is_open_to_its_roles_alone(cast):
    """Each of some eighty pages, asked by everybody who is no editor, and those of the settings by the publisher too."""
    assert len(EDITOR) > 70
    for who, (person, client) in cast.items():
        for name, address in EDITOR:
            named = name in gate.FOR_EDITORS and who in ("pat", "ada")
            arguments = {"app_name": "centre", "model_name": "centre"}
            if name == "wagtail_bulk_action":
                arguments = {"app_label": "wagtailcore", "model_name": "page", "action": "publish"}
            open_to = named or (name in gate.FOR_ADMINS and who == "ada")
            assert gate.is_open(person, name, arguments) == open_to, (who, name)
            if not open_to:
                assert closed(client, address), (who, name)


@pytest.mark.parametrize("who", ["pat", "ada"])
def test_the_editor_closes_page_by_page_when_the_role_is_taken_away(who, cast):
    """A page of Wagtail that looks at the permissions of a moment ago."""
    omar = make_person("omar", Role.ADMIN)
    person, client = cast[who]
    assert client.get("/cms/").status_code == 200
    take_role(actor=omar, member=person, role=ROLES[who])
    assert [name for name, address in EDITOR if not closed(client, address)] == []


def test_only_articles_are_made_and_only_by_editors(cast):
    """A second library, or a page of a kind that has no audience."""
    library = ensure_tree()
    made = {model.__name__ for model in get_page_models() for page in Page.objects.all() if model.can_create_at(page.specific)}
    assert made == {name for name, is_made in PAGE_TYPES.items() if is_made}
    for who, (person, _client) in cast.items():
        assert library.permissions_for_user(person).can_add_subpage() == (who in ("pat", "ada"))
