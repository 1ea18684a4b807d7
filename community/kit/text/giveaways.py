"""Words that would tell a stranger what this site is for, wherever one may see them: a tab, a mail list, a lock screen, a card statement.

Plain data and one question. What members and staff write inside the site is theirs and never asked here.
"""

import re
import unicodedata

# Anywhere in a text, in the middle of a word too: "quietrecovery.example" tells as much as "Quiet Recovery".
STEMS = (
    "recover", "sober", "sobri", "addict", "alcohol", "cocaine", "heroin", "opioid", "opiate", "fentanyl", "benzodiazep", "amphetamin",
    "naloxone", "methadone", "buprenorph", "suboxone", "narcan", "overdos", "rehab", "detox", "relaps", "abstinen", "substance",
    "treatment", "therap", "outpatient", "psychiatr", "clinic", "counsel", "alumn", "twelvestep", "12step", "naranon", "alanon",
    "withdrawal",
)  # fmt: skip
# Only as words of their own: within others they say nothing.
WORDS = ("drug", "drugs", "drunk", "drinking", "clean", "iop", "oud", "sud", "meth", "patient", "patients", "dependence", "dependency")

_STEM = re.compile("|".join(STEMS))
_WORD = re.compile(rf"(?<![^\W_])(?:{'|'.join(WORDS)})(?![^\W_])")


def found_in(text: str) -> list[str]:
    """Return the words of `text` that give away what this site is for, as they are listed above; [] where it is discreet.

    Case, accents and letters of another width do not hide one, nor do the signs between "12" and "step".
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
    joined = re.sub(r"(?<=\w)[-_.’' ]+(?=(?:step|anon))", "", plain)
    return sorted({*_STEM.findall(joined), *_WORD.findall(plain)})
