"""A passphrase that somebody types at a terminal."""

import io

import pytest
from django.core.management import CommandError, call_command

from community.kit.models import AuditEntry
from community.management.commands import backup


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("typed", "told"),
    [(["short"], "characters"), (["four words in a row", "four words in a rov"], "The two are not the same")],
)
def test_a_slip_is_told_and_is_no_backup_that_failed(db, monkeypatch, tmp_path, typed, told):
    """ "The last backup failed" on every admin's Today, because somebody mistyped."""
    monkeypatch.setattr("sys.stdin", Terminal())
    answers = iter(typed)
    monkeypatch.setattr(backup, "getpass", lambda prompt: next(answers))
    with pytest.raises(CommandError, match=told):
        call_command("backup", tmp_path / "one.age")
    assert not AuditEntry.objects.filter(verb="community.backup_failed").exists()
    assert not (tmp_path / "one.age").exists()
