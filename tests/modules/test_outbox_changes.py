"""What waits to be sent is changed or taken back, before or after it has arrived, in this page or the next."""

import pytest

from tests.modules.waiting import MINUTE, Waiting, add, left

OFF, ON = ("line", False), ("line", True)
TRIED = [*add("One"), OFF]  # it went out, and nobody answered
CHANGED = [*TRIED, ("change", 0, "Two"), ON]
NOT_HERE = ("no", "not_found")
REUSED = ("refused", 0, {"code": "reused"})


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # what never went out is simply another text, or gone
        ([OFF, *add("One"), ("change", 0, "Two"), ON], {"sent": ["Two"], "asked": []}),
        ([OFF, *add("One"), ("remove", 0), ON], {"sent": [], "asked": [], "bodies": []}),
        ([OFF, *add("One", "Two"), ("remove", 0), ON], {"sent": ["Two"], "bodies": ["Two"]}),
        # what may have arrived is changed where it is, and sent only where it is not
        ([*CHANGED], {"sent": ["One"], "asked": ["edit Two"], "bodies": ["Two"]}),
        ([*CHANGED, ("ok",)], {"sent": ["One"], "asked": ["edit Two"], "bodies": []}),
        ([*CHANGED, ("stored", 0), ("ok",)], {"asked": ["edit Two"], "bodies": []}),
        ([*CHANGED, NOT_HERE], {"sent": ["One", "Two"], "asked": ["edit Two"], "one": True}),
        ([*CHANGED, NOT_HERE, ("stored", 0)], {"sent": ["One", "Two"], "bodies": []}),
        (
            [*CHANGED, NOT_HERE, REUSED, ("ok",)],
            {"asked": ["edit Two", "edit Two"], "bodies": [], "one": True},
        ),
        ([*CHANGED, ("no", None), OFF, ON, ("ok",)], {"asked": ["edit Two", "edit Two"], "bodies": []}),
        ([*CHANGED, ("change", 0, "Three"), ("ok",), ("ok",)], {"asked": ["edit Two", "edit Three"], "bodies": []}),
        ([*TRIED, ("change", 0, "Two"), ("change", 0, "Three"), ON], {"asked": ["edit Three"]}),
        ([*CHANGED, ("no", "too_long")], {"states": ["failed"], "whys": ["No."], "bodies": ["Two"]}),
        # while it is under way the answer comes first
        ([*add("One"), ("change", 0, "Two")], {"sent": ["One"], "asked": []}),
        ([*add("One"), ("change", 0, "Two"), ("stored", 0)], {"asked": ["edit Two"]}),
        ([*add("One"), ("change", 0, "Two"), ("stored", 0), ("ok",)], {"bodies": []}),
        ([*add("One"), ("remove", 0), ("stored", 0), ("ok",)], {"asked": ["delete"], "bodies": []}),
        ([*add("One"), ("refused", 0, {"code": "too_long"}), ("change", 0, "Two")], {"sent": ["One", "Two"], "asked": []}),
        ([*add("One"), ("refused", 0, {"code": "too_long"}), ("remove", 0)], {"asked": [], "bodies": []}),
        # what may have arrived is taken back where it is
        ([*TRIED, ("remove", 0)], {"bodies": [""], "asked": []}),
        ([*TRIED, ("remove", 0), ON, ("ok",)], {"sent": ["One"], "asked": ["delete"], "bodies": []}),
        ([*TRIED, ("remove", 0), ON, NOT_HERE], {"sent": ["One"], "asked": ["delete"], "bodies": []}),
        ([*TRIED, ("remove", 0), ON, NOT_HERE, ("late",), ("ok",)], {"asked": ["delete", "delete"], "bodies": []}),
        ([*TRIED, ("remove", 0), ON, NOT_HERE, ("late",), OFF, ON, ("no", None), ("ok",)], {"asked": ["delete"] * 3, "bodies": []}),
        ([*TRIED, ("change", 0, "Two"), ("remove", 0), ON, ("ok",)], {"sent": ["One"], "asked": ["delete"], "bodies": []}),
        # while its author changes it, it waits, and what comes after it too
        ([OFF, *add("One", "Two"), ("hold", 0), ON], {"sent": [], "states": ["held", "waiting"]}),
        ([OFF, *add("One", "Two"), ("hold", 0), ON, ("release", 0)], {"sent": ["One"], "states": ["sending", "waiting"]}),
        (
            [OFF, *add("One", "Two"), ("hold", 0), ON, ("change", 0, "New"), ("release", 0)],
            {"sent": ["New"], "states": ["sending", "waiting"]},
        ),
        ([OFF, *add("One", "Two"), ("hold", 1), ON, ("stored", 0)], {"sent": ["One"], "states": ["held"]}),
    ],
)
def test_what_waits_can_be_changed_and_taken_back(stage, steps, expected):
    """A message that appears twice or with its old words, one that stays although it was taken back, or one sent to be removed."""
    known = Waiting(stage).after(*steps)
    assert {name: known[name] for name in expected} == expected


