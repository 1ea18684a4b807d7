"""The guides for those who write and review, in the site itself: Wagtail's help leads here, and nobody to another host."""

import functools
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from community.members.access import current_member, open_to
from community.members.roles import Right

from .rules import may_edit, may_read_drafts

FOLDER = Path(settings.BASE_DIR, "docs", "guides")
TITLES: dict[str, Promise] = {"editors": _("Guide for editors"), "reviewers": _("Guide for reviewers")}
PICTURE = re.compile(r"(?<=\]\()\.\./\.\./cms/static/(cms/guide/[\w-]+\.webp)(?=[ )])")  # as a repository shows it


@dataclass(frozen=True)
class Guide:
    """A guide as HTML, and its parts as (anchor, words) for the list of contents."""

    html: SafeString
    parts: list[tuple[str, str]]


@functools.cache
def guide(name: str) -> Guide:
    """Read a guide of `docs/guides`, without its first heading, which is the page's own."""
    text = Path(FOLDER, f"{name}.md").read_text(encoding="utf-8").partition("\n")[2]
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(PICTURE.sub(lambda found: static(found[1]), text))
    parts = []
    for opening, inside in itertools.pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            opening.attrSet("id", slugify(inside.content))
            parts.append((slugify(inside.content), strip_tags(inside.content)))
        for child in opening.children or ():
            if child.type == "image":
                child.attrSet("loading", "lazy")
    return Guide(mark_safe(reader.renderer.render(tokens, reader.options, {})), parts)


@open_to(may_read_drafts)
@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A guide, for everybody who writes or reviews."""
    if name not in TITLES:
        raise Http404
    others = [(other, title) for other, title in TITLES.items() if other != name]
    reader = current_member(request)
    back = {"edits": may_edit(reader), "reviews": reader.may(Right.REVIEW)}
    return render(request, "cms/guide.html", {"title": TITLES[name], "guide": guide(name), "others": others} | back)
