"""An @ in the box: whom it offers, when it keeps quiet, and what the keys do then."""

import pytest

_BEGIN = """
    const { Mentions } = await load("chat/js/view/box/mentions.js");
    const box = document.getElementById("body");
    const names = given ?? ["Ann", "Anna Maria", "Bob", "Élodie", "Jean-Luc", "O'Neil", "Zoë"];
    const people = names.map((name) => ({ id: name, name }));
    stage = { box, sent: 0 };
    new Mentions({ box, people: () => people });
    box.addEventListener("keydown", (event) => event.key === "Enter" && !event.defaultPrevented && stage.sent++);
    box.focus();
"""
_STEPS = """
    const { box } = stage;
    const press = (key, more) => box.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
    const steps = {
      type: (text, from = text.length, to = from) => {
        box.value = text;
        box.setSelectionRange(from, to);
        box.dispatchEvent(new Event("input", { bubbles: true }));
      },
      caret: (at) => (box.setSelectionRange(at, at), box.dispatchEvent(new Event("keyup"))),
      press: (key, more) => (stage.isLeft = press(key, more)),
      click: (n) => document.getElementById(`named-${n}`).click(),
      blur: () => box.blur(),
    };
    for (const [name, ...more] of given) steps[name](...more);
    const list = document.getElementById("named");
    const options = list.hidden ? [] : [...list.children];
    return {
      offered: options.map(({ textContent }) => textContent), chosen: options.findIndex((each) => each.ariaSelected === "true"),
      active: box.getAttribute("aria-activedescendant"), text: box.value, caret: box.selectionStart,
      sent: stage.sent, isLeft: stage.isLeft,
    };
"""


class Box:
    def __init__(self, stage, names=None):
        self.stage = stage
        stage.run(_BEGIN, names)

    def after(self, *steps):
        return self.stage.run(_STEPS, [list(step) for step in steps])


@pytest.fixture
def box(stage):
    return Box(stage)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("@An", ["Ann", "Anna Maria"]),
        ("@an", ["Ann", "Anna Maria"]),
        ("@anna m", ["Anna Maria"]),
        ("@maria", ["Anna Maria"]),
        ("@nna", []),
        ("@elo", ["Élodie"]),
        ("@ÉLO", ["Élodie"]),
        ("@zoe", ["Zoë"]),
        ("@jean-l", ["Jean-Luc"]),
        ("@luc", []),
        ("@o'n", ["O'Neil"]),
        ("@x", []),
        ("Hi @bob", ["Bob"]),
        ("(@bob", ["Bob"]),
        ("“@bob", ["Bob"]),
        ("Hi\n@bob", ["Bob"]),
        ("bob@bob", []),
        ("@@bob", []),
        ("@an\n", []),
        ("@bob, @an", ["Ann", "Anna Maria"]),
        ("Hi", []),
        ("", []),
        ("@" + "a" * 61, []),
        ("@", ["Ann", "Anna Maria", "Bob", "Élodie", "Jean-Luc", "O'Neil"]),
    ],
)
def test_an_at_sign_offers_whose_name_begins_so(box, text, offered):
    """A list within an e-mail address, one that misses a surname or an accent, or that never goes away."""
    known = box.after(("type", text))
    assert known["offered"] == offered
    assert known["active"] == ("named-0" if offered else None)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("ありがとう@Mar", ["Mar"]), ("ありがとう＠Mar", ["Mar"]), ("＠Mar", ["Mar"]), ("＠Ｍａｒ", ["Mar"]),
        ("﹫Mar", ["Mar"]), ("@田", ["田中"]),
        ("。@田中", ["田中"]), ("안녕@김", ["김민수"]), ("@김미", ["김민수"]), ("สวัสดี@สม", ["สมชาย"]),
        ("🙂@Mar", ["Mar"]), ("…@Mar", ["Mar"]),
        ("ל@דנ", ["דָּנָה"]), ("و@مح", ["محمد"]), ("@रा", ["राम"]), ("@रामा", []), ("@मी", ["मीना"]),
        ("@म", ["मीना", "मोना"]), ("नमस्ते @मो", ["मोना"]),
        ("@が", ["がく"]), ("é@Mar", []), ("e\u0301@Mar", []), ("bob＠Mar", []), ("7@Mar", []),
        ("＠＠Mar", []), ("https://x/@Mar", []),
    ],
)  # fmt: skip
def test_an_at_sign_of_any_keyboard_offers_names_of_any_script(stage, text, offered):
    """Borders by spaces and letters made for Latin: nobody is offered, or somebody whose vowels are others."""
    box = Box(stage, ["Mar", "田中", "김민수", "สมชาย", "דָּנָה", "محمد", "राम", "मीना", "मोना", "がく"])
    assert box.after(("type", text))["offered"] == offered


def test_a_wide_at_sign_makes_room_for_the_name(box):
    """A name that stands behind the sign, twice or with a letter missing."""
    assert box.after(("type", "ありがとう＠bo"), ("press", "Enter"))["text"] == "ありがとう@Bob "


