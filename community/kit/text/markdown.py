"""The small Markdown that members write, made into HTML that is safe to put into a page."""

from collections.abc import Collection, Iterator
from html import escape

import nh3
from markdown_it.token import Token

from .markup import Markup
from .phrases import Phrases
from .seen import holds_something

_markup = Markup()
_TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}


def to_html(body: str, *, strong: Collection[str] = ()) -> str:
    """Return `body` (plain text with a little Markdown) as HTML of an allow-list; links open without a referrer.

    The phrases in `strong` stand out wherever they are whole and no part of code, however they were typed.
    A text of which its markup would leave nothing to see stands as it was written.
    """
    tokens = _markup.parse(body)
    if not any(holds_something(part.content) for token in tokens for part in token.children or [token]):
        return f"<p>{escape(body, quote=False)}</p>".replace("\n", "<br>")
    if strong:
        phrases = Phrases(strong)
        for token in tokens:
            if token.children:
                token.children = [part for child in token.children for part in _made_strong(child, phrases)]
    return nh3.clean(
        _markup.renderer.render(tokens, _markup.options, {}),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer ugc",
    ).strip()


def _made_strong(token: Token, phrases: Phrases) -> Iterator[Token]:
    """Yield a token of a line with the phrases in its text between tokens that make them strong."""
    if token.type != "text":
        yield token
        return
    done = 0
    for start, end in phrases.spans(token.content):
        yield Token("text", "", 0, content=token.content[done:start])
        yield Token("strong_open", "strong", 1)
        yield Token("text", "", 0, content=token.content[start:end])
        yield Token("strong_close", "strong", -1)
        done = end
    yield Token("text", "", 0, content=token.content[done:])
