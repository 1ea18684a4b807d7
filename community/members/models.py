"""A person here: the name they chose comes first, and the address they sign in with is shown to nobody."""

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import register_setting

from community.centre.texts import Draft, Edition, draft_panels
from community.centre.zones import zone_choices
from community.kit.ids import new_id
from community.kit.names import skeleton

from .roles import HOLDERS, Right, Role

NAME_LENGTH = 30


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, name: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person who can sign in with `email` (kept in lower case); without a password they cannot."""
        user = self.model(email=email.lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())

    def active(self) -> models.QuerySet["User"]:
        """Those who may be here now."""
        return self.filter(is_active=True, suspended_at=None)


class User(AbstractBaseUser, PermissionsMixin):
    """A member or one of the staff. `str(user)` is the name that people here see."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, unique=True)
    name_key = models.CharField(max_length=NAME_LENGTH * 4, unique=True, editable=False)  # what the name looks like
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", choices=zone_choices)
    is_active = models.BooleanField(default=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = skeleton(self.name)
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> frozenset[str]:
        """The staff roles held, read once a request."""
        return frozenset(group.name for group in self.groups.all()) & frozenset(Role.values)  # Wagtail brings groups of its own

    @property
    def role_labels(self) -> list[str]:
        """The staff roles held, in words."""
        return [str(role.label) for role in Role if role in self.roles]

    @property
    def is_staff(self) -> bool:
        return bool(self.roles)

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None

    def may(self, right: Right) -> bool:
        """True where a role that they hold brings `right`."""
        return not self.roles.isdisjoint(HOLDERS[right])


def display_name(user: User) -> str:
    """What allauth's pages and mails call a person."""
    return user.name


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def awaiting(self, member: User) -> "ConsentText | None":
        """The newest version, where `member` has not agreed to it."""
        newest = self.order_by("-version")[:1].annotate(agreed=Exists(Consent.objects.filter(member=member, text=OuterRef("pk"))))  # type: ignore[no-redef]
        return next((text for text in newest if not text.agreed), None)


class ConsentText(Edition):
    """One version of what people agree to when they join, in the small Markdown."""

    agreed: bool  # of the member who is asked for, in `awaiting`

    objects = ConsentTextQuerySet.as_manager()


def _present_text() -> str:
    """What a new draft begins with: the words that hold now."""
    text = ConsentText.objects.order_by("-version").first()
    return text.body if text else ""


@register_setting(icon="doc-full")
class ConsentDraft(Draft):
    """The next version of it, while admins write it."""

    body = models.TextField(_("text"), default=_present_text)

    panels = draft_panels("consent", _("Empty lines part paragraphs. **Bold**, [links](https://…) and lists with - are shown so."))

    class Meta:
        verbose_name = _("what newcomers agree to")


class Consent(models.Model):
    """That a person agreed to a version, and when."""

    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "text"], name="consent_once_a_version")]

    def __str__(self) -> str:
        return f"{self.member}: {self.text}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Those that can still be answered."""
        return self.filter(answered_at=None, revoked_at=None, expires_at__gt=timezone.now())


def invitation_expiry() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=settings.INVITATION_DAYS)


class Invitation(models.Model):
    """One person asked to join. The link's key is kept as a hash: who reads the database cannot answer for them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("email"))
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)  # empty: an alumnus
    key_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=invitation_expiry)
    answered_at = models.DateTimeField(null=True, blank=True)
    member = models.OneToOneField(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitation")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=Q(answered_at=None, revoked_at=None), name="one_open_invitation_an_address")
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def state(self) -> str:
        """One of joined, revoked, expired, pending."""
        if self.answered_at:
            return "joined"
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "pending"
