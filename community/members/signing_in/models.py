"""What is kept of help to sign in again: the ways back that somebody has, and what staff changed for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.kit.ids import new_id


class WayBackQuerySet(models.QuerySet["WayBack"]):
    def own(self) -> "WayBackQuerySet":
        """Those that people made for themselves."""
        return self.filter(expires_at=None)

    def open(self) -> "WayBackQuerySet":
        """Those that still let somebody choose a new password."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), used_at=None)


class WayBack(models.Model):
    """A code that lets its member choose a new password, once: one of eight that they made, or one that staff gave them in person.

    It is hashed like a password, and like one it outlives the site's secret key: it may lie in a drawer for years. No two of somebody's
    codes begin with the same character, which is stored as it is, so that one hash tells whether a code is right.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ways_back")
    first = models.CharField(max_length=1)
    code_hash = models.CharField(max_length=128)  # "" once it was used
    expires_at = models.DateTimeField(null=True)  # of one that staff gave
    used_at = models.DateTimeField(null=True)

    objects = WayBackQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "first"], name="one_way_back_a_first_character")]

    def __str__(self) -> str:
        return str(self.id)


class SignInHelp(models.Model):
    """A change by staff to how somebody signs in, and why. The person is shown it until they mark it as read."""

    class Kind(models.TextChoices):
        FACTORS = "factors", _("Your second step was taken off, so that you can sign in again.")
        ADDRESS = "address", _("A new address to sign in with was entered for you. It counts once it is confirmed.")
        CODE = "code", _("A code to choose a new password was made for you, and given in person.")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_helps")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # None: whoever runs the server
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
