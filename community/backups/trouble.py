"""What the machine, the database or the bucket refuses, said in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError
from django.core.management.base import CommandError
from django.db import DatabaseError

from community.kit.storage import FAILURES


@contextmanager
def in_a_sentence(what: str) -> Iterator[None]:
    """Raise CommandError where `what` was hindered from outside."""
    try:
        yield
    except DatabaseError as error:
        raise CommandError(f"{what}: the database says: {str(error).strip().splitlines()[0]}.") from error
    except FAILURES as error:
        refused = error.__cause__ or error
        says = f"refuses ({refused.response['Error'].get('Code')})" if isinstance(refused, ClientError) else "does not answer"
        raise CommandError(f"{what}: the bucket {says}.") from error
    except OSError as error:
        raise CommandError(f"{what}: {error.filename or 'the disk'}: {error.strerror or error}.") from error
