"""What the tests of the groups' pages share."""

from typing import Any

from django.urls import reverse

from tests.answers import told


def url(name: str, group: Any, *more: Any) -> str:
    return reverse(f"peers:{name}", args=[getattr(group, "pk", group), *more])


def join_fields(group: Any) -> dict[str, Any]:
    return {"version": group.agreement_version, "agreed": "on"}


def page_of(client: Any, group: Any) -> str:
    """The group's page as this person finds it."""
    answer = client.get(url("group", group))
    assert answer.status_code == 200
    return told(answer)[1]


def today(client: Any) -> str:
    return told(client.get(reverse("today")))[1]
