"""Staff without a second factor get nowhere, by any door: every route of the site and every page of Wagtail's is asked."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.test import Client

from cms.admin import gate
from community.members.invitations.actions import invite
from community.members.models import User
from community.members.roles import Role
from tests.cast import make_person, prove
from tests.cms.editor_forms import addresses, filled
from tests.house.asking import NAMED, address
from tests.joining import join

STAY_OPEN = {
    "help",
    "privacy",
    "account_logout",
    "manifest",
    "service_worker",
    "healthz",
    "readyz",
    "policy_report",
    "cms:robots",
    "look",
    "logo",
    "icon",
    "icon_masked",
    "leave",
    "leaving",
    "members:session",
    "notifications:unsubscribe",
    "members:do_not_write",
}
SET_UP = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}
USE = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
OVERVIEW, CODE = "/accounts/signing-in/", "/accounts/again/code/"
Make = Callable[[Role], tuple[Client, User]]


def _signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    prove(client, person)
    return client


def fresh(role: Role) -> tuple[Client, User]:
    """Somebody who has just joined as staff, or was staff before there were second factors."""
    person = make_person("nils", role)
    Authenticator.objects.all().delete()
    return _signed_in(person), person


def taken_away(role: Role) -> tuple[Client, User]:
    """Staff whose factor is gone while they are signed in with it."""
    person = make_person("nils", role)
    client = _signed_in(person)
    assert client.get("/today/").status_code == 200
    Authenticator.objects.all().delete()
    return client, person


def role_given(role: Role) -> tuple[Client, User]:
    """A member who becomes staff while they are signed in."""
    person = make_person("nils")
    client = _signed_in(person)
    assert client.get("/today/").status_code == 200
    person.groups.add(Group.objects.get(name=role))
    return client, person


def used_elsewhere(role: Role) -> tuple[Client, User]:
    """Staff with a factor, and a session from before it that has only seen the password."""
    person = make_person("nils", role)
    client = Client()
    client.force_login(person)
    return client, person


WITHOUT = pytest.mark.parametrize("make", [fresh, taken_away, role_given])
EACH_ROLE = pytest.mark.parametrize("role", list(Role))
# The rule asks whether somebody is staff, and what their session has used, and never which role it is. So each way is walked, and each
# role, and not each way as each role.
WALKS = [
    (fresh, Role.PUBLISHER), (fresh, Role.REVIEWER), (fresh, Role.COORDINATOR), (taken_away, Role.ADMIN), (role_given, Role.MODERATOR),
]  # fmt: skip
EDITORS_WALKS = [
    (fresh, OVERVIEW, Role.ADMIN), (taken_away, OVERVIEW, Role.PUBLISHER), (role_given, OVERVIEW, Role.ADMIN),
    (used_elsewhere, CODE, Role.PUBLISHER),
]  # fmt: skip


def shut(answer: Any, method: str, way: str) -> bool:
    """Whether an answer leads to the second step and holds nothing else."""
    if method == "get":
        return answer.status_code == 302 and answer["Location"].startswith(f"{way}?next=")
    return answer.status_code == 403 and "A second step comes first" in answer.content.decode()


@pytest.mark.parametrize(("make", "role"), WALKS)
def test_every_route_is_shut_but_what_leads_to_the_factor(db: Any, make: Make, role: Role) -> None:
    """One view, one form or one piece of JSON that answers somebody whose password was learned."""
    assert {walked for _make, walked in WALKS} == set(Role)
    client, _person = make(role)
    for name in set(NAMED) - STAY_OPEN - SET_UP:
        for method in ("get", "post"):
            answer = getattr(client, method)(address(name))
            assert shut(answer, method, OVERVIEW), f"{method} {name}: {answer.status_code}"


@EACH_ROLE
def test_a_session_from_before_the_factor_is_not_one_that_used_it(db: Any, role: Role) -> None:
    """Setting up another factor, with the password, must not be a way around the one that is there."""
    client, _person = used_elsewhere(role)
    for name in set(NAMED) - STAY_OPEN - USE:
        for method in ("get", "post"):
            answer = getattr(client, method)(address(name))
            assert shut(answer, method, CODE), f"{method} {name}: {answer.status_code}"


@pytest.mark.parametrize(("make", "way", "role"), EDITORS_WALKS)
def test_so_is_every_page_of_wagtails(db: Any, make: Make, way: str, role: Role) -> None:
    """Wagtail brings views, forms and an API of its own."""
    client, _person = make(role)
    every = {filled(path) for _name, path in addresses(gate.urlpatterns)} | {"/cms/login/", "/cms/logout/", "/cms/account/"}
    assert len(every) > 150
    for path in every:
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            assert shut(answer, method, way), f"{method} {path}: {answer.status_code}"


@WITHOUT
def test_what_is_not_there_answers_alike(db: Any, make: Make) -> None:
    client, _person = make(Role.MODERATOR)
    assert shut(client.get("/no-such-page/"), "get", OVERVIEW) and shut(client.get("/library/none/"), "get", OVERVIEW)


def test_what_a_script_asks_for_is_refused_and_not_led(db: Any) -> None:
    """A fetch would follow the way to a page, and take it for an answer."""
    client, _person = fresh(Role.ADMIN)
    assert client.get("/today/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 403
    assert client.get("/today/", headers={"Sec-Fetch-Mode": "navigate"}).status_code == 302


@pytest.mark.parametrize("make", [fresh, taken_away, role_given, used_elsewhere])
def test_help_privacy_and_the_way_out_stay_open(db: Any, make: Make) -> None:
    client, _person = make(Role.ADMIN)
    for path in ("/help/", "/privacy/", "/manifest.webmanifest", "/sw.js", "/healthz", "/accounts/logout/"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert b"/staff/people/" not in page.content
    assert client.post("/accounts/logout/").status_code == 302 and "_auth_user_id" not in client.session


@pytest.mark.parametrize("make", [fresh, taken_away, role_given])
def test_setting_it_up_opens_the_doors_of_the_role(db: Any, make: Make) -> None:
    from tests.members.signing_in.test_factors import set_up

    client, _person = make(Role.ADMIN)
    page = client.get("/staff/people/", follow=True).content.decode()
    assert "You are staff" in page and "/today/" not in page
    set_up(client)
    assert client.get("/staff/people/").status_code == 200


def test_who_joins_as_staff_is_led_to_it_at_once(db: Any) -> None:
    """The first hour of an account would be one without, or begin with typing the password that was just chosen."""
    _invitation, key = invite(actor=None, email="nils@example.org", role=Role.ADMIN)
    client = Client()
    following = join(client, f"/invitation/{key}/", name="Nils")["Location"]
    page = client.get(following, follow=True)
    assert page.redirect_chain[-1][0].startswith(OVERVIEW) and "You are staff" in page.content.decode()
    assert client.get("/accounts/signing-in/app/").status_code == 200


def test_using_it_opens_them_too(db: Any) -> None:
    from tests.cast import code_of

    client, _person = used_elsewhere(Role.ADMIN)
    way = client.get("/staff/people/")["Location"]
    assert "Use your password instead" not in client.get(way).content.decode()
    assert client.post(way, {"code": code_of("nils"), "next": "/staff/people/"})["Location"] == "/staff/people/"
    assert client.get("/staff/people/").status_code == 200


def test_members_are_not_asked_for_what_they_do_not_have(client_of: Any, alice: User, faye: User) -> None:
    """Facilitating is no staff role."""
    assert client_of(alice).get("/today/").status_code == client_of(faye).get("/today/").status_code == 200


def test_who_is_staff_no_more_is_let_be(db: Any) -> None:
    client, person = fresh(Role.MODERATOR)
    person.groups.clear()
    assert client.get("/today/").status_code == 200


def test_staff_cannot_take_off_their_last_factor(client_of: Any, ada: User) -> None:
    """A click that would lock them out until they set up another."""
    client = client_of(ada)
    path = "/accounts/signing-in/app/remove/"
    for answer in (client.get(path), client.post(path)):
        assert "You are staff" in answer.content.decode() and answer.status_code == 200
    assert Authenticator.objects.filter(user=ada).exists()
    passkey = Authenticator.objects.create(user=ada, type="webauthn", data={"name": "Phone"})
    assert client.post(path).status_code == 302
    removing = f"/accounts/signing-in/passkeys/{passkey.pk}/remove/"
    assert "You are staff" in client.get(removing).content.decode()
    assert client.post(removing).status_code == 422 and Authenticator.objects.filter(pk=passkey.pk).exists()
