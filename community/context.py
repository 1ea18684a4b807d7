"""What every template knows."""

from typing import Any

from django.http import HttpRequest

from community.centre.models import centre


def site(request: HttpRequest) -> dict[str, Any]:
    """The centre's settings, under `centre`."""
    return {"centre": centre()}
