"""Keeping sign-in names where they are looked up: an upgrade of Python or of a library may change what a name looks like."""

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as present
from django.core.exceptions import FieldDoesNotExist

from .logins import login_of


def store_anew(apps: Apps = present, **kwargs: Any) -> None:
    """Store again, after migrating, what each sign-in name looks like now: who has one could not sign in by the very name.

    Where two have come to look alike, the second keeps what was stored. A database that is older than sign-in names has none.
    """
    try:
        people = apps.get_model("members", "User").objects
        people.model._meta.get_field("sign_in_key")
    except (LookupError, FieldDoesNotExist):
        return
    for pk, name, stored in people.exclude(sign_in_key=None).values_list("pk", "sign_in_name", "sign_in_key"):
        key = login_of(name)
        if key != stored and not people.filter(sign_in_key=key).exists():
            people.filter(pk=pk).update(sign_in_key=key)
