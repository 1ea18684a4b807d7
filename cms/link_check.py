"""Looks where the links of live articles lead, and notes those that lead nowhere."""

from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import timezone
from wagtail.models import Page

from .admin.publishing import locked
from .library.addresses import PublicAddress
from .library.dead_links import DeadLink, Why, addresses_in, pages_in
from .library.kinds import entries, kinds
from .outside import Asker

Target = int | str  # the number of a page, or an address


class LinkCheck:
    """One check of all articles. An address is asked for once, however many of them name it."""

    def __init__(self) -> None:
        self.asker = Asker() if settings.CHECK_OUTSIDE_LINKS else None
        self.known: dict[str, Why | None] = {}

    def run(self) -> tuple[int, int]:
        """Check all; return how many addresses were looked at, and how many links of articles are dead."""
        dead = 0
        for kind in kinds():
            for pk in list(kind.objects.live().order_by("pk").values_list("pk", flat=True)):
                # Read one by one: other sites may take hours, and on SQLite nobody can write who is still reading an old list.
                if entry := kind.objects.live().filter(pk=pk).first():
                    dead += self._check(entry)
        return len(self.known), dead

    def _check(self, entry: Any) -> int:
        """Note the dead links of an entry, and return how many there are."""
        found: dict[Target, Why] = dead_pages(entry)
        found |= {address: why for address in addresses_in(entry) if (why := self.why_dead(address))}
        note(entry, found)
        return len(found)

    def why_dead(self, address: str) -> Why | None:
        """Why `address` leads nowhere; None where it leads somewhere, or nobody may ask."""
        if address not in self.known:
            self.known[address] = self._look(address)
        return self.known[address]

    def _look(self, address: str) -> Why | None:
        try:
            return self._ask(urljoin(settings.SITE_URL, address))
        except ValueError:  # what no browser can read either
            return Why.GONE

    def _ask(self, address: str) -> Why | None:
        parts = urlsplit(address)
        if parts.netloc == urlsplit(settings.SITE_URL).netloc:
            return self._look_inside(parts.path)
        why = self.asker.why_dead(address) if self.asker else None
        return Why(why) if why else None

    def _look_inside(self, path: str) -> Why | None:
        try:
            match = resolve(path or "/")
        except Resolver404:
            return Why.GONE
        if not match.url_name:  # what answers for all addresses that are no page
            return Why.GONE
        return Why.GONE if match.view_name == "cms:article" and not leads_to_entry(match.kwargs["slug"]) else None


def dead_pages(entry: Any) -> dict[Target, Why]:
    """The pages of this site that an entry leads to and that nobody can read, by their numbers."""
    pages = pages_in(entry)
    is_live = dict(Page.objects.filter(pk__in=pages).values_list("pk", "live"))
    return {page: Why.TAKEN_DOWN if page in is_live else Why.GONE for page in pages if not is_live.get(page)}


def leads_to_entry(slug: str) -> bool:
    """True for the address of a live entry, and for an earlier one that leads on to it."""
    return entries().live().filter(slug=slug).exists() or PublicAddress.objects.filter(slug=slug, entry__live=True).exists()


def note(entry: Any, dead: dict[Target, Why]) -> None:
    """Store the dead links of an entry in the place of those that were found before. It may have been deleted meanwhile."""
    with locked([entry.pk]):
        if Page.objects.filter(pk=entry.pk).exists():
            _replace(entry, dead)


def _replace(entry: Any, dead: dict[Target, Why]) -> None:
    now = timezone.now()
    since: dict[Target, Any] = {page or address: at for page, address, at in entry.dead_links.values_list("page", "address", "since")}
    entry.dead_links.all().delete()
    DeadLink.objects.bulk_create(
        DeadLink(
            entry_id=entry.pk,
            page=target if isinstance(target, int) else None,
            address="" if isinstance(target, int) else target,
            why=why,
            since=since.get(target, now),
            checked_at=now,
        )
        for target, why in dead.items()
    )
