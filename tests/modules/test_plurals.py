"""Sentences with a number in them, in languages with more forms than English: the script chooses the form that the server would."""

import itertools
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils.translation import ngettext, override

from tests.modules.rows import handover

RULES = {
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
    "ja": "nplurals=1; plural=0;",
}
FORMS = {
    "pl": ["{n} osoba", "{n} osoby", "{n} osób"],
    "ru": ["{n} человек", "{n} человека", "{n} людей"],
    "ar": ["لا أحد", "شخص", "شخصان", "{n} أشخاص", "{n} شخصًا", "{n} شخص"],
    "ja": ["{n}人"],
}
PEOPLE = ("{n} person", "{n} people")
NUMBERS = [*range(27), 99, 100, 101, 102, 111, 112, 114, 121, 122, 1_000, 1_000_000]


def compiled(language: str) -> bytes:
    """A catalog as gettext compiles it, with this one sentence."""
    head = f"Content-Type: text/plain; charset=UTF-8\nPlural-Forms: {RULES[language]}\n"
    texts = {"": head, "\0".join(PEOPLE): "\0".join(FORMS[language])}
    said = [text.encode() for pair in zip(*sorted(texts.items()), strict=True) for text in pair]
    begins = itertools.accumulate((len(text) + 1 for text in said), initial=28 + 8 * len(said))
    table = b"".join(struct.pack("<2I", len(text), at) for text, at in zip(said, begins, strict=False))
    header = struct.pack("<7I", 0x950412DE, 0, len(texts), 28, 28 + 8 * len(texts), 0, 0)
    return header + table + b"".join(text + b"\0" for text in said)


@pytest.fixture(params=FORMS)
def language(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A language of readers, with a catalog of its own."""
    folder = tmp_path / request.param / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(compiled(request.param))
    with override_settings(LOCALE_PATHS=[tmp_path]), override(request.param):
        yield request.param


def test_a_number_has_the_form_that_the_server_gives_it(stage, language):
    """ "3 osób", or two forms for all numbers where a language has three, or six."""
    ask = """
        const { Words } = await load("chat/js/model/words.js");
        const words = new Words(given.page);
        return given.numbers.map((n) => words.count(words.say.people, n));
    """
    page = handover(language=language)  # in the words of this language
    said = stage.run(ask, {"page": page, "numbers": NUMBERS})
    assert said == [ngettext(*PEOPLE, n).replace("{n}", str(n)) for n in NUMBERS]
    assert len({sentence.replace(str(n), "") for sentence, n in zip(said, NUMBERS, strict=True)}) == len(FORMS[language])
