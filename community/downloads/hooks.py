"""What this room gives to the rooms below it, what it hears from them, and what it keeps of people."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from community.centre import retention
from community.members import personal_data
from community.members import seams as members
from community.members.models import User
from community.members.personal_data import Closing, Erasure, Export, Held

from . import account, actions  # noqa: F401  (account registers the chapters of the rooms below)
from .models import Download


def _own_row() -> members.LinkRow:
    return members.LinkRow(_("My things"), _("Download a copy of what is kept of you."), reverse("downloads:things"))


def _last_row(member: User) -> members.LinkRow:
    return members.LinkRow(_("My things"), _("Download a copy of what is kept of you, while it is there."), reverse("downloads:things"))


members.YOURS.append(_own_row)
members.WHILE_CLOSING.append(_last_row)
members.OPEN_WHILE_CLOSING.update({"downloads:things", "downloads:ask", "downloads:fetch"})
retention.register_deadline("downloads", _("that somebody had a copy of their things, a week after it was gone"), Download.objects.over)


@receiver(members.closing)
def forget_download(member: User, **kwargs: Any) -> None:
    """A closed account has nobody who could fetch it."""
    actions.forget(member)


@receiver(members.closed)
def leave_their_name_out(**kwargs: Any) -> None:
    """A copy that was made the day before would still have it, for its reader to fetch."""
    actions.make_all_anew()


personal_data.register(
    "downloads.Download",
    member=Held("That they asked for a copy of their things, and fetched it.", Closing.DELETED, Erasure.DELETED, Export.DID),
)
