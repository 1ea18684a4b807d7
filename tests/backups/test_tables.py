"""Rows as lines: nothing is lost, and what is carried is complete."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection

from community.backups import tables
from community.backups.snapshot import tables_of
from community.safety.models import Report

pytestmark = pytest.mark.postgresql


def test_every_table_of_the_site_is_carried_or_left_out_by_name(db):
    """A model that somebody adds with a kind of column that cannot be carried, found out on the day of the restoring."""
    carried = {table.name for table in tables_of(tables.DERIVED | tables.PASSING)}
    left = {model._meta.db_table for model in tables.of(apps) if model._meta.label in tables.DERIVED | tables.PASSING}
    there = {name for name in connection.introspection.table_names() if not name.startswith("wagtailsearch_indexentry_fts")}
    assert there - carried - left == {"django_migrations"}


@pytest.mark.parametrize("note", ["", 'a line\nand "another"', "Ünïcödé 🙂", "\u2028"])
def test_a_row_comes_back_as_it_was(alice, note):
    """Texts, JSON and times that change on their way."""
    snapshot = {"b": [1, 2.5, None, True], "a": {"deep": note}}
    Report.objects.create(reporter=alice, kind="message", target_id=alice.pk, reason="other", note=note, snapshot=snapshot)
    made_at = dt.datetime(2026, 11, 25, 1, 2, 3, 456789, tzinfo=dt.UTC)
    Report.objects.update(made_at=made_at)
    table = tables.table(Report)
    lines = b"".join(tables.read(table, "default"))
    before = tables.measure(table, "default")
    Report.objects.all().delete()
    tables.write(table, lines, "default")
    kept = Report.objects.get()
    assert (kept.note, kept.snapshot, kept.made_at, kept.reporter) == (note, snapshot, made_at, alice)
    assert tables.measure(table, "default") == before and before.rows == 1


def test_one_changed_letter_is_another_hash(alice, bob):
    table = tables.table(type(alice))
    before = tables.measure(table, "default")
    type(alice).objects.filter(pk=bob.pk).update(name="Bop")
    assert tables.measure(table, "default") != before
