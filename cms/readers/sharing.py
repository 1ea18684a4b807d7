"""From an article into a conversation, and what a link to one says in it."""

from collections.abc import Collection
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import Resolver404, resolve, reverse

from community.members.models import User
from groups.chat import actions as chat

from ..library.addresses import leading_somewhere
from ..library.kinds import open_to


def address_of(slug: str) -> str:
    """The address of an article, as it is shared."""
    return settings.SITE_URL + reverse("cms:article", args=[slug])


def begin(*, member: User, channel: UUID, slug: str) -> bool:
    """Put the address of an article into the empty box of `member` in a channel. False where they have begun to write something there.

    Raises Refused: not_found.
    """
    return chat.begin_draft(member=member, channel=channel, body=f"{address_of(slug)}\n")


def titles(member: User, paths: Collection[str]) -> dict[str, str]:
    """Return the titles of those articles at these paths that `member` may read now."""
    slugs = {path: slug for path in paths if (slug := _slug_in(path))}
    if not slugs:
        return {}
    asked = {*slugs.values()}
    known = dict(leading_somewhere().filter(slug__in=asked).values_list("slug", "entry__title"))
    known |= open_to(member).filter(slug__in=asked).values_list("slug", "title")
    return {path: known[slug] for path, slug in slugs.items() if slug in known}


def _slug_in(path: str) -> str:
    try:
        match = resolve(urlsplit(path).path)
    except (Resolver404, ValueError):
        return ""
    return str(match.kwargs["slug"]) if match.view_name == "cms:article" else ""
