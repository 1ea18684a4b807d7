"""What is kept of invitations beside themselves (community/members/models.py): their states, reminders, and who asked for no more."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.kit.ids import new_id


class InvitationState(models.TextChoices):
    """What became of an invitation, in the words that staff read."""

    PENDING = "pending", _("Waiting")
    JOINED = "joined", _("Joined")
    EXPIRED = "expired", _("Run out")
    REVOKED = "revoked", _("Taken back")
    BOUNCED = "bounced", _("Not delivered")

    def is_of(self, prefix: str = "") -> Q:
        """Which invitations are in this state, as a filter on them, or through `prefix` on what they belong to."""
        joined = Q(**{f"{prefix}answered_at__isnull": False})
        revoked = Q(**{f"{prefix}revoked_at__isnull": False}) & ~joined
        unanswered = Q(**{f"{prefix}answered_at": None, f"{prefix}revoked_at": None})
        bounced = unanswered & Q(**{f"{prefix}bounced_at__isnull": False})
        waiting = unanswered & Q(**{f"{prefix}bounced_at": None})
        expired, pending = Q(**{f"{prefix}expires_at__lte": timezone.now()}), Q(**{f"{prefix}expires_at__gt": timezone.now()})
        return {"pending": waiting & pending, "joined": joined, "expired": waiting & expired, "revoked": revoked, "bounced": bounced}[self]


class Reminder(models.Model):
    """An e-mail that reminded somebody of an invitation, so many days after it. Its link has a key of its own (decision 45)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invitation = models.ForeignKey("members.Invitation", on_delete=models.CASCADE, related_name="reminders")
    days = models.PositiveSmallIntegerField()  # of limits.REMINDERS_AFTER
    key_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["sent_at"]
        constraints = [models.UniqueConstraint(fields=["invitation", "days"], name="each_reminder_once")]

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.days}"


class InvitationText(models.Model):
    """A text message with the link of an invitation, or of a reminder of it, that is to be handed to the gateway. Then it is deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invitation = models.ForeignKey("members.Invitation", on_delete=models.CASCADE, related_name="texts")
    sealed = models.TextField()  # the link
    made_at = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField(
        default=timezone.now, db_index=True
    )  # when it is to be handed over, or again: its worker may have been killed
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.id)


class DoNotWrite(models.Model):
    """That somebody asked for no more invitations, or said STOP to text messages.

    Of their e-mail address or phone number there is a keyed hash alone (invitations/do_not_write.py).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    address_hash = models.CharField(max_length=32, unique=True)
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.id)
