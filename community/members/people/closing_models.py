"""What is kept of accounts that close or have closed: when, which names nobody may take, and a hash of each that is not to come back.

And what is kept for that day: the names that somebody had before, by which others named them.
"""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone

from community.kit import limits
from community.kit.encryption import keyed_hashes
from community.kit.site_keys import lasting_hash, lasting_hashes

HASH_LENGTH = 64


class AccountClosingQuerySet(models.QuerySet["AccountClosing"]):
    def due(self) -> "AccountClosingQuerySet":
        """Those whose time has come: nobody can cancel them anymore."""
        return self.filter(closes_at__lte=timezone.now())


class AccountClosing(models.Model):
    """That an account closes, and when. Until then its owner counts as paused, from `asked_at` on, and can cancel it."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="closing")
    asked_at = models.DateTimeField()
    closes_at = models.DateTimeField(db_index=True)
    empties_messages = models.BooleanField(default=False)  # else what they wrote stays, under no name

    objects = AccountClosingQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_due(self) -> bool:
        return self.closes_at <= timezone.now()


class ClosedAccount(models.Model):
    """A line of the ledger: a keyed hash of the id of an account that was closed, so that no backup brings it back.

    The same account has one under each secret key that counted then.
    """

    id_hash = models.CharField(max_length=HASH_LENGTH, primary_key=True)
    closed_at = models.DateTimeField(default=timezone.now)
    emptied_messages = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.id_hash

    @classmethod
    def hashes(cls, member: object) -> list[str]:
        """What the ledger has of the account with this id."""
        return keyed_hashes("closed-account", str(member))


class EarlierName(models.Model):
    """A name that a member had before. What others wrote still names them so, until closing takes it out."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="earlier_names")
    name = models.TextField()
    until = models.DateTimeField(null=True)  # None: of before this was kept, and spelled as somebody else typed it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "name"], name="an_earlier_name_once")]

    def __str__(self) -> str:
        return self.name


class ReservedNameQuerySet(models.QuerySet["ReservedName"]):
    def over(self) -> "ReservedNameQuerySet":
        """Those that anybody may take again."""
        return self.filter(until__lte=timezone.now())

    def keep(self, use: "ReservedName.Use", key: str) -> None:
        """Reserve the name with this skeleton for limits.NAME_RESERVATION from now on."""
        self.update_or_create(key_hash=lasting_hash(use, key), defaults={"until": reserved_until()})

    def holds(self, use: "ReservedName.Use", key: str) -> bool:
        """True where the name with this skeleton was somebody's who is gone."""
        return self.filter(key_hash__in=lasting_hashes(use, key), until__gt=timezone.now()).exists()


def reserved_until() -> dt.datetime:
    return timezone.now() + limits.NAME_RESERVATION


class ReservedName(models.Model):
    """A name, or a sign-in name, of a closed account: a keyed hash of its skeleton, which tells nobody whose it was.

    Each use has keys of its own. So no form answers for the other, and nobody sees of two rows that somebody had the one name for both.
    """

    class Use(models.TextChoices):
        SHOWN = "names people see"
        SIGNING_IN = "sign-in names"

    key_hash = models.CharField(max_length=HASH_LENGTH, primary_key=True)
    until = models.DateTimeField(default=reserved_until, db_index=True)

    objects = ReservedNameQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key_hash
