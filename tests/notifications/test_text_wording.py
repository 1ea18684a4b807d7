"""What a text message says: it fits one message of 160 in GSM-7, whatever the center is called, and says nothing of what the place is."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from community.centre.models import Centre
from community.kit.text.giveaways import found_in
from community.members.texting import wording

# Written down from 3GPP TS 23.038 by its table, column by column, and not from the module that is tested.
ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"


def places(text: str) -> int:
    return sum(2 if c in EXTENSION else 1 for c in text)


def said(monkeypatch: pytest.MonkeyPatch, name: str) -> list[str]:
    monkeypatch.setattr(wording, "centre", lambda: Centre(name=name))
    return [wording.something_new(), wording.with_code("012345")]


@given(name=st.text(max_size=120) | st.text("[]{}~^\\|€Wé’“–🙂Ж中", max_size=120))
@example(name="€" * 120)
@example(name="’“”–ëıç")
@example(name="\x00\u202e\ud83d")
@example(name="\u4e2d" * 60)
@settings(deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_is_one_message_whatever_the_center_is_called(monkeypatch, name):
    """A curly apostrophe in the name: 70 characters would fit, and two messages leave."""
    for text in said(monkeypatch, name):
        assert not set(text) - set(ALPHABET + EXTENSION) and places(text) <= 160 and len(text.splitlines()) == 1
        assert text.lower().endswith(("something new", "your code is 012345. reply stop for no more texts."))
        assert not found_in(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Long Table", "Long Table: something new"),
        ("Sam’s – “Table”", 'Sam\'s - "Table": something new'),
        ("Café Ñandú [2]", "Café Ñandu [2]: something new"),
        ("Lange Tafël, Ağaç", "Lange Tafel, Agac: something new"),
        ("Mesa 🙂 larga", "Mesa larga: something new"),
        ("Длинный стол", "Dlinnyy stol: something new"),
        ("🙂", "Something new"),
        ("Собер", "Something new"),  # in Latin letters it would say "Sober"
    ],
)
def test_a_name_is_written_so_that_its_people_know_it(monkeypatch, name, text):
    assert said(monkeypatch, name)[0] == text


def test_the_longest_name_leaves_room_for_the_words(monkeypatch):
    new, code = said(monkeypatch, "a" + "[" * 120)
    assert places(new) in (159, 160) and places(code) in (159, 160)
