"""The small Markdown that members write, made into HTML that is safe to put into a page."""

import re
from collections.abc import Collection, Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

# No headings, images, tables or raw HTML: a message is talk, not a page.
_markdown = MarkdownIt("zero", {"html": False, "linkify": True, "breaks": True, "maxNesting": 12}).enable(
    ["emphasis", "strikethrough", "backticks", "fence", "blockquote", "list", "newline", "linkify", "link", "escape"]
)
_TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}


def to_html(body: str, *, strong: Collection[str] = ()) -> str:
    """Return `body` (plain text with a little Markdown) as HTML of an allow-list; links open without a referrer.

    The phrases in `strong` stand out wherever they are whole and no part of code, in small letters or large.
    """
    tokens = _markdown.parse(body)
    if strong:
        phrase = whole(strong, re.IGNORECASE)
        for token in tokens:
            if token.children:
                token.children = [part for child in token.children for part in _made_strong(child, phrase)]
    return nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, {}),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener noreferrer ugc",
    ).strip()


def whole(phrases: Collection[str], flags: int = 0) -> re.Pattern[str]:
    """Return what finds these phrases where they stand whole, the longest first; its one group is the phrase."""
    longest = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<![\w@])({longest})(?!\w)", flags)


def _made_strong(token: Token, phrase: re.Pattern[str]) -> Iterator[Token]:
    """Yield a token of a line with the phrases in its text between tokens that make them strong."""
    if token.type != "text":
        yield token
        return
    for number, text in enumerate(phrase.split(token.content)):
        if number % 2:
            yield Token("strong_open", "strong", 1)
        yield Token("text", "", 0, content=text)
        if number % 2:
            yield Token("strong_close", "strong", -1)
