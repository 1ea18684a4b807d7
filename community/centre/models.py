"""The centre that runs this site: one row with its own lines, read on every page."""

import hashlib
import time
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Orderable

from community.kit import limits
from community.kit.text.giveaways import found_in
from community.kit.text.names import clean_name

from . import panels, periods
from .branding import colors
from .branding.logo import LogoField
from .forms import CentreForm
from .helplines import COUNTRIES, Country
from .zones import zone_choices

KEEP_SECONDS = 5.0
ANYWHERE = "https://www.wikipedia.org/"  # where "Leave quickly" goes in a country whose weather we do not know
_kept: tuple[float, "Centre | None"] = (0.0, None)
_number = RegexValidator(
    r"^\+?\(?[0-9](?:[ ()\-]*[0-9]){2,14}$",
    _("Write a phone number: 3 to 15 digits, with spaces, parentheses and hyphens where you like."),
)
_color: dict[str, Any] = {"max_length": 7, "blank": True}


def neutral(name: str) -> None:
    """Raise ValidationError for a name that nobody could read, or that would tell what this site is for, wherever it is seen."""
    clean_name(name)
    if words := found_in(name):
        sentence = _now("“%(word)s” tells anyone who sees a tab, an e-mail or a phone what this place is for. Choose a name without it.")
        raise ValidationError(sentence % {"word": words[0]})


@register_setting(icon="home")
class Centre(ClusterableModel, BaseGenericSetting):
    """What the site calls itself, how it looks, whom it tells people to ring, and how long it keeps things."""

    name = models.CharField(
        _("name"), max_length=60, default="Mainstay", validators=[neutral],
        help_text=_("Shown in tabs, e-mails and on phones. It must say nothing about recovery or treatment."),
    )  # fmt: skip
    country = models.CharField(
        _("country"), max_length=2, blank=True, choices=[(code, str(country.name)) for code, country in COUNTRIES.items()],
        help_text=_("Decides which emergency number and which national lines Help now shows."),
    )  # fmt: skip
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="UTC", choices=zone_choices,
        help_text=_("For guests and newcomers. Each member can choose another."),
    )  # fmt: skip
    logo = LogoField(
        _("logo"), upload_to="centre", blank=True,
        help_text=_(
            "PNG, JPEG or WebP, at most 1 MB. It's redrawn, at most 96 pixels high, and shown to everybody beside the name: "
            "it must say no more than the name does."
        ),
    )  # fmt: skip
    logo_dark = LogoField(
        _("logo on dark screens"), upload_to="centre", blank=True, help_text=_("Without one, the logo is on a light background there.")
    )
    logo_alt = models.CharField(
        _("what the logo shows"), max_length=100, blank=True,
        help_text=_("For people who can't see it. Leave it empty if the logo only repeats the name, which is beside it."),
    )  # fmt: skip
    icon = LogoField(
        _("icon"), upload_to="centre", blank=True, default="", db_default="",
        help_text=_(
            "Best square, 512 by 512 pixels. It's what a phone shows when somebody puts the site beside their apps. Whoever looks at the "
            "phone sees it: it must say no more than the name does."
        ),
    )  # fmt: skip
    primary_light = models.CharField(_("main color, light"), validators=[colors.primary_on_light], **_color)
    primary_dark = models.CharField(_("main color, dark"), validators=[colors.primary_on_dark], **_color)
    accent_light = models.CharField(_("second color, light"), validators=[colors.accent_on_light], **_color)
    accent_dark = models.CharField(_("second color, dark"), validators=[colors.accent_on_dark], **_color)
    no_line = models.BooleanField(_("we have no line of our own"), default=False)
    leave_to = models.URLField(
        _("where “Leave quickly” goes"), blank=True, validators=[URLValidator(["https"], message=_("Write an address that begins with https://."))],
        help_text=_("A page anybody might be reading that greets nobody by name. Leave it empty for your country's weather service."),
    )  # fmt: skip
    adults_only = models.BooleanField(
        _("adults only"), default=True,
        help_text=_("People who join say that they're 18 or older. Their age is neither asked nor kept."),
    )  # fmt: skip
    write_to = models.EmailField(
        _("e-mail address for questions"), blank=True, default="", db_default="", validators=[neutral],
        help_text=_("Where members can write to. Someone who was removed from a group, for example, is shown it."),
    )  # fmt: skip
    report_hours = models.PositiveSmallIntegerField(
        _("reports are looked at within"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(168)],
        help_text=_(
            "In hours. People who report something are told this number, as long as each report of the last thirty days "
            "was decided on in time. Leave it empty to name no time."
        ),
    )  # fmt: skip
    keep_invitations = periods.field("keep_invitations")
    keep_emails = periods.field("keep_emails", db_column="keep_letters")
    keep_drafts = periods.field("keep_drafts")
    keep_notifications = periods.field("keep_notifications", db_default=90)
    keep_reports = periods.field("keep_reports")
    keep_memberships = periods.field("keep_memberships")
    keep_audit = periods.field("keep_audit")
    is_demo = models.BooleanField(default=False, editable=False)

    base_form_class = CentreForm
    edit_handler = panels.centre

    class Meta:
        verbose_name = _("center")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        before = Centre.objects.filter(pk=self.pk).values_list("logo", "logo_dark", "icon").first() or ()
        super().save(*args, **kwargs)
        forget()
        transaction.on_commit(forget)  # once more, when others can read what was saved
        for name in set(before) - {self.logo.name, self.logo_dark.name, self.icon.name, ""}:
            transaction.on_commit(partial(self.logo.storage.delete, name))

    @cached_property
    def own_lines(self) -> "list[OwnLine]":
        """The centre's own lines, in their order, read once."""
        return list(self.lines.all())

    @property
    def has_lines(self) -> bool:
        """True where the country is chosen and a line of the centre's own is given or said not to exist."""
        return bool(self.country and (self.own_lines or self.no_line))

    @property
    def stale_lines(self) -> "list[OwnLine]":
        """Its own lines that nobody has checked for half a year."""
        return [line for line in self.own_lines if line.is_stale]

    @property
    def kept_for(self) -> list[tuple[periods.PeriodKind, int]]:
        """How long it keeps what, in days, for the page that tells everybody."""
        return [(kind, getattr(self, name)) for name, kind in periods.KINDS.items()]

    @property
    def has_outbox(self) -> bool:
        """True for a demo that can send no e-mail, and shows all that it would have sent to anybody."""
        return self.is_demo and not settings.MAIL_SERVER

    @property
    def can_send(self) -> bool:
        """True where an e-mail can leave, or goes to the demo's outbox."""
        return settings.MAIL_SERVER or self.has_outbox

    @property
    def national(self) -> Country | None:
        """The emergency number and the national lines of the centre's country."""
        return COUNTRIES.get(self.country)

    @property
    def way_out(self) -> str:
        """The address of another site to which "Leave quickly" leads."""
        return self.leave_to or (self.national.weather if self.national else "") or ANYWHERE

    @property
    def whom_to_ask(self) -> str:
        """Where somebody turns who was removed from a group, in a sentence."""
        if self.write_to:
            return _now("To ask why, write to %(address)s.") % {"address": self.write_to}
        return _now("To ask why, talk to the staff of your center.")

    @cached_property
    def look(self) -> str:
        """The stylesheet of its own colors; "" where it chose none."""
        fields = {("primary", 0): self.primary_light, ("primary", 1): self.primary_dark, ("accent", 0): self.accent_light,
                  ("accent", 1): self.accent_dark}  # fmt: skip
        return colors.stylesheet({place: color for place, color in fields.items() if color})

    @property
    def look_key(self) -> str:
        """What the stylesheet's address holds, so that it can be kept for good: another one for other colors."""
        return hashlib.sha256(self.look.encode()).hexdigest()[:16] if self.look else ""


