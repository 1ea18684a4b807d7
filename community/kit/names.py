"""When two names look the same: the skeleton of a name, after Unicode Technical Standard 39, section 4."""

import unicodedata

from confusable_homoglyphs import confusables

# Pairs that people mix up and the Unicode table, made for letters of other scripts, leaves apart.
_LOOKALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "5": "s", "$": "s", "@": "a", "3": "e"})


def _prototype(character: str) -> str:
    if character.isascii():
        return character
    for entry in confusables.confusables_data.get(character, []):
        if entry["c"].isascii():
            return str(entry["c"])
    return character


def skeleton(name: str) -> str:
    """Return what `name` looks like: equal for names that a reader could take for one another.

    Case, accents, spaces and punctuation do not count, nor do letters of other scripts that are drawn alike.
    """
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(_prototype(c) for c in plain if not unicodedata.combining(c))
    folded = unicodedata.normalize("NFKD", letters).casefold().translate(_LOOKALIKE)
    return "".join(c for c in folded if c.isalnum()).replace("rn", "m").replace("vv", "w")
