"""The chapters of a download about being reached: how a member wants it, in which browsers, and of what they were told."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from community.downloads.chapters import Field, Row, Shape, register
from community.members.models import User

from .kinds import KINDS
from .models import Notification, PushSubscription, preferences_of
from .preferences.forms import times
from .texting import reading as texting


def _label(kind: str) -> str:
    return str(KINDS[kind].label) if kind in KINDS else kind


def _preferences(member: User) -> Iterator[Row]:
    chosen = preferences_of(member)
    hours = dict(times(chosen.quiet_from, chosen.quiet_until))
    yield {
        "email": chosen.get_email_display(),
        "quiet": f"{hours[chosen.quiet_from]} – {hours[chosen.quiet_until]}" if chosen.is_quiet else "",
        "paused": chosen.paused_at,
        "paused_until": chosen.paused_until,
        "not_told": "; ".join(_label(kind) for kind in chosen.kinds_off),
        "hides_words": chosen.hides_words,
    }


def _browsers(member: User) -> Iterator[Row]:
    for subscription in PushSubscription.objects.filter(member=member).order_by("made_at"):
        yield {"browser": subscription.words, "since": subscription.made_at}


def _number(member: User) -> Iterator[Row]:
    if number := texting.number_of(member):
        yield {"number": texting.plain(number), "proven": number.proven_at, "agreed": number.agreed_to}


def _notifications(member: User) -> Iterator[Row]:
    for notification in Notification.objects.filter(member=member).order_by("at", "id").iterator():
        yield {"when": notification.at, "what": _label(notification.kind), "read": notification.read_at}


register(
    "preferences",
    gettext_lazy("How you hear from us"),
    gettext_lazy("What you chose for e-mails, quiet hours and breaks."),
    "notifications.Preferences.member",
    fields={
        "email": Field(gettext_lazy("E-mail")),
        "quiet": Field(gettext_lazy("Quiet hours")),
        "paused": Field(gettext_lazy("Break began"), Shape.MOMENT),
        "paused_until": Field(gettext_lazy("Break ends"), Shape.MOMENT),
        "not_told": Field(gettext_lazy("Not told outside this site")),
        "hides_words": Field(gettext_lazy("Groups show how much is new, not the last words"), Shape.YES),
    },
    rows=_preferences,
)
register(
    "browsers",
    gettext_lazy("Browsers you are notified in"),
    gettext_lazy("On which devices you switched notifications on."),
    "notifications.PushSubscription.member",
    fields={"browser": Field(gettext_lazy("Browser")), "since": Field(gettext_lazy("Since"), Shape.MOMENT)},
    rows=_browsers,
)
register(
    "text_messages",
    gettext_lazy("Text messages"),
    gettext_lazy("The phone number that gets text messages, and what you agreed to for them."),
    "notifications.TextNumber.member",
    fields={
        "number": Field(gettext_lazy("Phone number")),
        "proven": Field(gettext_lazy("Proven"), Shape.MOMENT),
        "agreed": Field(gettext_lazy("You agreed to"), Shape.WORDS),
    },
    rows=_number,
)
register(
    "notifications",
    gettext_lazy("Notifications"),
    gettext_lazy("What you were notified of, and when you read it. Its words are not kept."),
    "notifications.Notification.member",
    fields={
        "when": Field(gettext_lazy("When"), Shape.MOMENT),
        "what": Field(gettext_lazy("About")),
        "read": Field(gettext_lazy("Read"), Shape.MOMENT),
    },
    rows=_notifications,
    days="when",
)
