"""A person here: the name they chose comes first, and the address they sign in with is shown to nobody."""

import datetime as dt
from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import register_setting

from community.centre.policies import PolicyDraft, PolicyVersion, draft_panels
from community.centre.zones import zone_choices
from community.kit import limits
from community.kit.encryption import unsealed
from community.kit.ids import new_id
from community.kit.text.addresses import canonical, readable
from community.kit.text.names import skeleton

from .invitations.models import DoNotWrite, InvitationState, InvitationText, Reminder
from .people import closing_models  # noqa: F401  (Django looks for tables here)
from .people.avatars import Drawing
from .roles import HOLDERS, Right, Role
from .settings.choices import Announce, Cover, EnterKey
from .signing_in.logins import NAME_KEY_LENGTH, SignsIn
from .signing_in.models import SignInHelp, WayBack
from .signing_in.passwords import FromAnyKeyboard
from .texting.numbers import hashes_of, is_number, masked

__all__ = ["DoNotWrite", "InvitationState", "InvitationText", "Reminder", "SignInHelp", "WayBack"]


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, name: str, email: str | None = None, sign_in: str = "", password: str | None = None, **fields: Any) -> "User":
        """Make a person who signs in with `email`, by the name `sign_in`, or either; without a password they cannot."""
        user = self.model(email=canonical(email) if email else None, name=name, **fields)
        if sign_in:
            user.sign_in_by(sign_in)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def reached_at(self, address: str) -> list["User"]:
        """The accounts of the mailbox with this canonical address: who has it, and who shares it (signing_in/shared_mailboxes.py)."""
        return [*self.filter(email=address), *self.filter(mailbox_owner__email=address)]

    def signing_in_by(self, login: str) -> list["User"]:
        """The accounts that `login` opens, a canonical address or the skeleton of a sign-in name (signing_in/logins.py)."""
        return self.reached_at(login) if "@" in login else list(self.filter(sign_in_key=login))

    def active(self) -> models.QuerySet["User"]:
        """People whose account is open and not paused."""
        return self.filter(is_active=True, suspended_at=None)

    def looking_like(self, name: str) -> models.QuerySet["User"]:
        """People whose names look like `name`: at most one, or two whose names are older than the rule that finds them alike."""
        key = skeleton(name)
        return self.filter(Q(name_key=key) | Q(name_key__startswith=f"{key} "))

    def who_may(self, right: Right) -> models.QuerySet["User"]:
        """People whose account is open and not paused, and who have `right`."""
        return self.active().filter(groups__name__in=HOLDERS[right]).distinct()

    def newcomers_to(self, member: "User") -> models.QuerySet["User"]:
        """Recent newcomers whom `member` was asked to welcome, the newest first; none if they would rather not."""
        return self.newcomers().filter(invitation__cohort__buddy=member).order_by("-joined_at")

    def newcomers(self) -> models.QuerySet["User"]:
        """Recent newcomers whom somebody was asked to welcome (`invitation.cohort.buddy`) who would like to."""
        lately = self.active().filter(joined_at__gt=timezone.now() - limits.WELCOME_PERIOD)
        return lately.filter(invitation__cohort__buddy__may_welcome=True).exclude(pk=F("invitation__cohort__buddy"))


