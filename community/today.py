"""What Today shows a member: their groups, what waits for them, what there is to read, and then it ends."""

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from community.centre.models import centre
from community.kit.ops import last_backup
from community.kit.ops.condition import troubles
from community.members.models import User
from community.members.roles import Right
from community.notifications import waiting
from community.notifications.models import preferences_of
from community.notifications.preferences import hours
from community.notifications.waiting import Urgency

ROWS = 3


def today_of(member: User) -> dict[str, Any]:
    """Return what the page of Today shows: all their groups, and three rows at most of what else there is.

    What somebody waits for comes first, then an article, and last the work that can wait. A choice of groups is for members the first
    thing, and for staff the last.
    """
    found, groups = waiting.rows_for(member), waiting.groups_of(member)
    rows = [row for row in found if row.urgency != Urgency.FIRST_STEP]
    rows.sort(key=lambda row: member.is_staff and row.urgency == Urgency.CHOICE)
    return {
        "greeting": greeting(timezone.localtime().hour, member),
        "groups": groups,
        "has_news": any(row.unread for row in groups),
        "rows": rows[:ROWS],
        "more": any(row.icon == "groups" for row in rows[ROWS:]),
        "can_choose": any(row.urgency == Urgency.CHOICE for row in rows),
        "first_steps": [row for row in found if row.urgency == Urgency.FIRST_STEP],
        "troubles": troubles() if member.may(Right.SET_UP) else [],
        "stale_lines": centre().stale_lines if member.may(Right.SET_UP) else [],
        "backup_trouble": backup_trouble() if member.may(Right.SET_UP) else "",
        **hours.break_of(preferences_of(member), timezone.now()),
        "has_work": any(row.is_to_do for row in rows),
    }


def greeting(hour: int, member: User) -> str:
    """Return the greeting for an hour (0 to 23) of the member's day."""
    if 5 <= hour < 12:
        return _("Good morning, %(name)s.") % {"name": member}
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s.") % {"name": member}
    return _("Good evening, %(name)s.") % {"name": member}


def backup_trouble() -> str:
    """Say what is wrong with the backups of this site, "" where all is well, and in the demo, which needs none."""
    last = last_backup.last()
    if centre().is_demo or not (last.failed or last.is_old):
        return ""
    if last.failed:
        return _("The last backup failed.")
    if last.made_at is None:
        return _("Nobody has made a backup of this site yet.")
    day = formats.date_format(timezone.localtime(last.made_at))
    return _("The newest backup is more than two days old: it is from %(day)s.") % {"day": day}
