"""What links in messages lead to, for their reader. A room above registers who knows the titles of its pages, from its `hooks.py`.

A message is the same row for everybody; what a page is called is asked for apart from it, by each reader for themselves.
"""

from collections.abc import Callable, Collection

from community.members.models import User

Titles = Callable[[User, Collection[str]], dict[str, str]]

TITLES: list[Titles] = []  # each returns the titles of those of these paths that the member may read now, in a fixed number of queries


def titles_for(member: User, paths: Collection[str]) -> dict[str, str]:
    """Return what `member` may know of these paths, by path: of a page that they may not read, and of one that is not there, nothing."""
    found: dict[str, str] = {}
    for titles in TITLES:
        found |= titles(member, paths)
    return found
