"""Words that would give away what this site is for. What is seen from outside, such as the centre's public name, must not hold them."""

import re

GIVE_AWAY = (
    r"addict\w*", r"alcohol\w*", r"detox\w*", r"drugs?", r"iops?", r"naloxone", r"opi(?:oid|ate)\w*", r"outpatients?", r"overdose\w*",
    r"recover\w*", r"rehab\w*", r"relaps\w*", r"sober\w*", r"sobriety", r"substances?", r"treatments?", r"therap(?:y|ies|ist|ists)",
    r"twelve[ -]steps?", r"12[ -]steps?", r"withdrawal\w*",
)  # fmt: skip
_words = re.compile(rf"\b(?:{'|'.join(GIVE_AWAY)})\b", re.IGNORECASE)


def given_away(text: str) -> list[str]:
    """Return the words of `text` that tell what this site is for, as they stand there."""
    return _words.findall(text)
