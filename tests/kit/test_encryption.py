"""Keys that stand and fall with a session."""

import base64
from typing import Any

from community.kit.encryption import session_keys


def test_a_key_is_a_sessions_own_and_the_sites_own(settings: Any) -> None:
    """What waits in a browser, opened by another session, by another site, or by whoever knows the session's key alone."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "one", []
    [key] = session_keys("mine")
    assert len(base64.b64decode(key)) == 32 and session_keys("mine") == [key]
    assert session_keys("another") != [key]
    settings.SECRET_KEY = "two"
    assert session_keys("mine") != [key]


def test_a_former_secret_key_still_opens(settings: Any) -> None:
    """A message that waits is lost because the site's secret key was changed meanwhile."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "one", []
    before = session_keys("mine")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "two", ["one"]
    assert session_keys("mine")[1:] == before != session_keys("mine")[:1]
