"""What may stand as a name, and when two names look the same: their skeletons, after Unicode Technical Standard 39, section 4."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from unicodedata import category, combining, normalize

import regex
from confusable_homoglyphs import confusables
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from idna import valid_contextj

from ..errors import Refusal, Refused
from .seen import UNSEEN, without_unseen

# Pairs that people mix up and the Unicode table, made for letters of other scripts, leaves apart.
_LOOKALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "!": "l"})
_WRITTEN_FOR = str.maketrans({"5": "s", "$": "s", "@": "a", "3": "e"})  # instead of Latin letters
_LATIN = regex.compile(r"\p{Latin}")
# Combining classes of the vowel points of Hebrew, Arabic and Syriac, which may be left out, and of what lies over a letter.
_POINTS, _OVER, _ACCENTS = range(10, 37), 1, 200
_HANGUL = range(0xAC00, 0xD7A4)
_JOINER, _VIRAMA = "\u200d", 9
# Characters that cannot be seen and have a part in what is: in an emoji of several, and in which form of a letter is drawn.
_PICTURE = r"\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]*"
_HAS_PART = regex.compile(
    rf"\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|{_PICTURE}(?:{_JOINER}{_PICTURE})*|[0-9#*]\ufe0f?\u20e3"
    r"|(?<=[\p{Han}\p{Mongolian}\p{Myanmar}])[\p{Variation_Selector}\u180e]"
)
_HIDDEN = regex.compile(rf"[\p{{C}}{UNSEEN}]")
# What no reader tells apart, after Unicode Technical Standard 39, section 5.4: a mark twice, or more than four on one letter.
_OVERLOADED = regex.compile(r"([\p{Mn}\p{Me}])\1|[\p{Mn}\p{Me}]{5}")


def clean_name(name: str) -> str:
    """Return `name` with its spaces tidied; raise ValidationError in plain words where nobody could read it."""
    tidy = " ".join(normalize("NFC", name).split())
    plain = _HAS_PART.sub(" ", tidy)
    if any(not _joins(plain, match.start()) for match in _HIDDEN.finditer(plain)):
        raise ValidationError(_("That name holds characters that cannot be seen. Type it again."))
    if not any(c.isalnum() for c in tidy):
        raise ValidationError(_("Write a name with at least one letter or number."))
    if _OVERLOADED.search(normalize("NFD", tidy)):
        raise ValidationError(_("That name is hard to read. Choose a simpler one."))
    return tidy


def _joins(name: str, at: int) -> bool:
    """True where a joiner stands as its script needs it: by the rules of RFC 5892, and before a virama, as Bengali writes ya after ra."""
    if name[at] == _JOINER and combining(name[at + 1 : at + 2] or " ") == _VIRAMA:
        return True
    with suppress(ValueError):  # beside a letter that this Python does not know yet
        return valid_contextj(name, at)
    return False


def unlike(name: str, others: Iterable[str], taken: Refused) -> str:
    """Return `name` tidied. Raises Refused: bad_name, or `taken` where a reader could take it for one of `others`."""
    try:
        tidy = clean_name(name)
    except ValidationError as error:
        raise Refused(Refusal.BAD_NAME, " ".join(error.messages)) from None
    look = skeleton(tidy)
    if any(skeleton(other) == look for other in others):
        raise taken
    return tidy


def _prototypes() -> dict[str, str]:
    """Return of each character that is drawn like another what it stands for.

    The library lists each pair on both sides: one with several entries is what the others stand for. Of two that have but each
    other, either may be. Around letters that are written from right to left it leaves the marks of the file it was made of.
    """
    pairs = {one.strip("\u200e"): [entry["c"].strip("\u200e") for entry in others] for one, others in confusables.confusables_data.items()}
    alone = {one: others[0] for one, others in pairs.items() if len(one) == 1 and len(others) == 1 and not one.isascii()}
    stands_for = {one: other for one, other in alone.items() if alone.get(other) != one or other < one}
    table = {one: "".join(stands_for.get(c, c) for c in other) for one, other in stands_for.items()}
    return {one: _without_accents(other) if _LATIN.match(one) else other for one, other in table.items()}


def _without_accents(text: str) -> str:
    return "".join(c for c in text if not (combining(c) in _POINTS or combining(c) == _OVER or combining(c) >= _ACCENTS))


_PROTOTYPES = _prototypes()


def skeleton(name: str) -> str:
    """Return what `name` looks like: equal for names that a reader could take for one another.

    Case, accents, spaces and punctuation do not count, nor do letters of other scripts that are drawn alike. Marks that are letters
    of their script do: the vowels of Indic scripts and of Thai, the tone of a kana.
    """
    look = "".join(part for word in without_unseen(normalize("NFKC", name)).split() for part in _parts(word))
    return normalize("NFC", look.replace("rn", "m").replace("vv", "w"))


def _parts(word: str) -> Iterator[str]:
    letters = _without_accents("".join(c if ord(c) in _HANGUL else normalize("NFKD", c) for c in word))
    is_latin = any(c.isascii() for c in letters if c.isalpha()) or not any(c.isalpha() for c in letters)
    for letter in letters:
        yield _latin_look(letter, is_latin=is_latin) or _own_look(letter)


def _latin_look(letter: str, *, is_latin: bool) -> str:
    """Return the letter or digit of ours that `letter` looks like, if any: in a Latin word as it is written, else as a capital."""
    for form in (letter, letter.swapcase()) if is_latin else (letter.upper(), letter.lower()):
        look = _PROTOTYPES.get(form, form).casefold().translate(_LOOKALIKE)
        if is_latin:
            look = look.translate(_WRITTEN_FOR)
        if look.isascii() and look.isalnum():
            return look
    return ""


def _own_look(letter: str) -> str:
    if not letter.isalnum() and category(letter)[0] != "M":
        return ""
    small = letter.casefold()
    return _PROTOTYPES.get(small, small)
