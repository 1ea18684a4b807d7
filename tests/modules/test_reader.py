"""What of a row its reader reads. groups/chat/page/layout.py has the same Reader: both are asked, and both must say what stands here."""

import pytest

from groups.chat.models import Reaction
from groups.chat.page import layout
from tests.modules.rows import ME, PEOPLE, handover, notice, row

BLOCKED = ["dora"]
_ASK = """
    const { Reader } = await load("chat/js/model/reader.js");
    const { Words } = await load("chat/js/model/words.js");
    const people = new Map(given.people.map((person) => [person.id, person]));
    const store = { me: "me", blocked: new Set(given.blocked), name: (id) => people.get(id)?.name };
    const known = { "not open": null };
    const quotes = { row: ({ id }) => (id in known ? known[id] : undefined) };
    const reader = new Reader({ store, quotes, words: new Words(given.page), signs: given.page.signs });
    return reader[given.what](given.of);
"""


def ask(stage, what, of):
    return stage.run(_ASK, {"what": what, "of": of, "people": PEOPLE, "blocked": BLOCKED, "page": handover()})


def server():
    return layout.Reader(ME, {person["id"]: person for person in PEOPLE}, BLOCKED)


@pytest.mark.parametrize(
    ("author", "kind", "name"),
    [
        ("bob", "text", "Bob"),
        (ME, "text", "You"),
        (ME, "notice", "Alice"),
        (None, "text", "A former member"),
        ("unknown", "text", "A former member"),
        ("dora", "text", "Dora"),
    ],
)
def test_names_are_as_the_reader_calls_them(stage, author, kind, name):
    """Oneself by name among the others, "You joined" in a notice, or an id on the page where an account is gone."""
    assert ask(stage, "nameOf", row(1, author, kind=kind)) == name
    quote = server().quote(row(1, author, kind=kind, body="joined"))
    assert quote.name == ("" if author in BLOCKED else name)


GONE = "2026-11-25T11:30:00Z"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (row(1), ""),
        (row(1, deleted=GONE), "Message removed by its author"),
        (row(1, hidden=True), "Hidden by a moderator"),
        (row(1, deleted=GONE, hidden=True), "Message removed by its author"),
        (row(1, ME, deleted=GONE), "Message removed by its author"),
        (row(1, body="joined"), ""),
        *((notice(1, word), words % {"name": "Bob"}) for word, words in layout.notices().items()),
        (notice(1, "a word of tomorrow"), "Something changed in the group"),
        (notice(1, "joined", ME), "Alice joined the group"),
        (notice(1, "left", None), "A former member left the group"),
    ],
)
def test_what_is_no_text_says_what_it_is(stage, message, words):
    """An empty bubble where something was removed or hidden, a notice that shows its bare word, or a text taken for a notice."""
    assert ask(stage, "said", message) == words
    assert layout.said(message, server().name(message["author"])) == words


