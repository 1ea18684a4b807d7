"""The people of the tests. Alice and Bob are in the group that Faye facilitates, Charlie is outside it, the others are staff."""

import base64
import json
import time
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from community.members.models import Consent, ConsentText, User
from community.members.roles import Role
from community.members.signing_in.allauth_internals import (
    RECORDS_KEY,
    RECORDS_USER_KEY,
    TOTP,
    format_hotp_value,
    hotp_value,
    user_id_to_str,
)
from community.members.signing_in.factors import factors_of

PASSWORD = "cast-password-1"
ROLES = {"pat": Role.PUBLISHER, "rena": Role.REVIEWER, "mo": Role.MODERATOR, "cora": Role.COORDINATOR, "ada": Role.ADMIN}
NAMES = ("alice", "bob", "charlie", "faye", *ROLES)
HALF_MINUTE = 30
AGREEMENT = "What is said here stays here.\nWe listen before we answer."


def make_person(name: str, role: Role | None = None, *, sign_in: str = "") -> User:
    """Make somebody who has answered their invitation: confirmed address, consent given, password `PASSWORD`; staff with an app.

    Who signs in by a name, `sign_in`, has no address.
    """
    email = None if sign_in else f"{name}@example.org"
    person = User.objects.create_user(email=email, sign_in=sign_in, name=name.capitalize(), password=PASSWORD)
    if email:
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    if text := ConsentText.objects.order_by("-version").first():
        Consent.objects.create(member=person, text=text)
    if role:
        person.groups.add(Group.objects.get_or_create(name=role)[0])
        TOTP.activate(person, secret_of(name))
    return User.objects.get(pk=person.pk)


def secret_of(name: str) -> str:
    """The key of somebody's authenticator app."""
    return base64.b32encode(name.encode().ljust(20, b"-")[:20]).decode()


def step_now() -> int:
    """The half minute that an app is in."""
    return int(time.time()) // HALF_MINUTE


def code_of(name: str, step: int | None = None) -> str:
    """What somebody's app shows, now or in another half minute."""
    return str(format_hotp_value(hotp_value(secret_of(name), step_now() if step is None else step)))


def fresh_session(person: User, *, proven: bool = True, at: float | None = None) -> str:
    """Return the key of a new session of somebody; with `proven` one that has used what they sign in with, `at` a time or just now."""
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    if proven:
        store.update(_proof(person, time.time() if at is None else at))
    store.create()
    return str(store.session_key)


def _proof(person: User, at: float) -> dict[str, Any]:
    """What signing in through the pages notes in a session: the password, and a second factor where there is one."""
    factor = factors_of(person).first()
    used = [{"method": "mfa", "at": at, "id": factor.pk, "type": factor.type}] if factor else []
    return {RECORDS_USER_KEY: user_id_to_str(person), RECORDS_KEY: [{"method": "password", "at": at}, *used]}


def prove(client: Client, person: User) -> None:
    """Note in the session what signing in through the pages notes there."""
    session = client.session
    session.update(_proof(person, time.time()))
    session.save()


def make_group(*, actor: User, facilitator: User, members: tuple[User, ...], name: str = "Tuesday evening", **fields: Any) -> Any:
    """Make a peer group the way the site does, with `members` who accepted its agreement."""
    from groups.peers import actions
    from groups.peers.models import PeerGroup

    fields = {
        "purpose": "For a quiet talk in the week.",
        "join_policy": PeerGroup.JoinPolicy.OPEN,
        "history_visibility": PeerGroup.HistoryVisibility.ALL,
    } | fields
    group = actions.make_group(actor=actor, name=name, agreement=AGREEMENT, facilitator=facilitator, **fields)
    for member in members:
        bring_in(actor=facilitator, group=group, member=member)
    return group


def bring_in(*, actor: User, group: Any, member: User) -> Any:
    """Have `actor` invite somebody, who accepts at once; return their membership."""
    from groups.peers import actions
    from groups.peers.join import requests

    requests.invite(actor=actor, group=group, member=member)
    return actions.join(member=member, group=group, agreed_version=group.agreement_version)


def make_cast() -> tuple[dict[str, User], Any]:
    """Make everybody and their group: (people by their lower-case name, the group)."""
    people = {name: make_person(name, ROLES.get(name)) for name in NAMES}
    group = make_group(actor=people["ada"], facilitator=people["faye"], members=(people["alice"], people["bob"]))
    return people, group


def print_cast() -> None:
    """Make the cast in the database of the settings and print the ids as one line of JSON: for tests/sites.py."""
    people, group = make_cast()
    ids = {name: str(person.pk) for name, person in people.items()}
    print(json.dumps(ids | {"group": str(group.pk), "channel": str(group.channels.get().pk)}))  # noqa: T201
