"""Searching the library through its page."""

import html
import re
from typing import Any

from django.test import Client


def ask(client: Client, words: str, **more: Any) -> str:
    """The page on which `client` searches the library for `words`."""
    return client.get("/library/search/", {"q": words, **more}).content.decode()


def titles(page: str) -> list[str]:
    """The titles of the articles in a list of the library's, in their order."""
    return [html.unescape(title) for title in re.findall(r'class="row-link"[^>]*>([^<]*)<', page)]
