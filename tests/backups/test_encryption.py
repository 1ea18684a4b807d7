"""Keys and passphrases."""

import functools
import io
import resource

import pyrage
import pytest
from django.core.management.base import CommandError

from community.backups import encryption
from community.backups.backup import backup

WORDS = "a lamp and a kettle"


@pytest.fixture
def busy(monkeypatch):
    """A function that makes age find the machine too busy so many times."""
    real = pyrage.passphrase.decrypt

    def make(times):
        answers = iter([True] * times)

        def decrypt(locked, passphrase):
            if next(answers, False):
                raise pyrage.DecryptError("Excessive work parameter for passphrase.\nDecryption would take around 32 seconds.")
            return real(locked, passphrase)

        monkeypatch.setattr(pyrage.passphrase, "decrypt", decrypt)
        monkeypatch.setattr(encryption, "apart", lambda work, content, passphrase: work(content, passphrase))
        monkeypatch.setattr(encryption, "PAUSES", [0.0] * 3)

    return make


@pytest.fixture(scope="module")
def locked():
    own = pyrage.x25519.Identity.generate()
    return own, encryption.armoured(own, WORDS)


def test_on_a_busy_machine_the_right_passphrase_is_tried_again(busy, locked):
    """The right passphrase of the only backup, told to be wrong because something else was running."""
    busy(2)
    own, armoured = locked
    file = io.BytesIO(armoured + b"the age file")
    assert [str(key) for key in encryption.key_of(file, lambda: WORDS)] == [str(own)]
    assert file.read() == b"the age file"


def test_where_it_stays_busy_that_is_said_and_nothing_else(busy, locked):
    busy(3)
    with pytest.raises(CommandError, match="too busy or too slow"):
        encryption.key_of(io.BytesIO(locked[1]), lambda: WORDS)


def test_a_wrong_passphrase_is_told_at_once(locked):
    with pytest.raises(CommandError, match="does not open"):
        encryption.key_of(io.BytesIO(locked[1]), lambda: "a lamp and a lantern")


@pytest.fixture
def narrow(monkeypatch):
    """Where a process that tries a passphrase gets hardly any memory."""
    most = 1 << 20
    monkeypatch.setattr(encryption, "_first_to_go", functools.partial(resource.setrlimit, resource.RLIMIT_DATA, (most, most)))


def test_where_memory_is_not_to_be_had_that_is_said(narrow, locked):
    """A process that ends without a word: the allocator of a library calls abort."""
    with pytest.raises(CommandError, match="A key needs none of it"):
        encryption.armoured(locked[0], WORDS)
    with pytest.raises(CommandError, match="more memory"):
        encryption.key_of(io.BytesIO(locked[1]), lambda: WORDS)


@pytest.mark.django_db
def test_it_is_said_before_anything_is_written(narrow, tmp_path):
    """The half of a backup, under the name that the next one takes for its own."""
    with pytest.raises(CommandError, match="more memory"):
        backup(tmp_path / "backups" / "site.age", [], WORDS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "# only a comment", "AGE-SECRET-KEY-1NONE", "age1public"])
def test_what_is_no_key_file_is_said_to_be_none(text):
    with pytest.raises(CommandError, match="no key file"):
        encryption.identities(text)
