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
    return format_html('<time datetime="{}">{}</time>', exact(moment), formats.date_format(timezone.localtime(moment), pattern))


@register.filter
def exact(value: Any) -> str:
    """Return "2026-10-14T22:30:00Z" for an aware datetime, as an element's `datetime` bears it; nothing for none."""
    return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if isinstance(value, dt.datetime) else ""


@register.filter
def moment(value: Any) -> str | SafeString:
    """Return "October 14, 2026, 6:30 PM" for an aware datetime; nothing for none."""
    # Translators: how a day with its time is written, in Django's date format letters.
    return _element(value, _("F j, Y, g:i A"))


@register.filter
def day(value: Any) -> str | SafeString:
    """Return "Tuesday, October 14" for an aware datetime, with the year where it is another one."""
    if isinstance(value, dt.datetime) and timezone.localtime(value).year != timezone.localtime().year:
        return dated(value)
    # Translators: how a day of this year is written, in Django's date format letters.
    return _element(value, _("l, F j"))


@register.filter
def dated(value: Any) -> str | SafeString:
    """Return "Tuesday, October 14, 2026" for an aware datetime, whatever the year: for what is read years later."""
    # Translators: how a day with its year is written, in Django's date format letters.
    return _element(value, _("l, F j, Y"))


@register.filter
def clock(value: Any) -> str | SafeString:
    """Return "6:30 PM" for an aware datetime."""
    # Translators: how a time of day is written, in Django's date format letters.
    return _element(value, _("g:i A"))


@register.filter
def lately(value: Any) -> str | SafeString:
    """Return "6:30 PM" for an aware datetime of today, else "Oct 14", with the year where it is another one."""
    if not isinstance(value, dt.datetime) or timezone.localdate(value) == timezone.localdate():
        return clock(value)
    if timezone.localdate(value).year != timezone.localdate().year:
        # Translators: how a day of another year is written in little room, in Django's date format letters.
        return _element(value, _("M j, Y"))
    # Translators: how a day of this year is written in little room, in Django's date format letters.
    return _element(value, _("M j"))
