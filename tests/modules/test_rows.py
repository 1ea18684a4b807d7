"""A row has one markup: what a script draws is what the server draws of the same message, as a page has it where scripts run."""

from typing import Any
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.test.html import parse_html
from django.utils import timezone

from groups.chat.page import layout
from tests.modules.rows import ME, PEOPLE, READER, handover, notice, row
from tests.modules.stage import CHANNEL
from tests.modules.test_layout import BLOCKED, ZONE, answers

_ASK = (
    READER
    + """
    const { RowMaker } = await load("chat/js/view/log/rows.js");
    const { Tools } = await load("chat/js/view/log/tools.js");
    const pending = given.pending.map((item) => ({ item: { ...item, at: Date.now() }, state: item.state }));
    const canReturn = ({ deleted }) => given.returns && deleted;
    const entries = layOut({ store, words, reader, pending, canReturn, rows: given.rows, firstNew: given.firstNew });
    stage = { did: [] };
    const does = (what) => () => stage.did.push(what);
    const acts = () => Object.fromEntries(given.acts.map((act) => [act, does(act)]));
    const onsign = (_entry, emoji, on) => stage.did.push(`${on ? "give" : "take"} ${emoji}`);
    const tools = new Tools({ can: acts, onsign, onreply: does("reply"), onclosed() {} });
    const maker = new RowMaker({ tools, onquote: (_row, seq) => stage.did.push(`go to ${seq}`), onundo: does("undo") });
    const on = { again: does("again"), forget: does("forget") };
    const made = {
      day: (entry) => maker.day(entry), new: () => maker.divider({ dismiss: does("dismiss") }),
      notice: (entry) => maker.notice(entry), message: (entry) => maker.message(entry), pending: (entry) => maker.pending(entry, on),
    };
    stage.rows = entries.map((entry) => made[entry.kind](entry));
    document.body.append(Object.assign(document.createElement("div"), { id: "log" }), ...stage.rows);
    return stage.rows.map((element) => element.outerHTML).join("");
"""
)


def draw(
    stage: Any,
    rows: list[Any],
    *,
    quoted: Any = (),
    pending: Any = (),
    first_new: int | None = None,
    returns: bool = False,
    acts: Any = (),
    people: Any = PEOPLE,
    blocked: Any = BLOCKED,
) -> str:
    given = {"rows": rows, "quoted": list(quoted), "pending": list(pending), "firstNew": first_new, "returns": returns, "acts": list(acts)}
    return stage.run(_ASK, given | {"people": people, "blocked": blocked, "page": handover(zone=ZONE)})


def drawn_by_the_server(stage: Any, monkeypatch: Any, rows: list[Any], *, quoted: Any = (), first_new: int | None = None, **_: Any) -> str:
    now = stage.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    reader = layout.Reader(ME, {person["id"]: person for person in PEOPLE}, BLOCKED)
    with timezone.override(ZONE):
        shown = layout.lay_out(rows, quoted=list(quoted), reader=reader, first_new=first_new)
        return "".join(render_to_string("chat/_row.html", {"shown": each, "channel": CHANNEL, "live": True}) for each in shown)


def same(one: str, other: str) -> None:
    """Compare two pieces of HTML as a browser would have them, white space and the order of attributes aside."""
    assert str(parse_html(one)) == str(parse_html(other))


GONE = "2026-11-25T11:59:50Z"
SIGNS = [{"emoji": "hug", "by": ["bob", ME, "dora"]}, {"emoji": "same", "by": ["cy"]}]
STATES = {
    "own": ([row(1, ME)], {}),
    "other's": ([row(1, "bob")], {}),
    "without an account": ([row(1, None)], {}),
    "in a run": ([row(1, "bob"), row(2, "bob")], {}),
    "another's after one's own": ([row(1, ME), row(2, "bob")], {}),
    "hidden": ([row(1, hidden=True)], {}),
    "removed": ([row(1, "bob", deleted=GONE)], {}),
    "removed a moment ago": ([row(1, ME, deleted=GONE)], {"returns": True}),
    "edited": ([row(1, edited=GONE)], {}),
    "edited and removed": ([row(1, edited=GONE, deleted=GONE)], {}),
    "naming the reader": ([row(1, mentions=[ME])], {}),
    "of somebody blocked": ([row(1, "dora", edited=GONE)], {}),
    "with markup": ([row(1, html="<p>Good <em>evening</em></p><ul><li>One</li></ul>")], {}),
    "with a {name} in it": ([row(1, body="{name} and {time}, 00000000-0000-0000-0000-000000000000")], {}),
    "answering": ([row(1), answers(2, 1, ME)], {}),
    "answering what is not open": ([answers(2, 1)], {}),
    "answering somebody blocked": ([row(1, "dora"), answers(2, 1)], {}),
    "answering what was removed": ([row(1, deleted=GONE), answers(2, 1)], {}),
    "with signs": ([row(1, reactions=SIGNS)], {}),
    "with signs of somebody blocked alone": ([row(1, reactions=[{"emoji": "hug", "by": ["dora"]}])], {}),
    "removed with signs": ([row(1, reactions=SIGNS, deleted=GONE)], {}),
    "notice": ([notice(1, "joined"), row(2)], {}),
    "new": ([row(1), row(2)], {"first_new": 2}),
    "on another day": ([row(1, sent="2026-11-20T10:00:00Z"), row(2)], {}),
}


