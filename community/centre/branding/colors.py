"""A centre's own colors: read against the page as it is, refused where words in them could not be read, and made into tokens.

The ratios are WCAG's (2.2, success criterion 1.4.3). What stands around a color is read from tokens.css, so that it is said once.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NEEDED = 4.5  # for words of any size
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
TOKENS = Path(__file__).resolve().parent.parent.parent / "static/community/css/tokens.css"
LIGHT, DARK = 0, 1
# How much of the chosen color is mixed into the page for its tint, the member's own messages, and how far the hover moves on.
TINT, OWN, HOVER = (0.12, 0.13), (0.15, 0.17), (0.22, 0.25)
WHITE, BLACK = "#ffffff", "#000000"


@cache
def page() -> dict[str, tuple[str, str]]:
    """The tokens that are plain colors: name to (light, dark)."""
    found = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS.read_text(encoding="utf-8"))
    return {name: (light, dark) for name, light, dark in found}


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    shares = (channel / 255 for channel in _channels(color))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colors, from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(color: str, ground: str, share: float) -> str:
    """Return `ground` with so much of `color` in it."""
    pairs = zip(_channels(color), _channels(ground), strict=True)
    return "#" + "".join(f"{round(above * share + below * (1 - share)):02x}" for above, below in pairs)


@dataclass(frozen=True)
class Pair:
    """Two colors that meet on a page: which, where, and their ratio."""

    where: str
    ratio: float


def on(color: str) -> str:
    """The words on a ground of `color`: white, or an ink that has a little of it."""
    dark = mix(color, BLACK, 0.2)
    return max(WHITE, dark, key=lambda words: contrast(words, color))


def tokens_of(kind: str, color: str, scheme: int) -> dict[str, str]:
    """Return the tokens that a chosen color sets in light or dark. `kind` is "primary" or "accent"."""
    surface = page()["surface"][scheme]
    tokens = {kind: color, f"{kind}-tint": mix(color, surface, TINT[scheme])}
    if kind == "primary":
        tokens["primary-hover"] = mix(BLACK if scheme == LIGHT else WHITE, color, HOVER[scheme])
        tokens["on-primary"] = on(color)
        tokens["own"] = mix(color, surface, OWN[scheme])
    return tokens


def pairs(kind: str, color: str, scheme: int) -> list[Pair]:
    """Every pair in which a chosen color, or one made from it, meets words on a page of this site."""
    around, mine = page(), tokens_of(kind, color, scheme)
    found = [
        Pair(_("on the page"), contrast(color, around["paper"][scheme])),
        Pair(_("on a card"), contrast(color, around["surface"][scheme])),
        Pair(_("on its own tint"), contrast(color, mine[f"{kind}-tint"])),
    ]
    if kind == "accent":
        return found
    found += [
        Pair(_("under the words of a button"), contrast(mine["on-primary"], color)),
        Pair(_("under the words of a button that is pointed at"), contrast(mine["on-primary"], mine["primary-hover"])),
    ]
    grounds = ((mine["primary-tint"], _("as a tint under words")), (mine["own"], _("as the ground of one's own messages")))
    found += [Pair(where, contrast(around[ink][scheme], ground)) for ground, where in grounds for ink in ("ink", "ink-2", "link")]
    return found


def check(kind: str, color: str, scheme: int) -> None:
    """Raise ValidationError, with the ratio and the one that is needed, for a color in which words could not be read."""
    if not COLOR.fullmatch(color):
        raise ValidationError(gettext_lazy("Write the color as # and six digits or letters from a to f, for example #1f5f5b."))
    worst = min(pairs(kind, color, scheme), key=lambda pair: pair.ratio)
    if worst.ratio < NEEDED:
        darker = gettext_lazy("%(where)s its contrast is %(ratio).2f : 1; words need %(needed)s : 1. Choose a darker one.")
        lighter = gettext_lazy("%(where)s its contrast is %(ratio).2f : 1; words need %(needed)s : 1. Choose a lighter one.")
        found = {"where": worst.where[:1].upper() + worst.where[1:], "ratio": int(worst.ratio * 100) / 100, "needed": NEEDED}
        raise ValidationError(darker if scheme == LIGHT else lighter, code="contrast", params=found)


def primary_on_light(color: str) -> None:
    check("primary", color, LIGHT)


def primary_on_dark(color: str) -> None:
    check("primary", color, DARK)


def accent_on_light(color: str) -> None:
    check("accent", color, LIGHT)


def accent_on_dark(color: str) -> None:
    check("accent", color, DARK)


def stylesheet(chosen: dict[tuple[str, int], str]) -> str:
    """Return the stylesheet for the chosen colors, by (kind, scheme); "" where nothing is chosen. What is not chosen stays ours."""
    tokens: dict[str, list[str]] = {}
    for (kind, scheme), color in chosen.items():
        for name, value in tokens_of(kind, color, scheme).items():
            tokens.setdefault(name, list(page()[name]))[scheme] = value
    if not tokens:
        return ""
    lines = "".join(f"  --{name}: light-dark({light}, {dark});\n" for name, (light, dark) in tokens.items())
    return "@layer tokens { :root {\n" + lines + "} }\n"
