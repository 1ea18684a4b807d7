"""`make restore-drill`, as part of every run: a backup of a running site becomes that site again, and a broken one does not."""

import pytest

from deploy.drill import drill
from tests.databases import sqlite_template


@pytest.mark.timeout(900)  # three sites and a dozen restorings
def test_a_backup_made_while_people_write_comes_back_whole(sites):
    """A backup that nobody restored does not count."""
    proof = drill(print, start_from=sqlite_template())
    assert proof.messages >= proof.written_before > 0 and proof.written_during > 0
    assert proof.files == 5 and proof.tables > 50, "a document, a picture and its three sizes"
    assert len(proof.refused) == 11
    assert "This key does not open the file" in proof.refused["another key"]
