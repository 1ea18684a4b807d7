"""The centre that runs this site: one row, read on every page."""

import time
from typing import Any

from django.core.validators import RegexValidator, URLValidator
from django.db import DatabaseError, models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from .lines import COUNTRIES, Country
from .zones import zone_choices

KEEP_SECONDS = 5.0
ANYWHERE = "https://www.wikipedia.org/"  # where "Leave quickly" goes in a country whose weather we do not know
_kept: tuple[float, "Centre | None"] = (0.0, None)
_number = RegexValidator(r"^\+?[0-9][0-9 ()\-]{1,24}$", _("Write a telephone number: digits, spaces, brackets and hyphens."))


@register_setting(icon="home")
class Centre(BaseGenericSetting):
    """What the site calls itself and whom it tells people to ring."""

    name = models.CharField(
        _("name"), max_length=60, default="Mainstay",
        help_text=_("Shown in tabs, mails and on phones. It must say nothing about recovery or treatment."),
    )  # fmt: skip
    country = models.CharField(
        _("country"), max_length=2, blank=True, choices=[(code, str(country.name)) for code, country in COUNTRIES.items()],
        help_text=_("Decides which emergency number and which national lines Help now shows."),
    )  # fmt: skip
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", choices=zone_choices)
    line_name = models.CharField(_("name of your own line"), max_length=80, blank=True)
    line_number = models.CharField(_("its number"), max_length=30, blank=True, validators=[_number])
    line_hours = models.CharField(_("when somebody answers"), max_length=80, blank=True, help_text=_("For example: day and night."))
    no_line = models.BooleanField(_("we have no line of our own"), default=False)
    leave_to = models.URLField(
        _("where “Leave quickly” goes"), blank=True, validators=[URLValidator(["https"], message=_("Write an address that begins with https://."))],
        help_text=_("A page that anybody might be reading and that greets nobody by name. Empty: your country's weather service."),
    )  # fmt: skip
    adults_only = models.BooleanField(
        _("adults only"), default=True,
        help_text=_("Who joins says that they are 18 or older. Their age is neither asked nor kept."),
    )  # fmt: skip
    is_demo = models.BooleanField(default=False, editable=False)

    panels = [
        FieldPanel("name"),
        FieldPanel("time_zone"),
        FieldPanel("adults_only"),
        MultiFieldPanel(
            [FieldPanel(field) for field in ("country", "line_name", "line_number", "line_hours", "no_line")], heading=_("Help lines")
        ),
        FieldPanel("leave_to"),
    ]

    class Meta:
        verbose_name = _("centre")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        forget()

    @property
    def has_lines(self) -> bool:
        """True where the country is chosen and the centre's own line is given or said not to exist."""
        return bool(self.country and (self.line_number or self.no_line))

    @property
    def line_dial(self) -> str:
        """The centre's own number as a telephone takes it."""
        return "".join(c for c in self.line_number if c in "+0123456789")

    @property
    def national(self) -> Country | None:
        """The emergency number and the national lines of the centre's country."""
        return COUNTRIES.get(self.country)

    @property
    def way_out(self) -> str:
        """The address of another site to which "Leave quickly" leads."""
        return self.leave_to or (self.national.weather if self.national else "") or ANYWHERE


def forget() -> None:
    """Read the centre afresh next time."""
    global _kept
    _kept = (0.0, None)


def centre(*, seconds_old: float = KEEP_SECONDS) -> Centre:
    """Return the centre's settings, at most `seconds_old`; the last known ones while the database is away."""
    global _kept
    read_at, known = _kept
    if known is not None and time.monotonic() - read_at < seconds_old:
        return known
    try:
        fresh = Centre.objects.first() or Centre()
    except DatabaseError:
        fresh = known or Centre()
    _kept = (time.monotonic(), fresh)
    return fresh