def test_a_change_that_finds_no_end_says_so(stage):
    """A message hidden meanwhile, which is neither to be found nor to be sent, asked for again and again."""
    known = Waiting(stage).after(*CHANGED, NOT_HERE, REUSED, NOT_HERE, REUSED, NOT_HERE)
    assert (known["states"], known["asked"], known["bodies"]) == (["failed"], ["edit Two"] * 3, ["Two"])


@pytest.mark.parametrize(("more", "asked"), [({"changed": True}, ["edit Two"]), ({"removed": True, "body": ""}, ["delete"])])
def test_what_was_changed_or_taken_back_before_a_reload_stays_so(stage, more, asked):
    """A page that goes before there is a line, and the next one that sends the old words or forgets what was taken back."""
    body = more.pop("body", "Two")
    known = Waiting(stage, left=[left(7, body, **more)], stored=[f"number-{body}"]).after()
    assert (known["asked"], known["sent"]) == (asked, [])


def test_what_was_taken_back_before_it_arrived_is_still_known_after_a_reload(stage):
    """A first try that is stored after the page which knew of it has gone: what its author took back stood for all."""
    waiting = Waiting(stage)
    known = waiting.after(*TRIED, ("remove", 0), ON, NOT_HERE)
    assert (known["bodies"], known["did"]) == ([], ["keep", "keep"])
    _, number, kept = known["vault"][-1]
    stage.begin()
    known = Waiting(stage, left=[{"number": number, "item": kept, "age": MINUTE}]).after(NOT_HERE, ("late",), ("ok",))
    assert (known["asked"], known["sent"], known["bodies"]) == (["delete", "delete"], [], [])
    assert known["vault"][-1] == ["drop", number]


def test_what_was_taken_back_and_never_arrived_is_not_kept_for_ever(stage):
    """A record in the browser that tells for as long as the session lives that something was taken back."""
    waiting = Waiting(stage)
    waiting.after(*TRIED, ("remove", 0), ON, NOT_HERE)
    stage.wait(10 * MINUTE)
    assert waiting.after()["did"] == ["keep", "keep", "drop"]


def test_what_is_taken_over_may_have_arrived(stage):
    """A message of the page before, removed here and already read by all."""
    known = Waiting(stage, left=[left(7, "One")], live=False).after(("remove", 0), ON, ("ok",))
    assert (known["asked"], known["sent"], known["vault"][-1]) == (["delete"], [], ["drop", 7])


def test_of_what_is_taken_back_no_word_is_kept(stage):
    """Words in the browser that their author has removed."""
    known = Waiting(stage).after(*TRIED, ("remove", 0))
    *_, (_, number, kept) = known["vault"]
    assert (number, kept["body"], kept["removed"]) == (1, "", True)
