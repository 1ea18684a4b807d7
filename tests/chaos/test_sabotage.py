"""The check's own check switches safeguards off by their names in the code, which may be others by now."""

import pytest

from tests import forks
from tests.chaos.sabotage import SAFEGUARDS
from tests.databases import clean_environment

SWITCHES_OFF = "from tests.chaos.sabotage import switch_off; switch_off({name!r})"


@pytest.mark.parametrize("name", sorted(SAFEGUARDS))
def test_each_safeguard_can_be_switched_off(tmp_path, name):
    """A trial that ends with an error half way through the run, when no test had noticed that a function has another name."""
    done = forks.run(["-c", SWITCHES_OFF.format(name=name)], clean_environment() | {"MAINSTAY_DATA": str(tmp_path)})
    assert done.returncode == 0, done.stderr