@pytest.mark.parametrize(
    ("steps", "offered"),
    [
        ([("type", "@an and more", 3)], ["Ann", "Anna Maria"]),
        ([("type", "@an and more", 0)], []),
        ([("type", "@an", 0, 3)], []),
        ([("type", "@an"), ("caret", 0)], []),
        ([("type", "@an"), ("caret", 0), ("caret", 2)], ["Ann", "Anna Maria"]),
        ([("type", "@an"), ("blur",)], []),
        ([("type", "@an"), ("press", "Escape")], []),
        ([("type", "@a"), ("press", "Escape"), ("type", "@an")], []),
        ([("type", "@a"), ("press", "Escape"), ("type", "@a "), ("type", "@a @b")], ["Bob"]),
        ([("type", "@a"), ("press", "Escape"), ("type", ""), ("type", "@a")], ["Ann", "Anna Maria"]),
    ],
)
def test_the_list_is_there_only_where_the_caret_is_and_it_is_wanted(box, steps, offered):
    """A list that stays over an empty box, that comes back when it was sent away, or that never comes again."""
    assert box.after(*steps)["offered"] == offered


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["Enter"], "Hi @Ann "),
        (["Tab"], "Hi @Ann "),
        (["ArrowDown", "Enter"], "Hi @Anna Maria "),
        (["ArrowDown", "ArrowDown", "Enter"], "Hi @Ann "),
        (["ArrowUp", "Enter"], "Hi @Anna Maria "),
    ],
)
def test_enter_takes_the_name_and_not_the_message(box, keys, text):
    """An Enter that sends half a name, or an arrow that leaves the list at its end."""
    known = box.after(("type", "Hi @an"), *(("press", key) for key in keys))
    assert (known["text"], known["caret"], known["sent"], known["offered"], known["isLeft"]) == (text, len(text), 0, [], False)


@pytest.mark.parametrize(
    ("key", "more"),
    [
        *(("Enter", {held: True}) for held in ("shiftKey", "ctrlKey", "metaKey", "isComposing")),
        *[("Tab", {"shiftKey": True}), ("a", {}), ("ArrowLeft", {})],
    ],
)
def test_other_keys_are_left_alone(box, key, more):
    """A new line, a sending or an input method that puts a name in instead."""
    known = box.after(("type", "@an"), ("press", key, more))
    assert (known["text"], known["isLeft"]) == ("@an", True)


@pytest.mark.parametrize("key", ["Enter", "Tab", "ArrowDown", "Escape"])
def test_without_a_list_the_keys_are_the_box_s(box, key):
    """Enter and Tab swallowed far away from the @ that opened the list."""
    assert box.after(("type", "@an"), ("press", "Escape"), ("press", key))["isLeft"] is True


@pytest.mark.parametrize(
    ("text", "at", "put"),
    [
        ("Hi @an\nHow are you?", 6, "Hi @Anna Maria \nHow are you?"),
        ("@an", 3, "@Anna Maria "),
        ("@Bob and @an", 12, "@Bob and @Anna Maria "),
    ],
)
def test_a_mouse_puts_the_name_where_the_at_sign_stands(box, text, at, put):
    """A name at the end of a sentence in whose middle it was meant, or in the place of another."""
    assert box.after(("type", text, at), ("click", 1))["text"] == put


def test_a_chosen_name_stays_chosen(stage):
    """A longer name that takes the place of the chosen one when Enter is to send."""
    box = Box(stage, ["Bob", "Bob K"])
    known = box.after(("type", "Thanks @bo"), ("press", "Tab"))
    assert (known["text"], known["offered"]) == ("Thanks @Bob ", [])
    known = box.after(("press", "Enter"))
    assert (known["text"], known["sent"]) == ("Thanks @Bob ", 1)


def test_what_is_marked_begins_anew_where_others_are_offered(box):
    """The second of a list that one has never seen, taken by Enter."""
    box.after(("type", "@"), ("press", "ArrowDown"), ("press", "ArrowDown"))
    assert box.after(("type", "@an"))["chosen"] == 0


def test_what_is_marked_stays_where_the_same_are_offered(box):
    """A choice that jumps back with the next letter."""
    box.after(("type", "@a"), ("press", "ArrowDown"))
    assert box.after(("type", "@an"))["chosen"] == 1


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("@Ann ,", "@Ann,"),
        ("@Ann ?", "@Ann?"),
        ("@Ann 's", "@Ann 's"),  # two letters at once were pasted
        ("@Ann '", "@Ann'"),
        ("@Ann )", "@Ann)"),
        ("@Ann 。", "@Ann。"),
        ("@Ann (", "@Ann ("),
        ("@Ann a", "@Ann a"),
        ("@Ann @", "@Ann @"),
        ("@Ann\n,", "@Ann\n,"),
    ],
)
def test_a_comma_closes_up_to_the_name_that_was_chosen(box, typed, text):
    """ "@Ann , are you there": the space that came with the name stood before the comma."""
    known = box.after(("type", "@ann"), ("press", "Enter"), ("type", typed))
    assert (known["text"], known["caret"]) == (text, len(text))


def test_a_space_that_one_typed_oneself_stays(box):
    """A writer whose own space before a sign vanishes, as French has it."""
    assert box.after(("type", "@ann"), ("press", "Enter"), ("type", "@Ann a"), ("type", "@Ann a ,"))["text"] == "@Ann a ,"
