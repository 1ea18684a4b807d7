"""Fixtures that several tests about the house share."""

from tests.house.test_doors import hidden_things  # noqa: F401
