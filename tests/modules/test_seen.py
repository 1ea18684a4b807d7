"""What a reader sees of a text: community/kit/text/seen.py and seen.js are asked, and both must say what stands here."""

import pytest

from community.kit.text.seen import holds_something

NOTHING = [
    "", " ", "\n\t", "\u00a0", "\u200b", "\u200c\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u115f", "\u1160", "\u3164", "\uffa0",
    "\u2800", "\u202e", "\u2066\u2069", "\u180e", "\ufe0f", "\U000e0101", "\U000e0041", "\u061c", "\u17b4", "\u0085", "\x1c", "\x00",
    "\ufffe", "\U0001ffff", "\u0301", "\u20dd", "\u3000", "\u1680", "\u2028", "\ufffc", "\U0001d159", "\U00013441",
    "\u200b \u2800\n\u202e",
]  # fmt: skip
SOMETHING = [
    "a", "7", ".", "-", ">", "(:", "🙂", "❤️", "👩‍💻", "ツ", "क", "\u093e", "e\u0301", "\u200ba", "¯", "´", "`", "\ue000", "\U0003fffd",
    "۝x", "ー",
]  # fmt: skip


@pytest.mark.parametrize(("text", "seen"), [*((text, False) for text in NOTHING), *((text, True) for text in SOMETHING)])
def test_both_sides_see_the_same(stage, text, seen):
    """An empty bubble that counts as unread, or a sign that cannot be sent."""
    assert holds_something(text) is seen
    assert stage.run('const { holdsSomething } = await load("chat/js/model/seen.js"); return holdsSomething(given);', text) is seen
