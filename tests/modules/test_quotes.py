"""Which rows the answers on the screen answer: asked for once where they are missing, and kept true."""

import pytest

from tests.modules.rows import row

_BEGIN = """
    const { Quotes } = await load("chat/js/model/quotes.js");
    const store = new EventTarget();
    const here = new Map((given.here ?? []).map((row) => [row.id, row]));
    stage = { store, found: 0, asked: [] };
    store.row = (id) => here.get(id);
    store.at = (places) => {
      stage.asked.push(places);
      return new Promise((resolve, reject) => Object.assign(stage, { resolve, reject }));
    };
    stage.quotes = new Quotes({ store, quoted: given.quoted ?? [], onfound: () => stage.found++ });
"""
_STEPS = """
    const tell = (type) => (detail) => stage.store.dispatchEvent(new CustomEvent(type, { detail }));
    const steps = {
      want: (...seqs) => (stage.rows = seqs.map((seq) => stage.quotes.row({ id: `id-${seq}`, seq }))),
      give: (rows) => stage.resolve(rows),
      fail: () => stage.reject(new Error("no line")),
      passed: tell("passed"), quoted: tell("quoted"), forgotten: tell("forgotten"),
    };
    for (const [name, ...more] of given) {
      steps[name](...more);
      await settled();
    }
    // "asked for" where nothing is known yet, null where it is not open to this member
    return { rows: stage.rows?.map((row) => (row === undefined ? "asked for" : row && row.body)), asked: stage.asked, found: stage.found };
"""


class Quoted:
    def __init__(self, stage, **given):
        self.stage = stage
        stage.run(_BEGIN, given)

    def after(self, *steps):
        return self.stage.run(_STEPS, [list(step) for step in steps])


EDITED = row(5, version=90, body="Edited")


@pytest.mark.parametrize(
    ("given", "steps", "bodies", "asked"),
    [
        ({"here": [row(5)]}, [("want", 5)], ["Words 5"], []),
        ({"quoted": [row(5)]}, [("want", 5)], ["Words 5"], []),
        ({"here": [EDITED], "quoted": [row(5)]}, [("want", 5)], ["Edited"], []),
        ({}, [("want", 5)], ["asked for"], [[5]]),
        ({}, [("want", 5, 5, 6)], ["asked for"] * 3, [[5, 6]]),
        ({}, [("want", 5), ("give", [row(5)]), ("want", 5)], ["Words 5"], [[5]]),
        ({}, [("want", 5), ("give", []), ("want", 5)], [None], [[5]]),
        ({}, [("want", 5, 6), ("give", [row(6)]), ("want", 5, 6)], [None, "Words 6"], [[5, 6]]),
        ({}, [("want", 5), ("want", 6)], ["asked for"], [[5]]),
        ({}, [("want", 5), ("want", 6), ("give", [row(5)]), ("want", 6)], ["asked for"], [[5], [6]]),
        ({}, [("quoted", [row(5)]), ("want", 5)], ["Words 5"], []),
        ({"quoted": [row(5)]}, [("passed", [EDITED]), ("want", 5)], ["Edited"], []),
        ({"quoted": [EDITED]}, [("quoted", [row(5)]), ("want", 5)], ["Edited"], []),
        ({"quoted": [EDITED]}, [("passed", [row(5)]), ("want", 5)], ["Edited"], []),
        ({}, [("passed", [EDITED]), ("quoted", [row(5)]), ("want", 5)], ["Edited"], []),
        ({}, [("want", 5), ("passed", [EDITED]), ("give", [row(5)]), ("want", 5)], ["Edited"], [[5]]),
        ({"quoted": [row(5)]}, [("passed", [row(5, version=90, deleted="2026-11-25T11:30:00Z")]), ("want", 5)], [None], []),
        ({"quoted": [row(5)]}, [("forgotten",), ("want", 5)], ["asked for"], [[5]]),
        ({}, [("passed", [EDITED]), ("forgotten",), ("quoted", [row(5)]), ("want", 5)], ["Words 5"], []),
        ({}, [("passed", [row(5)]), ("want", 5)], ["asked for"], [[5]]),
        ({}, [("want", *range(1, 131))], ["asked for"] * 130, [[*range(1, 101)]]),
    ],
)
def test_a_quote_is_found_once_and_as_new_as_it_is_known(stage, given, steps, bodies, asked):
    """Words that their author changed or took back and that live on in a quote; an empty quote; a question for each drawing."""
    known = Quoted(stage, **given).after(*steps)
    assert (known["rows"], known["asked"]) == (bodies, asked)


def test_what_was_found_is_told(stage):
    """A quote that was loaded and stays empty until something else is drawn."""
    assert Quoted(stage).after(("want", 5), ("give", [row(5)]))["found"] == 1


def test_a_question_that_failed_rests_before_the_next(stage):
    """A flood of questions without a line, or a quote that stays empty for ever."""
    quoted = Quoted(stage)
    assert quoted.after(("want", 5), ("fail",), ("want", 5))["asked"] == [[5]]
    stage.wait(4_999)
    assert quoted.after(("want", 5))["found"] == 0
    stage.wait(1)
    known = quoted.after(("want", 5))
    assert (known["found"], known["asked"]) == (1, [[5], [5]])
    assert quoted.after(("give", [row(5)]), ("want", 5))["rows"] == ["Words 5"]


@pytest.mark.parametrize(("many", "bodies"), [(299, ["Words 5"]), (300, ["asked for"])])
def test_no_more_is_kept_than_is_of_use(stage, many, bodies):
    """A page that holds every message that was ever answered."""
    others = [row(seq) for seq in range(1_001, 1_001 + many)]
    assert Quoted(stage, quoted=[row(5)]).after(("quoted", others), ("want", 5))["rows"] == bodies
