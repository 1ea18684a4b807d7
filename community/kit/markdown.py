"""The small Markdown that members write, made into HTML that is safe to put into a page."""

import nh3
from markdown_it import MarkdownIt

# No headings, images, tables or raw HTML: a message is talk, not a page.
_markdown = MarkdownIt("zero", {"html": False, "linkify": True, "breaks": True, "maxNesting": 12}).enable(
    ["emphasis", "strikethrough", "backticks", "fence", "blockquote", "list", "newline", "linkify", "link", "escape"]
)
_TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}


def to_html(body: str) -> str:
    """Return `body` (plain text with a little Markdown) as HTML of an allow-list; links open without a referrer."""
    return nh3.clean(
        _markdown.render(body),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener noreferrer ugc",
    ).strip()
