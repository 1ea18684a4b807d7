"""How the tests of doors ask for a route: by its name, with ids that exist or that name nothing."""

import uuid
from typing import Any

from django.urls import reverse

from tests.house.doors import DOORS, EVERYONE, MEMBERS, Route, routes

ROUTES = {route.name: route for route in routes()}
NAMED = [name for name in DOORS if name in ROUTES and not name.startswith("^") and name != "wagtail_serve"]
WITH_ID = [name for name in NAMED if DOORS[name].hidden]
LED = [name for name in NAMED if DOORS[name].led]
STAFF = [name for name in NAMED if DOORS[name].who not in (EVERYONE, MEMBERS)]
ANY = {"uuid": lambda: uuid.uuid4(), "slug": lambda: f"nothing-{uuid.uuid4().hex[:6]}", "int": lambda: 987654321}


def anything(route: Route) -> dict[str, Any]:
    """Values for the route's parameters that name nothing."""
    if route.name == "account_reset_password_from_key":
        return {"uidb36": "0", "key": "nothing"}
    return {name: "message" if name == "kind" else ANY.get(kind, lambda: str(uuid.uuid4()))() for name, kind in route.parameters.items()}


def address(name: str, **values: Any) -> str:
    return reverse(name, kwargs=anything(ROUTES[name]) | values)
