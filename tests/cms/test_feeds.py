"""What feed readers and search engines keep: the addresses of the site as it is configured."""

import re
from typing import Any

import pytest

from cms.models import ArticlePage

SITE = "https://centre.example"
ADDRESS = re.compile(r'https?://[^<"]+')
FORMATS = ("http://www.w3.org/", "http://www.sitemaps.org/", "https://www.w3.org/")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9999"])
@pytest.mark.parametrize(("door", "least"), [("/library/feed/", 4), ("/sitemap.xml", 4)])
def test_no_address_comes_from_who_asked(
    client: Any, shelf: dict[str, ArticlePage], settings: Any, host: str, door: str, least: int
) -> None:
    """Catches a copy, kept by a cache or a feed reader, whose links lead where the asker's Host header said."""
    settings.SITE_URL = SITE
    text = client.get(door, headers={"host": host}).content.decode()
    addresses = [address for address in ADDRESS.findall(text) if not address.startswith(FORMATS)]
    assert len(addresses) >= least
    assert [address for address in addresses if not address.startswith(f"{SITE}/")] == []
    assert f"{SITE}/library/{shelf['public'].slug}/" in addresses
