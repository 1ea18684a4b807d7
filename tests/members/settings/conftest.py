"""What the tests of a member's own settings stand on."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from community.centre.models import Centre, forget


@pytest.fixture
def centre_in(db: Any) -> ZoneInfo:
    """A center in Chicago."""
    site = Centre.load()
    site.time_zone = "America/Chicago"
    site.save()
    forget()
    return ZoneInfo("America/Chicago")
