"""What people are notified of, how it reaches them, and what they chose."""

import secrets
from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.kit import limits
from community.kit.ids import new_id

from .kinds import Transport

TRANSPORTS = [(transport.value, transport.value) for transport in Transport]


class NotificationEvent(models.Model):
    """Something that people are to be notified of, stored in the transaction that did it. It is deleted once all of them are."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)  # a key of kinds.KINDS
    about = models.CharField(max_length=60)  # an id
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)

    def counted(self) -> "NotificationQuerySet":
        """Those that the number beside the inbox is of."""
        return self.unread().filter(is_gone=False)

    def with_newest_first(self) -> "NotificationQuerySet":
        return self.order_by("-at", "-id")


class Notification(models.Model):
    """One thing that one member is notified of. Its words come from its kind. Where the same thing comes again, the row is renewed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=60)  # an id
    within = models.UUIDField(null=True)  # the channel it is of, if any
    position = models.PositiveBigIntegerField(default=0)  # of what last renewed it: a seq in that channel, or a time in microseconds
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when it was last to leave the site; empty where it couldn't
    is_gone = models.BooleanField(default=False)  # when its member last looked, what it is about was no longer theirs to read

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "kind", "about"], name="one_notification_a_thing")]
        indexes = [
            models.Index(fields=["member", "-at"], name="notifications_of_member"),
            models.Index(fields=["member", "within"], condition=Q(read_at=None), name="unread_notifications"),
            models.Index(fields=["about"], name="notifications_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class Delivery(models.Model):
    """A notification's way out of the site by one transport. At most one attempt is under way."""

    class State(models.TextChoices):
        WAITING = "waiting"
        LEAVING = "leaving"  # a worker has claimed it
        SENT = "sent"
        DROPPED = "dropped"  # it was read, or may no longer be, before it left
        FAILED = "failed"  # it was refused for good
        UNKNOWN = "unknown"  # the worker ended between claim and answer: it isn't sent again

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    transport = models.CharField(max_length=10, choices=TRANSPORTS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due = models.DateTimeField(default=timezone.now)  # of one that is claimed: when its worker counts as gone
    tries = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)  # the attempt that has it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notification", "transport"], name="one_delivery_a_transport")]
        indexes = [
            models.Index(fields=["transport", "due"], condition=Q(state__in=["waiting", "leaving"]), name="deliveries_due"),
            models.Index(fields=["state", "due"], condition=Q(state__in=["unknown", "failed"]), name="deliveries_not_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.transport} {self.state}"


def new_unsubscribe_key() -> str:
    """Return 128 random bits in 22 characters. All that the key opens is the end of these e-mails, so it is stored as it is."""
    return secrets.token_urlsafe(16)


def no_kinds() -> list[str]:
    return []


class Preferences(models.Model):
    """How a member wants to be reached, and the version of their inbox. Who has no row, or an untouched one, gets what the defaults say."""

    class Email(models.TextChoices):
        OFF = "off", _("Never")
        EACH = "each", _("Each time")
        DAILY = "daily", _("Once a day at most")
        WEEKLY = "weekly", _("Once a week at most")

    class Pause(models.TextChoices):
        """What has been chosen as the end of a pause."""

        NONE = "", ""
        UNTIL = "until"  # the time in `paused_until`
        BACK = "back"  # the day after, when they open the site

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="notification_preferences"
    )
    email = models.CharField(_("e-mail"), max_length=10, choices=Email.choices, default=Email.DAILY)
    is_quiet = models.BooleanField(_("quiet hours"), default=True)
    quiet_from = models.PositiveSmallIntegerField(default=84)  # in quarters of an hour after midnight: 21:00
    quiet_until = models.PositiveSmallIntegerField(default=32)  # 8:00
    pause = models.CharField(max_length=10, choices=Pause.choices, default=Pause.NONE, blank=True)
    paused_until = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    kinds_off = models.JSONField(default=no_kinds)  # keys of the kinds that stay in the site
    hides_words = models.BooleanField(_("show how much is new, not the last words"), default=False)  # in the list of groups
    unsubscribe_key = models.CharField(max_length=22, unique=True, default=new_unsubscribe_key, editable=False)
    email_refusals = models.PositiveSmallIntegerField(default=0)  # in a row, of their present address
    inbox_version = models.PositiveBigIntegerField(default=0)  # rises with each change of what is unread

    def __str__(self) -> str:
        return str(self.member_id)

    @property
    def is_refused(self) -> bool:
        """Whether their mailbox sent back so many e-mails that it gets no more."""
        return self.email_refusals >= limits.MAX_EMAIL_REFUSALS

    @property
    def misses_emails(self) -> bool:
        """Whether they want e-mails, and get none for that."""
        return self.is_refused and self.email != self.Email.OFF and bool(self.member.email)


class PushSubscription(models.Model):
    """A browser that a member is notified in. Its address is a key to it, so it is stored encrypted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions")
    session_hash = models.CharField(max_length=64)  # of the key of the device's session; it may have ended by itself since
    words = models.CharField(max_length=60)  # what the browser runs on
    endpoint_hash = models.CharField(max_length=64, unique=True)  # a browser is one member's at a time
    sealed = models.TextField()  # endpoint, p256dh and auth
    key_id = models.CharField(max_length=16)  # of the VAPID key that it was made with
    refusals = models.PositiveSmallIntegerField(default=0)  # in a row
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.words


class PushKey(models.Model):
    """A VAPID key pair (RFC 8292): the site's signature to push services. Browsers subscribe with the newest."""

    id = models.CharField(max_length=16, primary_key=True)  # a fingerprint of the public key
    public = models.CharField(max_length=100)  # uncompressed point, base64url
    sealed = models.TextField()  # the private key
    made_at = models.DateTimeField(default=timezone.now)
    refused_at = models.DateTimeField(null=True)  # when all push services last refused it, unless one has taken it since

    def __str__(self) -> str:
        return self.id


class TextNumber(models.Model):
    """A member's phone number: proven by a code or by an invitation, stored encrypted, and found by a keyed hash.

    Notifications are sent there once its member has agreed to it.
    """

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="text_number")
    sealed = models.TextField()  # in E.164
    number_hash = models.CharField(max_length=64, unique=True)  # a number is one member's at a time
    agreed_to = models.TextField(blank=True)  # the sentence, as it stood there
    agreed_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.member_id)


class TextCode(models.Model):
    """A code that is to prove a number. Its row is kept for a day, for the limits; what it says, only as long as it can be used."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sealed = models.TextField()  # the number and the code
    number_hash = models.CharField(max_length=64)
    agreed_to = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    guesses = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField(null=True, default=timezone.now)  # when it is to be sent, or sent again: its worker may have been killed
    tries = models.PositiveSmallIntegerField(default=0)  # to send it

    class Meta:
        indexes = [models.Index(fields=["due"], condition=Q(due__isnull=False), name="text_codes_due")]

    def __str__(self) -> str:
        return str(self.member_id)


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def standing(self) -> "AnnouncementQuerySet":
        """Those that have not been withdrawn."""
        return self.filter(withdrawn_at=None)


class Announcement(models.Model):
    """What staff tell many members at once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"), max_length=4000)
    audience = models.CharField(max_length=20)  # a key of announcements.audiences.AUDIENCES
    chosen = models.JSONField(default=list)  # ids of the cohorts or groups
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.title


def preferences_of(member: Any) -> Preferences:
    """Return what a member chose, or the defaults, unsaved."""
    return Preferences.objects.filter(pk=member.pk).first() or Preferences(member=member)


class InboxState(NamedTuple):
    """How many notifications are unread and not known to be gone, up to limits.MAX_UNREAD, and the inbox's version at which that was so."""

    unread: int
    version: int


def inboxes_of(members: Collection[UUID]) -> dict[UUID, InboxState]:
    """Return the inbox of each member, in one query. Who was never notified has none."""
    theirs = Notification.objects.counted().filter(member=OuterRef("pk")).order_by().values("member")
    counted = Preferences.objects.filter(pk__in=members).annotate(unread=Subquery(theirs.annotate(rows=Count("pk")).values("rows")))
    rows = counted.values_list("pk", "unread", "inbox_version")
    return {pk: InboxState(min(unread or 0, limits.MAX_UNREAD), version) for pk, unread, version in rows}
