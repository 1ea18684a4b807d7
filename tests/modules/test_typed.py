"""What stands in the box is kept until the server has it: the newest, once, and given to the page that opens next."""

import pytest

_BEGIN = """
    window.name = given?.before ?? "";
    const { Typed } = await load("chat/js/net/typed.js");
    const vault = {
      log: [], left: given?.left ?? [], page: "this page", living: async () => new Set(given?.living ?? []),
      keep: async (item, number) => (vault.log.push(["keep", number ?? null, item.text]), number ?? vault.log.length),
      drop: async (number) => void vault.log.push(["drop", number]),
      adopt: async (wants, take) => (stage.come = () => {
        const found = vault.left.filter(({ item, of }) => wants(item, of));
        if (found.length) take(found);
      }),
    };
    stage = { vault, now: null, found: [] };
    stage.typed = new Typed({
      channel: "c", vault: Promise.resolve(given?.vault === false ? null : vault),
      what: () => stage.now, onfound: ({ text }) => stage.found.push(text),
    });
    await settled();
"""
_STEPS = """
    const steps = {
      type: (text) => ((stage.now = text === null ? null : { text }), stage.typed.touch()),
      quickly: (...all) => { for (const text of all) (stage.now = { text }), stage.typed.touch(); },
      come: () => stage.come(),
      end: () => void stage.typed.end(),
    };
    for (const [name, ...more] of given) {
      await steps[name](...more);
      await settled();
    }
    return { did: stage.vault.log, found: stage.found, isSafe: stage.typed.isSafe };
"""


def left(number, text, at=1, box="c", of="gone"):
    return {"number": number, "of": of, "item": {"box": box, "text": text, "at": at}}


class Keeping:
    def __init__(self, stage, **given):
        self.stage = stage
        stage.run(_BEGIN, given)

    def after(self, *steps):
        return self.stage.run(_STEPS, [list(step) for step in steps])


@pytest.mark.parametrize(
    ("steps", "did"),
    [
        ([("type", "H")], [["keep", None, "H"]]),
        ([("type", "H"), ("type", "Hi")], [["keep", None, "H"], ["keep", 1, "Hi"]]),
        ([("quickly", "H", "Hi", "Hi!")], [["keep", None, "Hi!"]]),
        ([("type", None)], []),
        ([("type", "H"), ("type", None), ("type", "Hi")], [["keep", None, "H"], ["keep", 1, "Hi"]]),
        ([("type", "H"), ("end",), ("type", "Hi")], [["keep", None, "H"], ["drop", 1]]),
    ],
)
def test_the_newest_is_kept_until_the_server_has_it(stage, steps, did):
    """Two records of one box, an older text that stays, or words kept after the talk has left the page."""
    assert Keeping(stage).after(*steps)["did"] == did


def test_what_the_server_has_is_dropped_a_little_later(stage):
    """Words that a page saved while it was left, when the next was rendered with an older draft: none shows them. Or a record for ever."""
    keeping = Keeping(stage)
    assert keeping.after(("type", "H"), ("type", None), ("type", None))["did"] == [["keep", None, "H"]]
    stage.wait(4_999)
    assert keeping.after()["did"] == [["keep", None, "H"]]
    stage.wait(1)
    assert keeping.after()["did"] == [["keep", None, "H"], ["drop", 1]]
    assert keeping.after(("type", "Hi"), ("type", None), ("end",))["did"][2:] == [["keep", None, "Hi"], ["drop", 3]]


def test_what_is_typed_again_is_not_dropped(stage):
    """The timer of a text that the server had, which takes the next one with it."""
    keeping = Keeping(stage)
    keeping.after(("type", "H"), ("type", None))
    stage.wait(3_000)
    keeping.after(("type", "Hi"))
    stage.wait(9_000)
    assert keeping.after()["did"] == [["keep", None, "H"], ["keep", 1, "Hi"]]


def test_what_a_page_that_is_gone_has_left_is_given_in_order_and_kept_once(stage):
    """Words that come back twice, or the older in the place of the newer."""
    keeping = Keeping(stage, left=[left(7, "Newer", at=2), left(6, "Older", at=1), left(5, "Elsewhere", box="d")])
    stage.run("stage.now = { text: 'Newer' }")
    known = keeping.after(("come",))
    assert known["found"] == ["Older", "Newer"]
    assert known["did"] == [["keep", 6, "Newer"], ["drop", 7]]


@pytest.mark.parametrize(
    ("given", "wait", "found"),
    [
        ({"living": ["other"]}, 0, []),
        ({"living": ["other"]}, 9_000, []),
        ({"living": ["other"], "before": "other"}, 1_999, ["Of the tab"]),
        ({"living": ["other"], "before": "other"}, 2_000, []),
        ({"living": [], "before": ""}, 9_000, ["Of the tab"]),
    ],
)
def test_another_tab_s_words_are_taken_only_where_it_is_gone(stage, given, wait, found):
    """Words of another tab that turn up where one reads or writes, when that tab is closed; or one's own that are gone with a reload."""
    keeping = Keeping(stage, left=[left(7, "Of the tab", of="other")], **given)
    stage.wait(wait)
    assert keeping.after(("come",))["found"] == found
    assert stage.run("return window.name") == "this page"


def test_a_browser_without_a_vault_keeps_nothing_and_says_so(stage):
    """A page that is left without a question, with words that are kept nowhere."""
    assert Keeping(stage, vault=False).after(("type", "H"), ("end",)) == {"did": [], "found": [], "isSafe": False}
