"""The self-test switches safeguards off by their names: each has to be there, and to be called as before."""

import inspect
from typing import Any

import pytest

from tests.chaos import sabotage
from tests.chaos.selftest import TRIALS


@pytest.mark.parametrize("name", sabotage.SAFEGUARDS)
def test_a_safeguard_is_where_the_self_test_looks_for_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The removal that was no longer switched off, as both of its functions had another name: known only to who ran the self-test."""
    replaced = []

    def compare(owner: Any, attribute: str, make: Any) -> None:
        before = getattr(owner, attribute)
        replaced.append((list(inspect.signature(before).parameters), list(inspect.signature(make(before)).parameters)))

    monkeypatch.setattr(sabotage, "_replace", compare)
    sabotage.switch_off(name)
    assert replaced and all(before == after for before, after in replaced)


def test_each_safeguard_is_tried() -> None:
    assert {trial.without for trial in TRIALS} - {""} == set(sabotage.SAFEGUARDS)
