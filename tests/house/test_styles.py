"""Styles take colors, spacings, radii and fonts from the tokens: one place changes them, and the dark page changes with the light one."""

import re

import pytest

from tests.house.tree import ROOMS, ours

TOKENS = "community/static/community/css/tokens.css"
SHEETS = {name: text for name, text in ours(".css", *ROOMS) if name != TOKENS}
COLOR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\("
    r"|(?<![\w-])(?:white|black|gr[ae]y|silver|red|orange|yellow|green|blue|purple|pink|brown|teal|navy)(?![\w-])",
    re.I,
)
# A hair's breadth is a line's own, and what is told in `em` goes with the words that it stands beside.
LENGTH = re.compile(r"(?<![\w.-])-?(?!1px)[\d.]+(?:px|rem|pt|cm|mm)\b")
SPACED = re.compile(r"(?:margin|padding|gap|row-gap|column-gap|inset|top|right|bottom|left|scroll-margin|scroll-padding)\b")
ROUND = re.compile(r"border(?:-\w+)*-radius")
FACE = re.compile(r"@font-face\s*{[^}]*}")
FONT = re.compile(r"inherit|(?:0|[\d.]+(?:em|%))|.*var\(--.*")


def literals(sheet: str) -> list[str]:
    """The declarations of a sheet that say for themselves what a token should say."""
    plain = FACE.sub("", re.sub(r"/\*.*?\*/", "", sheet, flags=re.S))
    found = []
    for name, value in re.findall(r"([\w-]+)\s*:\s*([^;{}]+)[;}]", plain):
        is_length = SPACED.match(name) or ROUND.fullmatch(name) or name == "font-size"
        is_font = name in ("font", "font-family", "font-size") and not FONT.fullmatch(value)
        if COLOR.search(value) or (is_length and LENGTH.search(value)) or is_font:
            found.append(f"{name}: {value}")
    return found


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_a_sheet_keeps_to_the_tokens(name):
    """White that stays white in the dark, a corner of its own, or a distance that no other has."""
    assert literals(SHEETS[name]) == []


@pytest.mark.parametrize(
    "declaration",
    [
        *("color: #fff", "background: light-dark(transparent, #ffffff)", "color: white", "border: 1px solid rgb(0 0 0 / 50%)"),
        *("margin: 0 0 4px", "padding-inline: 0.5rem", "gap: 2px 1em", "inset-block-start: calc(var(--bar) + 6px)", "margin: -2px"),
        *("border-radius: 4px", "border-start-start-radius: 1rem", "font-size: 1rem", "font-family: Arial"),
        "font: bold 12px serif",
    ],
)
def test_what_a_token_should_say_is_found(declaration):
    """A rule that lets through the next of its kind."""
    assert literals(f".card {{ {declaration}; }}") and literals(f".card {{{declaration}}}")


@pytest.mark.parametrize(
    "declaration",
    [
        *("color: var(--ink)", "border: 1px solid currentColor", "background: Canvas", "outline: 2px solid Highlight", "width: 20rem"),
        *("margin: 0 auto var(--s2)", "margin: -1px", "padding-inline-start: 1.4em", "border-radius: 50%", "white-space: nowrap"),
        *("font-size: 0.9em", "font: inherit", "font-size: var(--caption)", "font-family: var(--mono)"),
    ],
)
def test_what_needs_no_token_is_left(declaration):
    """A rule that one would go around."""
    assert literals(f".card {{ {declaration}; }}") == []
