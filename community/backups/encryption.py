"""Encryption of a stream as an age file (https://age-encryption.org): for public keys, or under a passphrase.

A passphrase opens a key of its own, which stands before the age file as an armoured age file: `age -d -i` takes such a key as it is.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any

import pyrage
from django.core.management.base import CommandError
from pyrage.x25519 import Identity, Recipient

ARMOUR, ARMOUR_END = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----"
ARMOUR_BYTES = 4096
KEYS, PASSPHRASE = "MAINSTAY_BACKUP_KEYS", "MAINSTAY_BACKUP_PASSPHRASE"
PASSPHRASE_LENGTH = 12
PAUSES = [1.0] * 20  # seconds
NOBODY = (
    "Say who can open the backup: --to with a public key or MAINSTAY_BACKUP_KEYS, or MAINSTAY_BACKUP_PASSPHRASE. "
    "manage.py backup --new-key FILE makes a pair of keys."
)
NO_MEMORY = (
    "A passphrase needs more memory than this machine has free, up to 1.2 GB, on purpose: whoever tries many would need it too. "
    "A key needs none of it: manage.py backup --new-key FILE makes one."
)
DAMAGED = "The file is damaged or not whole."


def recipients(words: str, where: str) -> list[Recipient]:
    """Return the public keys that a text holds; `where` is what gave it. Raises CommandError for what is none."""
    if "AGE-SECRET-KEY-" in words.upper():
        raise CommandError(f"{where} holds a private key: take it off this machine, and set the public one (age1…) beside it.")
    try:
        return [Recipient.from_str(word) for word in words.split()]
    except pyrage.RecipientError:
        raise CommandError(
            f"{where} holds what is no public key: it looks like age1…, as manage.py backup --new-key prints it; spaces separate several."
        ) from None


def set_for(asked: str = "") -> tuple[list[Recipient], str]:
    """Return the public keys in `asked`, else the keys or the passphrase that the environment sets for backups; neither where it sets none.

    Raises CommandError where that cannot be meant.
    """
    keys = recipients(asked, "--to") if asked else recipients(os.environ.get(KEYS, ""), KEYS)
    passphrase = os.environ.get(PASSPHRASE, "")
    if keys and passphrase:
        raise CommandError(f"A backup opens with keys or with a passphrase, not both: unset {PASSPHRASE}.")
    if passphrase:
        check_passphrase(passphrase)
    return keys, passphrase


def identities(text: str) -> list[Identity]:
    """Return the private keys that a key file holds. Raises CommandError where there is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        found = [Identity.from_str(line) for line in lines]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise CommandError("This is no key file: it must hold a line AGE-SECRET-KEY-….")
    return found


def check_passphrase(passphrase: str) -> None:
    if len(passphrase) < PASSPHRASE_LENGTH:
        raise CommandError(f"Choose a passphrase of {PASSPHRASE_LENGTH} characters or more: several words do well.")


def armoured(own: Identity, passphrase: str) -> bytes:
    """Return a private key that the passphrase opens, as what a file begins with."""
    return apart(_lock, str(own).encode(), passphrase).strip() + b"\n"


def apart(work: Callable[[bytes, str], bytes], content: bytes, passphrase: str) -> bytes:
    """Return `work(content, passphrase)`, done in a process of its own.

    A passphrase takes more than a gigabyte on purpose. Where that is not to be had, the process that asks for it ends without a word,
    and the kernel is told to end it before any other.
    """
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_first_to_go) as process:
            return process.submit(work, content, passphrase).result()
    except (BrokenProcessPool, MemoryError):
        raise CommandError(NO_MEMORY) from None


def _first_to_go() -> None:
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _lock(content: bytes, passphrase: str) -> bytes:
    return pyrage.passphrase.encrypt(content, passphrase, armored=True)


def _try(locked: bytes, passphrase: str) -> bytes:
    """Return what the passphrase opens, b"" where age takes the machine for too slow just now. Raises ValueError for a wrong one."""
    try:
        return pyrage.passphrase.decrypt(locked, passphrase)
    except pyrage.DecryptError as error:
        if "Excessive work" in str(error):
            return b""
        raise ValueError("It opens nothing.") from None


def key_of(file: IO[bytes], passphrase: Callable[[], str]) -> list[Identity]:
    """Return the key that stands before the age file, opened by `passphrase()`; [] where none does. The file stands after it."""
    start = file.tell()
    if file.read(len(ARMOUR)) != ARMOUR:
        file.seek(start)
        return []
    file.seek(start)
    head, end, _rest = file.read(ARMOUR_BYTES).partition(ARMOUR_END + b"\n")
    if not end:
        raise CommandError(DAMAGED)
    file.seek(start + len(head) + len(end))
    return identities(_unlock(head + end, passphrase()))


def _unlock(locked: bytes, passphrase: str) -> str:
    """Return the key that a passphrase opens.

    age measures how fast the machine is just now, and will not begin what seems to take too long: on a busy one it is asked again.
    """
    for pause in PAUSES:
        try:
            if found := apart(_try, locked, passphrase):
                return str(found, "ascii")
        except ValueError:
            raise CommandError("This passphrase does not open the file, or the beginning of the file is damaged.") from None
        time.sleep(pause)
    raise CommandError("This machine is too busy or too slow to try a passphrase just now: try again later, or on another.")


@contextmanager
def sealed(out: IO[bytes], keys: Sequence[Recipient]) -> Iterator[IO[bytes]]:
    """Give a stream; what is written into it stands encrypted in `out` when the block has ended."""
    reading, writing = os.pipe()
    with ThreadPoolExecutor(1) as thread:
        work = thread.submit(_through, pyrage.encrypt_io, reading, out, list(keys))
        with suppress(BrokenPipeError), open(writing, "wb") as into:  # when the thread has ended, it says why
            yield into
        work.result()


def _through(encrypt: Any, reading: int, out: IO[bytes], keys: list[Any]) -> None:
    with open(reading, "rb") as plain:
        encrypt(plain, out, keys)


@contextmanager
def opened(file: IO[bytes], keys: Sequence[Identity]) -> Iterator[IO[bytes]]:
    """Give a stream of what is encrypted in `file`. Raises CommandError where the key does not fit or the file is not whole."""
    reading, writing = os.pipe()
    with ThreadPoolExecutor(1) as thread:
        work = thread.submit(_decrypt, file, writing, list(keys))
        with open(reading, "rb") as plain:
            try:
                yield plain
                while plain.read(1 << 20):
                    pass
            except Exception:
                plain.close()
                _insist(work.exception())  # what is wrong with the file comes before what was found wrong in it
                raise
        _insist(work.exception())


def _decrypt(file: IO[bytes], writing: int, keys: list[Any]) -> None:
    with open(writing, "wb") as out:
        pyrage.decrypt_io(file, out, keys)


def _insist(error: BaseException | None) -> None:
    if error is None or isinstance(error, BrokenPipeError):
        return
    if isinstance(error, pyrage.DecryptError) and "matching keys" in str(error):
        raise CommandError("This key does not open the file: it was made for another, or its beginning is damaged.") from None
    if isinstance(error, pyrage.DecryptError | OSError):
        raise CommandError(DAMAGED) from None
    raise error
