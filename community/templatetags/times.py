"""Filters that show a moment in the reader's zone, as a <time> element that also carries it exactly."""

import datetime as dt
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


def _element(moment: Any, pattern: str) -> str | SafeString:
    if not isinstance(moment, dt.datetime):
        return ""
    exact = moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return format_html('<time datetime="{}">{}</time>', exact, formats.date_format(timezone.localtime(moment), pattern))


@register.filter
def moment(value: Any) -> str | SafeString:
    """Return "14 October 2026, 6:30 p.m." for an aware datetime; nothing for none."""
    # Translators: how a day with its time is written, in Django's date format letters.
    return _element(value, _("j F Y, P"))


@register.filter
def day(value: Any) -> str | SafeString:
    """Return "Tuesday 14 October" for an aware datetime, with the year where it is another one."""
    if isinstance(value, dt.datetime) and timezone.localtime(value).year != timezone.localtime().year:
        # Translators: how a day of another year is written, in Django's date format letters.
        return _element(value, _("l j F Y"))
    # Translators: how a day of this year is written, in Django's date format letters.
    return _element(value, _("l j F"))


@register.filter
def clock(value: Any) -> str | SafeString:
    """Return "6:30 p.m." for an aware datetime."""
    # Translators: how a time of day is written, in Django's date format letters.
    return _element(value, _("P"))