class OwnLine(Orderable):
    """A line of the centre's own, as Help now shows it."""

    centre = ParentalKey(Centre, on_delete=models.CASCADE, related_name="lines")
    name = models.CharField(_("name"), max_length=80, blank=True, help_text=_("Without one it goes by the center's name."))
    number = models.CharField(_("number to call"), max_length=30, blank=True, validators=[_number])
    text = models.CharField(_("number for text messages"), max_length=30, blank=True, validators=[_number])
    hours = models.CharField(_("when somebody answers"), max_length=80, blank=True, help_text=_("For example: day and night."))
    checked = models.DateField(
        _("last checked"), null=True, blank=True, help_text=_("The day when somebody last called or texted it and got an answer.")
    )

    panels = panels.line

    class Meta(Orderable.Meta):
        verbose_name = _("line of your own")

    def __str__(self) -> str:
        return self.name or self.number or self.text

    def clean(self) -> None:
        if self.name:
            self.name = clean_name(self.name)
        if not (self.number or self.text):
            raise ValidationError({"number": _("Give a number to call or one for text messages.")})
        if self.checked and self.checked > timezone.localdate():
            raise ValidationError({"checked": _("This day hasn't come yet.")})

    @property
    def dial(self) -> str:
        """The number as a telephone takes it."""
        return _plain(self.number)

    @property
    def sms(self) -> str:
        """The number for texts as a telephone takes it."""
        return _plain(self.text)

    @property
    def is_stale(self) -> bool:
        """Not checked for half a year, or nobody knows when."""
        return self.checked is None or self.checked < timezone.localdate() - limits.HELPLINE_CHECK_PERIOD


def _plain(number: str) -> str:
    return "".join(c for c in number if c in "+0123456789")


def forget() -> None:
    """Read the centre afresh next time."""
    global _kept
    _kept = (0.0, None)


def centre(*, seconds_old: float = KEEP_SECONDS) -> Centre:
    """Return the centre's settings with its lines, at most `seconds_old`; the last known ones while the database is away."""
    global _kept
    read_at, known = _kept
    if known is not None and time.monotonic() - read_at < seconds_old:
        return known
    try:
        fresh = Centre.objects.first() or Centre()
        fresh.own_lines  # noqa: B018  (read now, since they are shown while the database is away)
    except DatabaseError:
        fresh = known or Centre()
        fresh.__dict__.setdefault("own_lines", [])
    _kept = (time.monotonic(), fresh)
    return fresh