LONG = "a" * 140
FACE = "👩‍👩‍👧"  # five code points


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Good to see you.</p>", "Good to see you."),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("<p>One<br>Two</p>", "One Two"),
        ("<ul><li>One</li><li>Two</li></ul>", "One Two"),
        ("<blockquote><p>One</p></blockquote><p>Two</p>", "One Two"),
        ("<pre><code>a\n  b</code></pre><p>c</p>", "a b c"),
        ("<p>  One \n\t two  </p>", "One two"),
        ("<p>One&nbsp;two</p>", "One two"),
        ("<p>One\ufefftwo\ufeff</p>", "One\ufefftwo\ufeff"),
        ("<p>\ufeff One</p>", "\ufeff One"),
        ("<p>One\u0085two\u0085</p>", "One two"),
        ("<p>One\x1ctwo\x1c</p>", "One\x1ctwo\x1c"),
        ("<p>One\u180etwo\u200b</p>", "One\u180etwo\u200b"),
        (f"<p>{'a' * 138}\ufeffbc</p>", "a" * 138 + "\ufeff…"),
        (f"<p>{'a' * 138}\x1cbc</p>", "a" * 138 + "\x1c…"),
        ("<p>a &lt;b&gt; &amp;amp; c</p>", "a <b> &amp; c"),
        ("<p><strong>One</strong><em>two</em></p>", "Onetwo"),
        ('<p><a href="https://example.org/">a link</a></p>', "a link"),
        (f"<p>{LONG}</p>", LONG),
        (f"<p>{LONG}b</p>", "a" * 139 + "…"),
        (f"<p>{'a' * 138} bcd</p>", "a" * 138 + "…"),
        (f"<p>{'🌱' * 140}</p>", "🌱" * 140),
        (f"<p>{'🌱' * 141}</p>", "🌱" * 139 + "…"),
        (f"<p>{FACE * 28}</p>", FACE * 28),
        ("<p>שלום עולם</p>", "שלום עולם"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_quote_begins_as_the_message_does(stage, html, text):
    """Words that run together, a quote of markup, half a character at its end, or another quote after a reload."""
    message = row(1, html=html)
    assert ask(stage, "quoteOf", message) == {"seq": 1, "name": "Bob", "text": text}
    assert server().quote(message) == layout.Quote(1, "Bob", text)


@pytest.mark.parametrize(
    ("message", "quote"),
    [
        (row(1, ME), {"seq": 1, "name": "You", "text": "Words 1"}),
        (row(1, None), {"seq": 1, "name": "A former member", "text": "Words 1"}),
        (row(1, deleted=GONE), {"seq": 1, "name": "Bob", "text": "Message removed by its author"}),
        (row(1, hidden=True), {"seq": 1, "name": "Bob", "text": "Hidden by a moderator"}),
        (row(1, "dora"), {"seq": 1, "name": "", "text": "A message from someone you blocked"}),
        (row(1, "dora", deleted=GONE), {"seq": 1, "name": "", "text": "A message from someone you blocked"}),
        (notice(1, "joined"), {"seq": 1, "name": "Bob", "text": "Bob joined the group"}),
    ],
)
def test_a_quote_tells_no_more_than_the_row(stage, message, quote):
    """Words that were taken back, or of somebody whom one has blocked, and that one reads above an answer to them."""
    assert ask(stage, "quoteOf", message) == quote
    assert server().quote(message) == layout.Quote(**quote)


@pytest.mark.parametrize(
    ("id", "quote"),
    [
        ("not open", {"seq": None, "name": "", "text": "A reply to a message from before you came"}),
        ("being asked", {"seq": 7, "name": "", "text": ""}),
    ],
)
def test_a_quote_of_what_is_not_here(stage, id, quote):
    """A link to what its reader may not see, or "before you came" over what is only on its way."""
    assert ask(stage, "quote", {"id": id, "seq": 7}) == quote


def given(**by):
    return [{"emoji": emoji, "by": people} for emoji, people in by.items()]


@pytest.mark.parametrize(
    ("reactions", "signs"),
    [
        ([], []),
        (given(hug=["bob"]), [("hug", "Bob", 1, False)]),
        (given(hug=["bob", "cy"]), [("hug", "Bob and Cy", 2, False)]),
        (given(hug=["bob", "cy", "unknown"]), [("hug", "Bob, Cy and A former member", 3, False)]),
        (given(hug=[ME]), [("hug", "you", 1, True)]),
        (given(hug=[ME, "bob"]), [("hug", "Bob and you", 2, True)]),
        (given(hug=["bob", ME, "cy"]), [("hug", "Bob, Cy and you", 3, True)]),
        (given(hug=["dora"]), []),
        (given(hug=["dora", "bob"]), [("hug", "Bob", 1, False)]),
        (given(hug=["dora", ME]), [("hug", "you", 1, True)]),
        (given(heart=["bob"], thanks=[ME]), [("heart", "Bob", 1, False), ("thanks", "you", 1, True)]),
    ],
)
def test_signs_name_all_who_gave_them_and_nobody_blocked(stage, reactions, signs):
    """Somebody who is blocked and turns up under one's words after all, a count that is not that of the names, or oneself by name."""
    message = row(1, reactions=reactions)
    assert [(each["emoji"], each["names"], each["count"], each["mine"]) for each in ask(stage, "given", message)] == signs
    assert [(each.emoji, each.names, each.count, each.mine) for each in server().reactions(message)] == signs


def test_all_six_signs_look_and_are_called_as_on_the_server(stage):
    """A sign that is another one until the page is loaded again."""
    message = row(1, reactions=given(**{emoji: ["bob"] for emoji in Reaction.Emoji.values}))
    assert ask(stage, "given", message) == [vars(each) for each in server().reactions(message)]


def test_a_sign_of_tomorrow_is_left_out(stage):
    """A page that stands still because a newer server knows a seventh sign."""
    assert ask(stage, "given", row(1, reactions=given(wave=["bob"]))) == []


@pytest.mark.parametrize(("mentions", "is_named"), [([], False), ([ME], True), (["bob", ME], True), (["bob"], False)])
def test_who_is_named_is_told(stage, mentions, is_named):
    """A mention that its reader misses, or sees where another is named."""
    assert ask(stage, "isNamedIn", row(1, mentions=mentions)) is is_named
