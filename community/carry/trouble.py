"""What the machine, the database or the bucket refuses, said in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError

from community.kit.pieces import Away
from community.kit.storage import FAILURES


@contextmanager
def in_a_sentence(what: str) -> Iterator[None]:
    """Raise CommandError where `what` was hindered from outside."""
    try:
        yield
    except OSError as error:
        raise CommandError(f"{what}: {error.filename or 'the disk'}: {error.strerror or error}.") from error
    except DatabaseError as error:
        raise CommandError(f"{what}: the database says: {str(error).strip().splitlines()[0]}.") from error
    except Away as error:
        raise CommandError(f"{what}: the bucket does not answer.") from error
    except FAILURES as error:
        raise CommandError(f"{what}: the bucket does not do its part ({type(error).__name__}).") from error
