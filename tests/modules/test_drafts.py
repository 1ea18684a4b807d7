"""What is in the box is kept on the server: once it has been quiet, one save after the other, and the newest stays."""

import pytest

_BEGIN = """
    const { Drafts } = await load("chat/js/net/drafts.js");
    stage = { text: given ?? "", saved: 0, refusals: [], others: 0 };
    stage.drafts = new Drafts({
      url: "/draft/", token: "token", saved: "", text: () => stage.text, onother: () => stage.others++,
      onsaved: () => stage.saved++, onrefused: (sentence) => stage.refusals.push(sentence),
    });
"""
_STEPS = """
    const steps = {
      type: (text) => ((stage.text = text), stage.drafts.touch()),
      flush: () => void stage.drafts.flush(),
      answer: (body, status) => answer(body, status),
      end: () => stage.drafts.end(),
      leave: () => window.dispatchEvent(new Event("pagehide")),
      tab: async (text) => {
        const [tab, last] = [new BroadcastChannel("draft /draft/"), new BroadcastChannel("draft /draft/")];
        tab.postMessage(text);
        await new Promise((heard) => (last.onmessage = heard));
        tab.close();
        last.close();
      },
      shown: () => document.dispatchEvent(new Event("visibilitychange")),
    };
    for (const [name, ...more] of given) {
      await steps[name](...more);
      await settled();
    }
    const { saved, refusals, drafts } = stage;
    const { refused, known } = drafts;
    return { asked, bodies: asked.map(({ body }) => body.body), saved, refusals, refused, known, has: drafts.has(stage.text) };
"""
SAVED = ("answer", {}, 204)
TOO_LONG = ("answer", {"detail": "Too long."}, 422)


class Box:
    def __init__(self, stage, text=""):
        self.stage = stage
        stage.run(_BEGIN, text)

    def after(self, *steps):
        return self.stage.run(_STEPS, [list(step) for step in steps])


def test_a_draft_is_saved_when_it_has_been_quiet_for_two_seconds(stage):
    """A server that is asked with every letter, or a draft that is lost with the page."""
    box = Box(stage)
    box.after(("type", "H"))
    stage.wait(1_500)
    box.after(("type", "Hi"))
    stage.wait(1_999)
    assert box.after()["bodies"] == []
    stage.wait(1)
    (asked,) = box.after()["asked"]
    headers = {"X-CSRFToken": "token", "Accept": "application/json"}
    how = {"method": "POST", "headers": headers, "redirect": "manual", "keepalive": True}
    assert asked == {"url": "/draft/", "body": {"body": "Hi"}, **how}


def test_what_did_not_change_puts_nothing_off(stage):
    """A draft that is never saved, because something else on the page changes all the time."""
    box = Box(stage)
    box.after(("type", "Hi"))
    stage.wait(1_500)
    box.after(("type", "Hi"))
    stage.wait(500)
    assert box.after()["bodies"] == ["Hi"]


@pytest.mark.parametrize(
    ("steps", "bodies", "saved"),
    [
        ([("type", "Hi"), ("flush",), SAVED], ["Hi"], 1),
        ([("type", "Hi"), ("flush",), SAVED, ("flush",)], ["Hi"], 1),
        ([("flush",)], [], 0),
        ([("type", "Hi"), ("flush",), ("type", "Hi you"), ("flush",)], ["Hi"], 0),
        ([("type", "Hi"), ("flush",), ("type", "Hi you"), ("flush",), SAVED, SAVED], ["Hi", "Hi you"], 2),
        ([("type", "Hi"), ("flush",), SAVED, ("type", ""), ("flush",), SAVED], ["Hi", ""], 2),
        ([("type", "Hi"), ("flush",), ("answer", {}, 500), ("flush",)], ["Hi", "Hi"], 0),
        ([("type", "Hi"), ("flush",), ("answer", None), ("flush",), SAVED], ["Hi", "Hi"], 1),
        ([("type", "Hi"), ("flush",), ("answer", {}, 0), ("flush",)], ["Hi", "Hi"], 0),
        ([("type", "Hi"), ("leave",)], ["Hi"], 0),
        ([("type", "Hi"), ("shown",)], [], 0),
        ([("type", "Hi"), ("end",), ("flush",), ("leave",)], [], 0),
    ],
)
def test_the_newest_is_what_stays(stage, steps, bodies, saved):
    """Two saves of which the older arrives last, one that failed and counts as saved, or a save after the talk has left the page."""
    known = Box(stage).after(*steps)
    assert (known["bodies"], known["saved"]) == (bodies, saved)


def test_at_the_end_nothing_is_saved_any_more(stage):
    """Words of a closed conversation that are sent after it."""
    box = Box(stage)
    box.after(("type", "Hi"), ("end",))
    stage.wait(10_000)
    assert box.after()["bodies"] == []


def test_what_is_refused_says_so_and_is_tried_until_it_is_taken(stage):
    """A draft that one trusts to be kept, and that is not; also where it is as before again."""
    box = Box(stage)
    known = box.after(("type", "Much too long"), ("flush",), TOO_LONG)
    assert (known["refusals"], known["refused"], known["saved"]) == (["Too long."], True, 0)
    known = box.after(("type", ""), ("flush",), SAVED)
    assert (known["bodies"], known["refused"], known["saved"]) == (["Much too long", ""], False, 1)


@pytest.mark.parametrize(("text", "outlives"), [("a" * 19_999, True), ("a" * 20_000, False), ("ä" * 9_999, True), ("ä" * 10_000, False)])
def test_only_what_a_browser_takes_outlives_the_page(stage, text, outlives):
    """A long draft that the browser refuses to send at all."""
    (asked,) = Box(stage).after(("type", text), ("flush",))["asked"]
    assert asked["keepalive"] is outlives


@pytest.mark.parametrize(
    ("steps", "known", "has"),
    [
        ([], [""], True),
        ([("type", "Hi")], [""], False),
        ([("type", "Hi"), ("flush",)], ["", "Hi"], False),
        ([("type", "Hi"), ("flush",), SAVED], ["Hi"], True),
        ([("type", "Hi"), ("flush",), ("answer", None)], ["", "Hi"], False),
        ([("tab", "Of the other")], [""], True),
        ([("type", "Hi"), ("flush",), SAVED, ("tab", "Of the other")], ["Hi", "Of the other"], False),
    ],
)
def test_what_the_server_may_hold_is_known(stage, steps, known, has):
    """An older text of one's own taken for another's, and put beside the newer; or words thought safe that are on their way."""
    after = Box(stage).after(*steps)
    assert (after["known"], after["has"]) == (known, has)


@pytest.mark.parametrize(("steps", "bodies"), [([("type", "Hi"), ("flush",), SAVED], ["Hi", "Hi"]), ([], [])])
def test_a_tab_that_is_left_saves_its_own_words_again(stage, steps, bodies):
    """Words of the first tab that those of the second have put away; or a tab in which nothing stands that deletes them."""
    assert Box(stage).after(*steps, ("tab", "Of the other"), ("leave",))["bodies"] == bodies
