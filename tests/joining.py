"""Going through the steps of joining as a browser does."""

import re
from typing import Any

from django.core.mail import EmailMessage

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


def link_in(email: EmailMessage) -> str:
    """Return the path of the link in an e-mail."""
    found = re.search(r"http://localhost:\d+(/\S+)", str(email.body))
    assert found
    return found[1]
