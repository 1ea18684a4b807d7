"""The ledger: by a list of hashes, no backup brings anybody back."""

import uuid
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management.base import CommandError

from community.backups import ledger
from community.kit.errors import Refused
from community.kit.web.streaming import Away
from community.members.invitations.actions import invite
from community.members.invitations.do_not_write import asked_not_to_write, link_to_stop
from community.members.models import DoNotWrite, User
from community.members.people import actions as people
from community.members.people import closing
from community.members.people.closing_models import ClosedAccount
from groups.chat import actions as chat
from groups.chat.models import Message
from tests.buckets import Bucket, keep_files_in

pytestmark = pytest.mark.postgresql


def test_the_ledger_is_a_list_of_hashes_beside_backups_and_files(ada, alice, bob, tmp_path):
    people.close_account(actor=ada, member=alice)
    ledger.keep_list()
    with default_storage.open(ledger.NAME) as file:
        text = file.read().decode()
    assert str(alice.pk) not in text and [each.id_hash for each in ledger.read(text)] == ClosedAccount.hashes(alice.pk)
    (tmp_path / ledger.NAME).write_text(f"{'f' * 64} 2026-01-01T00:00:00+00:00 emptied\n")
    ledger.write_beside(tmp_path)
    ledger.write_beside(tmp_path)
    assert {each.id_hash for each in ledger.read((tmp_path / ledger.NAME).read_text())} == {"f" * 64, *ClosedAccount.hashes(alice.pk)}
    for broken in ("x", f"{'f' * 64} yesterday kept", f"{'f' * 64} 2026-01-01T00:00:00+00:00", f"{'f' * 64} 2026-01-01 kept"):
        with pytest.raises(CommandError, match="Line 1"):
            ledger.read(broken)


def test_a_list_that_the_disk_has_spoiled_is_put_aside(ada, alice, tmp_path):
    """A backup that was whole, and was said to have failed each night anew."""
    people.close_account(actor=ada, member=alice)
    line = f"{'e' * 64} 2026-01-01T00:00:00+00:00 kept\n"
    (tmp_path / ledger.NAME).write_bytes(b"\xff\xfe" + b"f" * 62 + b" 2026-01-01T00:00:00+00:00 kept\n" + line.encode())
    aside = ledger.write_beside(tmp_path)
    assert aside and aside.read_bytes().startswith(b"\xff\xfe") and aside.name.startswith(f"{ledger.NAME}.broken-")
    kept = (tmp_path / ledger.NAME).read_text()
    assert line in kept and {each.id_hash for each in ledger.read(kept)} == {"e" * 64, *ClosedAccount.hashes(alice.pk)}
    assert ledger.write_beside(tmp_path) is None


def test_the_list_among_the_files_is_there_at_any_time_and_is_mended(ada, alice, bob, monkeypatch):
    """One that was deleted before the next was written, by somebody who was killed; and one that a bucket had not taken."""
    people.close_account(actor=ada, member=alice)
    ledger.keep_list()
    path = Path(default_storage.path(ledger.NAME))
    before = path.read_text()
    people.close_account(actor=ada, member=bob)

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            ledger.keep_list()
    assert path.read_text() == before
    ledger.keep_list()
    assert len(ledger.read(path.read_text())) == ClosedAccount.objects.count() > len(ledger.read(before))
    path.write_bytes(b"\xff")
    ledger.keep_list()
    assert len(ledger.read(path.read_text())) == ClosedAccount.objects.count() and path.stat().st_mode & 0o077 == 0


def test_a_bucket_has_one_list_and_gets_it_once_it_is_back(ada, alice, bob, settings, monkeypatch):
    """A newer list under a name that nobody reads, or none for a closing while the bucket was away."""
    with Bucket() as bucket:
        keep_files_in(bucket, settings, monkeypatch)
        for person in (alice, bob):
            people.close_account(actor=ada, member=person)
            ledger.keep_list()
        assert bucket.names() == [ledger.NAME]
        DoNotWrite.objects.create(address_hash="f" * 32)
        with bucket.failing("503 Service Unavailable"), pytest.raises(Away):
            ledger.keep_list()
        ledger.keep_list()
        assert bucket.names() == [ledger.NAME]
        with default_storage.open(ledger.NAME) as file:
            assert len(ledger.read(file.read().decode())) == ClosedAccount.objects.count() + 1 == 3


def test_whoever_asked_to_be_left_alone_is_listed_too(ada, client, tmp_path):
    """A backup from before they asked, after which they are invited again; and their address for all to read."""
    address = "wren@example.org"
    assert client.post(link_to_stop(address)).status_code < 400
    ledger.write_beside(tmp_path)
    text = (tmp_path / ledger.NAME).read_text()
    DoNotWrite.objects.all().delete()
    assert "left-alone" in text and address not in text and not asked_not_to_write([address])
    for _time in "ab":
        ledger.take_over(ledger.read(text))
    with pytest.raises(Refused, match="asked us not to write"):
        invite(actor=ada, email=address)
    ledger.keep_list()
    with default_storage.open(ledger.NAME) as file:
        assert file.read().decode() == text
    with pytest.raises(CommandError, match="Line 1"):
        ledger.read(f"{'f' * 64} 2026-01-01T00:00:00+00:00 left-alone")


def test_an_account_that_came_back_is_closed_again_under_any_key(ada, alice, bob, channel, settings):
    """A backup from before the secret key was changed."""
    said = chat.send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="I was here.")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a newer key of fifty letters and more, for this test", [settings.SECRET_KEY]
    ClosedAccount.objects.bulk_create([ClosedAccount(id_hash=each, emptied_messages=True) for each in ClosedAccount.hashes(alice.pk)])
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = settings.SECRET_KEY_FALLBACKS[0], []
    assert closing.close_again() == 1 and closing.close_again() == 0
    assert not User.objects.get(pk=alice.pk).is_active and Message.objects.get(pk=said.pk).body == ""
    assert User.objects.get(pk=bob.pk).is_active
