"""The articles of the demo."""

import datetime as dt
from typing import Any

from django.utils import timezone

from cms.admin.tree import ensure_tree
from cms.library.audience import Audience
from cms.models import ArticlePage, Topic
from community.kit.text.markdown import to_html
from community.members.models import User
from groups.peers.models import PeerGroup


def make_articles(data: dict[str, dict[str, Any]], groups: dict[str, PeerGroup], author: User) -> list[ArticlePage]:
    """Publish every article; `groups` are known by the name of their file, which an article may name as its audience."""
    library = ensure_tree()
    return [_publish(library, entry, groups, author) for entry in data.values()]


def _publish(library: Any, entry: dict[str, Any], groups: dict[str, PeerGroup], author: User) -> ArticlePage:
    group = groups.get(entry["audience"])
    page = ArticlePage(
        title=entry["title"],
        summary=entry["summary"],
        content_note=entry.get("note", ""),
        drawing=entry.get("drawing", ""),
        author=entry.get("by", ""),
        topics=list(Topic.objects.filter(name__in=entry["topics"])),
        start_here=entry.get("first", False),
        audience=Audience.GROUPS if group else entry["audience"],
        groups=[group] if group else [],
        body=[block(part) for part in entry["blocks"]],
        sources=[("source", source) for source in entry["sources"]],
        owner=author,
        live=False,
        first_published_at=timezone.now() - dt.timedelta(days=entry["ago"]),
    )
    library.add_child(instance=page)
    page.save_revision(user=author).publish(user=author)
    return page


def block(part: dict[str, Any]) -> tuple[str, Any]:
    """Return a block of the file as the library's StreamField takes it: (kind, value)."""
    kind = next(iter(part))
    if kind == "heading":
        return "heading", part["heading"]
    if kind == "text":
        return "text", to_html(part["text"].strip())
    if kind == "steps":
        return "steps", {"heading": "", "steps": [to_html(step) for step in part["steps"]]}
    if kind == "callout":
        return "callout", {"tone": part["tone"], "heading": part["title"], "text": to_html(part["callout"].strip())}
    if kind == "quote":
        return "quote", {"text": part["quote"], "source": part["by"], "url": part["url"]}
    if kind == "lines":
        return "help_lines", None
    raise ValueError(f"An article of the demo has a block that nobody knows: {kind}")
