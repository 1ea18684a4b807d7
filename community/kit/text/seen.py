"""What a reader sees of a text, and which characters no text of ours holds."""

import regex

# A class of characters that are drawn as nothing: beside those that Unicode says to ignore, letters and signs made of blank.
UNSEEN = r"\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\ufffc\U00013441\U00013442\U0001d159"
_UNSEEN = regex.compile(f"[{UNSEEN}]")
# A mark needs a letter to stand on.
_SEEN = regex.compile(rf"[^\s\p{{Z}}\p{{Cc}}\p{{Cs}}\p{{Mn}}\p{{Me}}\p{{Noncharacter_Code_Point}}{UNSEEN}]")
_LINE_ENDS = regex.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_TOWER = regex.compile(r"([\p{Mn}\p{Me}]{8})[\p{Mn}\p{Me}]+")
_TURNS = regex.compile(r"[\u202a-\u202e\u2066-\u2069]")
_NOT_TEXT = regex.compile(r"[[\p{Cc}--[\t\n]]\p{Cs}\p{Noncharacter_Code_Point}]", regex.V1)


def holds_something(text: str) -> bool:
    """True where a reader sees anything of `text`. chat/js/model/seen.js asks the same; both change together."""
    return _SEEN.search(text) is not None


def without_unseen(text: str) -> str:
    """Return `text` without the characters that are drawn as nothing."""
    return _UNSEEN.sub("", text)


def is_unseen(character: str) -> bool:
    return _UNSEEN.fullmatch(character) is not None


def plain_text(text: str) -> str:
    """Return `text` without control characters and what is no character, which pages, feeds and mails break on; its line ends as \\n."""
    return _NOT_TEXT.sub("", _LINE_ENDS.sub("\n", text))


def without_towers(text: str) -> str:
    """Return `text` with at most eight marks on a letter, which is more than any script stacks: more would cover the lines around it."""
    return _TOWER.sub(r"\1", text)


def one_line(text: str) -> str:
    """Return `text` in one line, without what is no text or sets a direction: within a sentence that would turn the words after it."""
    return " ".join(_TURNS.sub("", plain_text(text)).split())
