"""Going through the steps of joining as a browser does."""

import re
from typing import Any

from django.core.mail import EmailMessage

from community.members.models import CardSheet, Invitation, User
from community.members.signing_in.link_keys import hash_of, new_key

ANSWERS = {"adult": "on", "version": "1", "name": "Robin", "drawing": "cup", "password": "a cup on the table"}
STEPS = (("", ("adult", "version")), ("name/", ("name", "drawing")), ("password/", ("password",)))


def join(client: Any, link: str, **answers: str) -> Any:
    """Answer the invitation behind `link` step by step; return the last answer, which leads on where all went well."""
    given = ANSWERS | answers
    answer = None
    for step, fields in STEPS:
        answer = client.post(link + step, {field: given[field] for field in fields})
        if answer.status_code != 302 or not answer["Location"].startswith(link):
            break
    return answer


def reach(client: Any, link: str, step: str, **answers: str) -> str:
    """Answer what comes before `step` ("name/" or "password/") and return its path."""
    given = ANSWERS | answers
    for each, fields in STEPS:
        if each == step:
            break
        client.post(link + each, {field: given[field] for field in fields})
    return link + step


def card(invited_by: User) -> str:
    """Return where a card leads: an invitation without an address."""
    key = new_key()
    Invitation.objects.create(sheet=CardSheet.objects.create(made_by=invited_by), invited_by=invited_by, key_hash=hash_of(key))
    return f"/invitation/{key}/"


def join_by_card(client: Any, link: str, **answers: str) -> Any:
    """Answer a card step by step; return the last answer, which leads on where all went well."""
    given = {"sign_in": "Tea at dawn", "email": ""} | answers
    reach(client, link, "password/", **answers)
    answer = client.post(f"{link}sign-in/", {field: given[field] for field in ("sign_in", "email")})
    return client.post(f"{link}password/", {"password": (ANSWERS | answers)["password"]}) if answer.status_code == 302 else answer


def link_in(email: EmailMessage) -> str:
    """Return the path of the link in an e-mail."""
    found = re.search(r"http://localhost:\d+(/\S+)", str(email.body))
    assert found
    return found[1]
