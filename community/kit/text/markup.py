"""Which characters of a message are markup: those that were plainly meant. All others are shown as they were written.

Doses, times, smileys, paths and half-typed addresses hold the signs of Markdown too (docs/decisions/0031). So a rule here asks of
a sign within a line where it stands, before the library's own rule has it; quotes and lists are read from whole lines.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from urllib.parse import urlsplit

import regex
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.fence import make_fence_rule
from markdown_it.rules_inline import StateInline, emphasis, strikethrough

from .addresses import plain
from .seen import holds_something

MAX_DEPTH = 8  # quotes and lists in one another

_MARKS = "*_~"
_WIDE = r"[\p{Po}\p{Pd}\p{Pe}\p{Pf}\p{Pi}\p{Ps}--[\x00-\x7f・･]]"  # punctuation of other scripts, which needs no space
_BEFORE = rf"(?<=(?:^|\s|{_WIDE})[(\[\"'*_~]*)"
_OPENS = regex.compile(rf"{_BEFORE}[*_~]++(?=[\"'(\[@#$£€&+`“‘«¿¡…\-]*[\p{{L}}\p{{N}}\p{{So}}])(?!(?<=\([*_~]+).[*_~]+\))", regex.V1)
_CLOSES = regex.compile(rf"(?<=[^\s(\[“‘«¿¡])[*_~]++(?=[.,;:!?)\]}}\"'\p{{So}}\ufe0f]*(?:\s|$|{_WIDE})|['’]\p{{L}})", regex.V1)
_CODE = regex.compile(rf"{_BEFORE}(?:`([^`\n]+)`|``((?:(?!``)[^\n])+)``)(?![`\w])", regex.V1)
_LINK = regex.compile(r"\[([^\[\]\n]+)\]\(((?:https?://|mailto:)[^\s<>()]*+(?:\([^\s<>()]*+\)[^\s<>()]*+)*+)\)", regex.I)
_SCHEME = regex.compile(r"https?://|mailto:", regex.I)
_LIKE_AN_ADDRESS = regex.compile(r"://|www\.|\w@\w|\w[.․。]\w", regex.I)
_QUOTE = regex.compile(r" {0,3}>[ \t]+\S")
_QUOTED = regex.compile(r" {0,3}>(?:[ \t](.*))?")
_FENCE_ENDS = regex.compile(r"`{3,}[ \t]*$", regex.M)
_ITEM = regex.compile(r"( {0,3})([-*]|(0|[1-9][0-9]{0,2})\.)[ \t]+(?=[-*+ \t]*[^-*+\s])(\S.*)")

_fence = make_fence_rule(markers=("`",))


class Markup(MarkdownIt):
    """Emphasis, code, links, quotes and lists. No headings, images, tables, escapes or HTML: a message is no page."""

    def __init__(self) -> None:
        super().__init__("zero", {"linkify": True, "breaks": True, "maxNesting": 12})
        self.linkify = _Addresses()
        self.enable(["emphasis", "strikethrough", "newline", "linkify", "link"])
        self.inline.ruler.before("strikethrough", "code", _code)
        self.inline.ruler.before("strikethrough", "marks", _marks)
        self.inline.ruler.before("link", "brackets", _brackets)
        for name, rule in (("fenced", _fenced), ("quote", _quote), ("items", _items)):
            self.block.ruler.before("paragraph", name, rule, {"alt": ["paragraph"]})

    def validateLink(self, url: str) -> bool:
        """True for an address without a name before its host, which would read as another host."""
        try:
            return "@" not in urlsplit(url).netloc
        except ValueError:
            return False

    def normalizeLinkText(self, url: str) -> str:
        """An address is shown as it was written: in other letters it could look like another one."""
        return url


class _Addresses(LinkifyIt):
    """Finds addresses in a text: those with a scheme, or with www."""

    def __init__(self) -> None:
        super().__init__(options={"fuzzy_link": False, "fuzzy_email": False})
        self.add("//", None).add("ftp:", None).add("www.", {"validate": _after_www, "normalize": _made_whole})

    def match_at_start(self, text: str) -> Match | None:
        """What the rule within a line asks, for what stands before `://`."""
        return None if text[:4].casefold() == "www." else super().match_at_start(text)


def _after_www(found: LinkifyIt, text: str, at: int) -> int:
    if text[max(0, at - 5)] in ".-/":
        return 0
    address = found.re.get("www") or found.re.setdefault("www", re.compile(found.re["src_host_port_strict"] + found.re["src_path"], re.I))
    match = address.match(text, at)
    return len(match[0]) if match else 0


def _made_whole(_found: LinkifyIt, match: Match) -> None:
    match.url = f"https://{match.url}"


# ---------------------------------------------------------------------- within a line


def _as_text(state: StateInline, upto: int, *, silent: bool) -> bool:
    """Take what stands up to there as it was written."""
    if not silent:
        state.append_pending(state.src[state.pos : upto])
    state.pos = upto
    return True


def _marks(state: StateInline, silent: bool) -> bool:
    """Stars, low lines and tildes: markup where they stand around words, never within one."""
    first = upto = state.pos
    if state.src[first] not in _MARKS:
        return False
    while first and state.src[first - 1] in _MARKS:
        first -= 1
    while upto < state.posMax and state.src[upto] in _MARKS:
        upto += 1
    lengths = [(mark, len(list(run))) for mark, run in groupby(state.src[first:upto])]
    fits = all(length == 2 if mark == "~" else length < 4 for mark, length in lengths)
    opens, closes = (fits and stands.match(state.src, first, state.posMax) is not None for stands in (_OPENS, _CLOSES))
    if not (opens or closes):
        return _as_text(state, upto, silent=silent)
    known = len(state.delimiters)
    taken = strikethrough.tokenize(state, silent) or emphasis.tokenize(state, silent)
    for mark in state.delimiters[known:]:
        mark.open, mark.close = mark.open and opens, mark.close and closes
    return taken


def _code(state: StateInline, silent: bool) -> bool:
    """Code in back-ticks that stand around it; a back-tick that stands for an apostrophe is none."""
    if state.src[state.pos] != "`":
        return False
    match = _CODE.match(state.src, state.pos, state.posMax)
    code = (match[1] or match[2]) if match else ""
    if match is None or not code.strip():
        upto = state.pos
        while upto < state.posMax and state.src[upto] == "`":
            upto += 1
        return _as_text(state, upto, silent=silent)
    if not silent:
        token = state.push("code_inline", "code", 0)
        token.content = code[1:-1] if code[0] == code[-1] == " " else code
    state.pos = match.end()
    return True


def _brackets(state: StateInline, silent: bool) -> bool:
    """A link, where its words are no other address and hide nothing."""
    if state.src[state.pos] != "[":
        return False
    match = _LINK.match(state.src, state.pos, state.posMax)
    if match and not _passes_for_another(match[1], match[2]):
        return False
    return _as_text(state, state.pos + 1, silent=silent)


def _passes_for_another(words: str, address: str) -> bool:
    """True where a reader of `words` would expect to come elsewhere than to `address`, or sees nothing of them."""
    shown = plain(regex.sub(r"[*_~`\\]", "", words)).strip().casefold()
    if not holds_something(shown):
        return True
    if not _LIKE_AN_ADDRESS.search(shown):
        return False
    said, there = (_SCHEME.sub("", each, count=1).removesuffix("/") for each in (shown, address.casefold()))
    return not (there.startswith(said) and there[len(said) : len(said) + 1] in ("", "/", "?", "#"))


# ---------------------------------------------------------------------- whole lines


def _line(state: StateBlock, at: int) -> str:
    return state.src[state.bMarks[at] : state.eMarks[at]]


def _inside(state: StateBlock, text: str) -> None:
    """Read `text` as what stands in a quote or an item."""
    state.env["deep"] = state.env.get("deep", 0) + 1
    state.md.block.parse(text, state.md, state.env, state.tokens)
    state.env["deep"] -= 1


def _is_deep(state: StateBlock) -> bool:
    return bool(state.env.get("deep", 0) >= MAX_DEPTH)


def _fenced(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Code between two lines of back-ticks. What stands behind the first of them is shown too."""
    if not _FENCE_ENDS.search(state.src, state.eMarks[start] + 1) or not _fence(state, start, end, silent):
        return False
    if not silent:
        token = state.tokens[-1]
        token.content = f"{token.info.strip()}\n{token.content}".lstrip("\n")
        token.info = ""
    return True


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines with `> ` before them. A line without it is no part of the quote, but what its reader answers."""
    if _is_deep(state) or not _QUOTE.match(_line(state, start)):
        return False
    if silent:
        return True
    lines = []
    for at in range(start, end):
        quoted = _QUOTED.fullmatch(_line(state, at))
        if not quoted:
            break
        lines.append(quoted[1] or "")
    state.push("blockquote_open", "blockquote", 1)
    _inside(state, "\n".join(lines))
    state.push("blockquote_close", "blockquote", -1)
    state.line = start + len(lines)
    return True


def _items(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Two lines or more with a dash, a star or numbers that follow one another. One alone is a dash, or a year."""
    first = None if _is_deep(state) else _ITEM.fullmatch(_line(state, start))
    if not first:
        return False
    texts, below = [], start
    for text, after in _texts(state, first, start, end):
        texts.append(text)
        below = after
        if silent and len(texts) == 2:
            return True
    if len(texts) < 2:
        return False
    kind, tag = ("ordered_list", "ol") if first[3] else ("bullet_list", "ul")
    token = state.push(f"{kind}_open", tag, 1)
    if first[3] and first[3] != "1":
        token.attrs = {"start": first[3]}
    for text in texts:
        state.push("list_item_open", "li", 1)
        opens = len(state.tokens)
        _inside(state, text)
        if "\n\n" not in text and state.tokens[opens].type == "paragraph_open":
            state.tokens[opens].hidden = state.tokens[opens + 2].hidden = True
        state.push("list_item_close", "li", -1)
    state.push(f"{kind}_close", tag, -1)
    state.line = below
    return True


def _texts(state: StateBlock, first: regex.Match[str], start: int, end: int) -> Iterator[tuple[str, int]]:
    """Yield the text of each item of a list, and the line after it."""
    at, number = start, int(first[3] or 0)
    while at < end:
        item = _ITEM.fullmatch(_line(state, at))
        if not item or (int(item[3]) != number if first[3] and item[3] else item[2] != first[2]):
            return
        lines, at = [item[4]], at + 1
        while (below := _next(state, at, end)) is not None and _indent(state, below) > len(first[1]) + 1:
            lines += [""] * (below - at) + [_outdented(_line(state, below))]
            at = below + 1
        yield "\n".join(lines), at
        number += 1
        at = below if below is not None else end


def _next(state: StateBlock, at: int, end: int) -> int | None:
    """The first line from `at` on that is not empty."""
    return next((line for line in range(at, end) if not state.isEmpty(line)), None)


def _indent(state: StateBlock, at: int) -> int:
    line = _line(state, at).expandtabs(4)
    return len(line) - len(line.lstrip(" "))


def _outdented(line: str) -> str:
    return regex.sub(r"^ {1,3}", "", line.expandtabs(4))
