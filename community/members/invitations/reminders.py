"""Reminders to people who were invited and have not answered: after 1, 3 and 7 days (limits.REMINDERS_AFTER), then never again.

They leave in the morning hours of the center's zone. Where several are due at once, as after a site was down, the last of them is sent
alone. When one comes is worked out by `next_reminder`, for the job that sends them and for the lists that tell staff of it.
"""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.centre.zones import end_of_quiet, is_quiet, zone_named
from community.kit import audit, limits, mail
from community.kit.models import QueuedEmail
from community.kit.schedule import periodic

from ..models import Invitation, InvitationQuerySet, InvitationState, Reminder, User
from ..signing_in.link_keys import hash_of, new_key
from ..verbs import MembersVerb
from . import texts
from .actions import EMAIL_KEY, invitation_limits, link_of
from .do_not_write import asked_not_to_write, link_to_stop

QUIET_FROM, QUIET_UNTIL = 44, 32  # in quarters of the local day: from 11:00 until 8:00 of the next morning none leaves
LEFT_AT_LEAST = dt.timedelta(days=1)  # of the time in which the link works


class NextReminder(NamedTuple):
    """The reminder after so many days, and when it leaves at the earliest."""

    days: int
    at: dt.datetime


def next_reminder(invitation: Invitation, now: dt.datetime) -> NextReminder | None:
    """Return the next reminder of an invitation that waits for an answer, if it gets one more."""
    last = max((reminder.days for reminder in invitation.reminders.all()), default=0)
    left = [after for after in limits.REMINDERS_AFTER if after.days > last]
    if not left:
        return None
    due = [after for after in left if invitation.sent_at + after <= now]
    after = due[-1] if due else left[0]
    at = end_of_quiet(max(invitation.sent_at + after, now), zone_named(centre().time_zone), QUIET_FROM, QUIET_UNTIL)
    return NextReminder(after.days, at) if at + LEFT_AT_LEAST <= invitation.expires_at else None


def plan(invitations: Collection[Invitation]) -> None:
    """Note with each of these its `next_reminder`, in as many queries however many they are."""
    now, addresses = timezone.now(), {each.address for each in invitations if each.address}
    alone, often = asked_not_to_write(addresses), invitation_limits(addresses)
    for each in invitations:
        is_waiting = each.state == InvitationState.PENDING and each.address and each.address not in alone
        following = next_reminder(each, often.get(each.address, now)) if is_waiting and _may_be_reminded(each) else None
        each.next_reminder = following.at if following else None


def _may_be_reminded(invitation: Invitation) -> bool:
    return invitation.without_reminders is False and not (invitation.cohort and invitation.cohort.without_reminders)


def _waiting() -> InvitationQuerySet:
    """Invitations by e-mail or text message, whichever leaves here, that wait for an answer, and may be reminded of."""
    waiting = Invitation.objects.sent().open().filter(bounced_at=None, without_reminders=False)
    if not settings.SMS_URL:
        waiting = waiting.exclude(email=None)
    if not centre().can_send:
        waiting = waiting.filter(email=None)
    return waiting.exclude(cohort__without_reminders=True).prefetch_related("reminders")


@periodic(15 * 60)
def send_due() -> None:
    """Send the reminders that are due, in the morning. Any number of processes may do so at once: each reminder leaves once."""
    now = timezone.now()
    if is_quiet(now, zone_named(centre().time_zone), QUIET_FROM, QUIET_UNTIL):
        return
    for invitation in _waiting():
        if (following := next_reminder(invitation, now)) and following.at <= now:
            _remind(invitation, now)


def _remind(invitation: Invitation, now: dt.datetime) -> None:
    """Remind somebody, unless something has come between: all of it is asked again with the invitation locked."""
    with transaction.atomic():
        locked = _waiting().select_for_update(of=("self",)).filter(pk=invitation.pk).first()
        following = next_reminder(locked, now) if locked else None
        if not locked or not following or following.at > now or not _may_write_to(locked, locked.address):
            return
        key = new_key()
        Reminder.objects.create(invitation=locked, days=following.days, key_hash=hash_of(key), sent_at=now)
        audit.record(actor=None, verb=MembersVerb.REMIND, target=locked.pk)
        if not locked.email:
            texts.queue(locked, link_of(key))
            return
        until = formats.date_format(locked.expires_at.astimezone(zone_named(centre().time_zone)), _("F j"))
        context = {"link": link_of(key), "until": until, "unsubscribe": link_to_stop(locked.email)}
        mail.send("reminder", to=locked.email, context=context, key=EMAIL_KEY + hash_of(key), about=locked.pk)


def _may_write_to(invitation: Invitation, address: str) -> bool:
    """False where somebody asked for no more, is here already or got enough, or where the message before has not left yet."""
    on_its_way = QueuedEmail.objects.filter(about=str(invitation.pk), state__in=(QueuedEmail.State.WAITING, QueuedEmail.State.LEAVING))
    is_known = asked_not_to_write([address]) or invitation_limits([address]) or User.objects.filter(email=address).exists()
    return bool(address) and not (is_known or on_its_way.exists() or invitation.texts.exists())