@pytest.mark.parametrize("state", STATES)
def test_a_script_draws_a_row_as_the_server_does(stage, monkeypatch, state):
    """A message that looks another way, or is called another way by a screen reader, once it was drawn anew."""
    rows, more = STATES[state]
    same(draw(stage, rows, **more), drawn_by_the_server(stage, monkeypatch, rows, **more))


def item(state, **more):
    return {"client_id": "client-9", "channel": "c", "body": "On its <way>", "reply_to": None, "state": state, **more}


@pytest.mark.parametrize("state", ["sending", "waiting", "failed", "asks", "held", "gone"])
def test_what_waits_is_drawn_from_the_file_of_the_server(stage, state):
    """A failed message without its buttons, or one that is being taken back and can be edited."""
    quote = {"id": "id-1", "seq": 1}
    waits = item(state, reply_to=quote, removed=state == "gone")
    drawn = draw(stage, [], quoted=[row(1)], pending=[waits])
    shown = {
        "own": True,
        "first": True,
        "name": "You",
        "clock": "12:00 PM",
        "sent": stage.now(),
        "client_id": "client-9",
        "state": state,
        "words": state,
        "text": "On its <way>",
        "quote": None,
    }
    if state != "gone":
        shown["quote"] = {"seq": 1, "name": "Bob", "text": "Words 1"}
    today = render_to_string("chat/_day.html", {"shown": {"day": "Today"}})
    same(drawn, today + render_to_string("chat/_pending.html", {"shown": shown, "channel": CHANNEL, "live": True}))


_OPEN = """
    const menu = document.querySelector(given);
    menu.querySelector("summary").click();
    return menu.querySelector(".menu-sheet").innerHTML;
"""
IT, BOB, DORA = (str(UUID(int=n)) for n in (9, 11, 12))


@pytest.mark.parametrize("author", [ME, BOB, None, DORA])
def test_a_menu_offers_what_the_server_s_does(stage, author):
    """A report about nobody, an item that only another's message has, or one that leads to another message."""
    acts = ["answer", "copy", "unread", *(["edit", "remove"] if author == ME else ["block"] if author == BOB else [])]
    people = [*PEOPLE, {"id": BOB, "name": "Bob"}, {"id": DORA, "name": "Dora"}]
    draw(stage, [row(1, author, id=IT)], acts=acts, people=people, blocked=[DORA])
    reader = layout.Reader(ME, {person["id"]: person for person in people}, [DORA])
    [shown] = layout.lay_out([row(1, author, id=IT)], quoted=[], reader=reader, first_new=None)
    given = {"shown": shown, "channel": CHANNEL, "live": True, "signs": layout.signs()}
    drawn = stage.run(_OPEN, ".chat-menu")
    same(drawn + '<ul class="chat-who caption"></ul>', render_to_string("chat/_menu.html", given))


def test_a_menu_tells_who_gave_which_sign(stage):
    """Names for who can hover alone."""
    draw(stage, [row(1, reactions=SIGNS)])
    stage.run(_OPEN, ".chat-menu")
    who = stage.run('return [...document.querySelectorAll(".chat-who > li")].map((each) => each.textContent.trim())')
    assert who == ["Hug: Bob and you", "Same here: Cy"]
    pressed = stage.run('return [...document.querySelectorAll(".chat-sign[aria-pressed=true]")].map(({ value }) => value)')
    assert pressed == ["hug"]


_PRESS = """
    const menu = given.menu && document.querySelector(given.menu);
    if (menu) menu.querySelector("summary").click();
    document.querySelector(given.pressed).click();
    return stage.did;
"""


@pytest.mark.parametrize(
    ("rows", "more", "menu", "pressed", "did"),
    [
        ([row(1)], {}, None, ".chat-tools > button", "reply"),
        ([row(1)], {}, ".chat-react", ".chat-sign[value=thanks]", "give thanks"),
        ([row(1, reactions=SIGNS)], {}, ".chat-menu", ".chat-sign[value=hug]", "take hug"),
        ([row(1, reactions=SIGNS)], {}, None, ".chat-chip[data-key=hug]", "take hug"),
        ([row(1, reactions=SIGNS)], {}, None, ".chat-chip[data-key=same]", "give same"),
        ([row(1, ME)], {"acts": ["edit"]}, ".chat-menu", "[data-act=edit]", "edit"),
        ([row(1, ME, deleted=GONE)], {"returns": True}, None, "[data-key=undo]", "undo"),
        ([row(1), answers(2, 1)], {}, None, "a.chat-quote", "go to 1"),
        ([row(1), row(2)], {"first_new": 2}, None, "#new > button", "dismiss"),
        ([], {"pending": [item("failed")]}, None, "[data-act=again]", "again"),
        ([], {"pending": [item("asks")]}, None, "[data-act=send]", "again"),
        ([], {"pending": [item("failed")]}, None, "[data-act=forget]", "forget"),
        ([], {"pending": [item("sending")], "acts": ["remove"]}, ".chat-menu", "[data-act=remove]", "remove"),
    ],
)
def test_what_is_drawn_does_what_it_says(stage, rows, more, menu, pressed, did):
    """A button that was copied and does nothing, or what another one does."""
    draw(stage, rows, **more)
    assert stage.run(_PRESS, {"menu": menu, "pressed": pressed}) == [did]
