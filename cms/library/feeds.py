"""What is public, for feed readers and search engines."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.contrib.syndication.views import Feed
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import PageQuerySet

from community.centre.models import centre
from community.kit import limits
from community.kit.text.seen import one_line
from community.kit.web.public_views import absolute_url, public, same_for_everyone

from ..models import Entry
from .kinds import newest_first, open_to


def public_articles() -> PageQuerySet:
    """What guests may read, the newest first."""
    return newest_first(open_to(AnonymousUser()))


class PublicArticles(Feed[Entry, None]):
    feed_type = Atom1Feed

    def title(self) -> str:
        return one_line(_("Library – %(centre)s") % {"centre": centre().name})

    def link(self) -> str:
        return absolute_url("cms:library")

    def feed_url(self) -> str:
        return absolute_url("cms:feed")

    def author_name(self) -> str:
        return one_line(centre().name)

    def items(self) -> Any:
        return public_articles()[: limits.FEED_SIZE]

    def item_title(self, item: Entry) -> str:
        return one_line(item.title)

    def item_description(self, item: Entry) -> str:
        """Atom reads a summary as HTML."""
        return escape(one_line(item.summary))

    def item_link(self, item: Entry) -> str:
        return absolute_url("cms:article", item.slug)

    def item_author_name(self, item: Entry) -> str:
        """Whom the article itself names, or the center: programs that mix feeds show no other. Never the name of an account."""
        return one_line(item.author) or self.author_name()

    def item_pubdate(self, item: Entry) -> Any:
        return item.first_published_at

    def item_updateddate(self, item: Entry) -> Any:
        return item.last_published_at


class SiteSitemap(Sitemap[Any]):
    """A sitemap of the site as it is configured, whatever host the request names."""

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class PublicPages(SiteSitemap):
    def items(self) -> list[str]:
        return ["home", "cms:library", "help", "privacy"]

    def location(self, item: str) -> str:
        return reverse(item)


class ArticlePages(SiteSitemap):
    def items(self) -> Any:
        return public_articles()

    def location(self, item: Entry) -> str:
        return reverse("cms:article", args=[item.slug])

    def lastmod(self, item: Entry) -> Any:
        return item.last_published_at

    def get_latest_lastmod(self) -> Any:
        return open_to(AnonymousUser()).aggregate(latest=Max("last_published_at"))["latest"]


_feed = PublicArticles()
_sections: dict[str, Any] = {"pages": PublicPages, "articles": ArticlePages}


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The public articles as an Atom feed."""
    return public(_feed(request))


@login_not_required
@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The addresses of the sitemaps. Django's own view names the host that the request named."""
    parts = []
    for section, kind in _sections.items():
        part, address = kind(), absolute_url(f"cms:sitemap_{section}")
        changed = part.get_latest_lastmod()
        pages = [address, *(f"{address}?p={number}" for number in range(2, part.paginator.num_pages + 1))]
        parts += [{"location": page, "last_mod": changed} for page in pages]
    return public(render(request, "sitemap_index.xml", {"sitemaps": parts}, content_type="application/xml"))


@login_not_required
@require_safe
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    """The addresses of everything public of one section."""
    return public(sitemap_view(request, _sections, section))


@same_for_everyone
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers ask first. Nothing is forbidden: a list of what is would name it, and whoever may not come reads no "noindex"."""
    text = f"User-agent: *\nAllow: /\nSitemap: {absolute_url('cms:sitemap_index')}\n"
    return public(HttpResponse(text, content_type="text/plain; charset=utf-8"))