class User(SignsIn, FromAnyKeyboard, PermissionsMixin):
    """A member or one of the staff. `str(user)` is the name that people here see."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mailbox_owner = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.SET_NULL, db_column="twin_of_id", related_name="mailbox_sharers"
    )  # see signing_in/shared_mailboxes.py
    name = models.CharField(_("name"), max_length=limits.MAX_NAME_LENGTH)  # all that are closed have the same
    name_key = models.CharField(max_length=NAME_KEY_LENGTH, unique=True, editable=False)  # what the name looks like
    drawing = models.CharField(max_length=10, choices=Drawing.choices, blank=True)  # "": none
    browsers = models.PositiveIntegerField(default=0, editable=False)  # how often those that the account knew were forgotten
    may_welcome = models.BooleanField(default=True)  # staff may name them to newcomers
    wants_no_ways_back = models.BooleanField(default=False, db_default=False, editable=False)  # so they are not offered again
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", choices=zone_choices)
    cover_after = models.SmallIntegerField(_("cover the page"), choices=Cover.choices, default=Cover.MINUTE)
    leave_by_keys = models.BooleanField(_("leave quickly with the Shift key"), default=True)
    aloud = models.CharField(_("new messages read aloud"), max_length=10, choices=Announce.choices, default=Announce.ALL)
    enter_key = models.CharField(_("the Enter key"), max_length=10, choices=EnterKey.choices, default=EnterKey.DEVICE)
    shows_writing = models.BooleanField(_("others see when I am writing"), default=True)
    is_active = models.BooleanField(default=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    next_step = models.PositiveSmallIntegerField(default=0, editable=False)  # of joining (joining/steps.py); 0: all were shown

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=~Q(email=""), name="no_empty_address"),
            models.CheckConstraint(condition=Q(email__isnull=False) | Q(sign_in_key__isnull=False), name="some_way_to_sign_in"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        key = skeleton(self.name)[:NAME_KEY_LENGTH]
        if self.name_key.partition(" ")[0] != key:  # what follows a space tells two apart whose names came to look alike later
            self.name_key = key
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

    @property
    def buddy(self) -> "User | None":
        """The member whom staff named to them to say hello to, while that member is here and willing."""
        named = User.objects.active().filter(may_welcome=True, cohorts__invitations__member=self)
        return named.exclude(pk=self.pk).first()


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def awaiting(self, member: User) -> "ConsentText | None":
        """The newest version, where `member` has not agreed to it."""
        newest = self.order_by("-version")[:1].annotate(agreed=Exists(Consent.objects.filter(member=member, text=OuterRef("pk"))))  # type: ignore[no-redef]
        return next((text for text in newest if not text.agreed), None)


class ConsentText(PolicyVersion):
    """One version of what people agree to when they join, in the small Markdown."""

    agreed: bool  # of the member who is asked for, in `awaiting`

    objects = ConsentTextQuerySet.as_manager()


def _present_text() -> str:
    """What a new draft begins with: the words that hold now."""
    text = ConsentText.objects.order_by("-version").first()
    return text.body if text else ""


@register_setting(icon="doc-full")
class ConsentDraft(PolicyDraft):
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


class CohortQuerySet(models.QuerySet["Cohort"]):
    def with_counts(self) -> "CohortQuerySet":
        """Each with how many of its invitations are in each state, as `n_pending`, `n_joined` and so on."""
        counts = {
            f"n_{state}": models.Count("invitations", filter=Q(invitations__isnull=False) & state.is_of("invitations__"))
            for state in InvitationState
        }
        return self.annotate(**counts).order_by("-made_at")


class Cohort(models.Model):
    """People who are invited together. Its name is for staff. Rooms above suggest groups to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=60, unique=True)
    buddy = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="cohorts")
    without_reminders = models.BooleanField(default=False, db_default=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name


class CardSheet(models.Model):
    """Printed cards that were made together, each an invitation without an address, whose key is the code on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return str(self.id)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Those that can still be answered."""
        return self.filter(answered_at=None, revoked_at=None, expires_at__gt=timezone.now())

    def sent(self) -> "InvitationQuerySet":
        """Those to an e-mail address or a phone number. The others are cards."""
        return self.filter(sheet=None)

    def to(self, addresses: Collection[str]) -> "InvitationQuerySet":
        """Those to any of these e-mail addresses and phone numbers."""
        hashes = [each for address in addresses if is_number(address) for each in hashes_of(address)]
        return self.filter(Q(email__in=addresses) | Q(number_hash__in=hashes))

    def unanswered(self) -> "InvitationQuerySet":
        """Those that can be sent again or taken back: neither answered nor taken back."""
        return self.filter(answered_at=None, revoked_at=None)

    def of_link(self, key_hash: str) -> "InvitationQuerySet":
        """The one whose link has the key with this hash: its own, or that of a reminder since it was last sent."""
        reminders = Reminder.objects.filter(key_hash=key_hash, sent_at__gte=F("invitation__sent_at"))
        return self.filter(Q(key_hash=key_hash) | Q(pk__in=reminders.values("invitation")))

    def counts(self) -> dict[str, int]:
        """How many are in each state, in one query."""
        return self.aggregate(**{state.value: models.Count("pk", filter=state.is_of()) for state in InvitationState})


def invitation_expiry() -> dt.datetime:
    return timezone.now() + limits.INVITATION_LIFETIME


class Invitation(models.Model):
    """One person asked to join. The link's key is stored as a hash, so that nobody who reads the database can answer for them."""

    next_reminder: dt.datetime | None  # when the next one leaves at the earliest, on a page that lists invitations

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("email"), null=True)  # noqa: DJ001  (none: a card, one to a phone, or its member's address was deleted)
    # A number in E.164 that staff gave, and a keyed hash of it; gone from here once somebody has joined.
    number_sealed = models.TextField(blank=True, db_default="")
    number_hash = models.CharField(max_length=64, null=True)  # noqa: DJ001
    sheet = models.ForeignKey(CardSheet, null=True, on_delete=models.PROTECT, related_name="cards")
    card_number = models.PositiveSmallIntegerField(null=True, editable=False)  # on its sheet, by which staff know it
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)  # empty: an alumnus
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations")
    key_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=invitation_expiry)
    answered_at = models.DateTimeField(null=True, blank=True)
    member = models.OneToOneField(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitation")
    revoked_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)  # when its last e-mail or text message could not be delivered
    # None: its e-mail is of an earlier release, promised no reminders and has no link that ends them: none follow until it is sent again.
    without_reminders = models.BooleanField(default=False, null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "email"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(answered_at=None, revoked_at=None), name="one_open_invitation_an_address"
            ),
            models.UniqueConstraint(
                fields=["number_hash"], condition=Q(answered_at=None, revoked_at=None), name="one_open_invitation_a_number"
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(sheet__isnull=False) | Q(number_hash__isnull=False) | Q(answered_at__isnull=False),
                name="to_somebody_or_on_a_card",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def number(self) -> str:
        """The phone number in E.164; "" where there is none, and where it was sealed under a secret key that is lost."""
        return str(unsealed(self.number_sealed) or "")

    @property
    def address(self) -> str:
        """The e-mail address or phone number to which it was sent; "" for a card."""
        return self.email or self.number

    def sent_to(self) -> str:
        """Where it was sent, as lists show it: of a phone number no more than by which staff know it again."""
        if self.email:
            return readable(self.email)
        return masked(self.number) if self.number else str(_("No longer kept"))

    @property
    def state(self) -> InvitationState:
        """The state that InvitationState.is_of finds it in."""
        if self.answered_at:
            return InvitationState.JOINED
        if self.revoked_at:
            return InvitationState.REVOKED
        if self.bounced_at:
            return InvitationState.BOUNCED
        return InvitationState.EXPIRED if self.expires_at <= timezone.now() else InvitationState.PENDING

    @property
    def can_change(self) -> bool:
        """Can be sent again or taken back."""
        return self.answered_at is None and self.revoked_at is None


class Device(models.Model):
    """One session of a member, in words: what it runs on and when it was used last, to the hour."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True)
    words = models.CharField(max_length=60)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.words


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def waiting(self) -> "AddressChangeQuerySet":
        """Those that nobody has stopped and that have not taken effect."""
        return self.filter(done_at=None, stopped_at=None)

    def open(self) -> "AddressChangeQuerySet":
        """Those whose new address can still be confirmed."""
        return self.waiting().filter(confirmed_at=None, expires_at__gt=timezone.now())


class AddressChange(models.Model):
    """A new address to sign in with. It takes effect once it is confirmed from its mailbox. Both keys are stored as hashes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="address_changes")
    email = models.EmailField()
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")  # None: the member
    confirm_hash = models.CharField(max_length=64, unique=True)
    stop_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    holds_until = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = AddressChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)
