"""What the log says of an error."""

import logging

import pytest
from django.db import IntegrityError

from community.kit.ops.logs import DiscreetLine

WORDS = "(alice@example.org, a hard evening)"


def failing():
    try:
        raise IntegrityError(f"Failing row contains {WORDS}.")
    except IntegrityError as error:
        raise RuntimeError(WORDS) from error


def test_an_error_is_logged_by_place_and_kind_and_never_by_its_words():
    """PostgreSQL puts the row that it refuses into the error: a message or an address would stand in the log."""
    console = next(handler for handler in logging.getLogger().handlers if isinstance(handler.formatter, DiscreetLine))
    with pytest.raises(RuntimeError) as caught:
        failing()
    failed = (caught.type, caught.value, caught.tb)
    said = console.format(logging.LogRecord("mainstay", logging.ERROR, __file__, 1, "It failed.", None, failed))
    assert WORDS not in said
    assert "It failed." in said and "in failing" in said
    assert said.index("django.db.utils.IntegrityError") < said.index("builtins.RuntimeError")
