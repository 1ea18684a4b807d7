"""What this room gives to the rooms below it, and that people can be reported."""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.centre import retention
from community.members import personal_data, seams
from community.members.models import User
from community.members.people.names import former_name
from community.members.personal_data import Closing, Erasure, Export, Held
from community.notifications import waiting
from community.notifications.waiting import Row, Urgency

from . import actions, contacts, download, notifying, reading, reportable  # noqa: F401  (these register what this room notifies of, and gives)
from .models import Report
from .reportable import Snapshot


def _decided(before: dt.datetime) -> QuerySet[Report]:
    return Report.objects.filter(state=Report.State.CLOSED, decided_at__lt=before)


retention.register("keep_reports", _decided)


def _own_row() -> seams.LinkRow:
    about = _("What you reported, what moderators wrote to you, and whom you have blocked.")
    return seams.LinkRow(_("Reports and blocks"), about, reverse("safety:own"))


seams.SAFETY.append(_own_row)


def _reports_and_notes(member: User) -> Iterator[Row]:
    reports, urgent = reading.waiting(member)
    if urgent:
        about = ngettext("%(count)d report waits, %(urgent)d urgent", "%(count)d reports wait, %(urgent)d urgent", reports)
    else:
        about = ngettext("%(count)d report waits", "%(count)d reports wait", reports)
    if reports:
        yield Row("report", _("Reports"), about % {"count": reports, "urgent": urgent}, reverse("safety:desk"), Urgency.HAPPENED)
    if notes := reading.unread_notes(member):
        about = ngettext("A moderator wrote you a note", "Moderators wrote you %(count)d notes", notes) % {"count": notes}
        yield Row("mail", _("From the moderators"), about, reverse("safety:own"), Urgency.HAPPENED)
    if answers := reading.unseen_answers(member):
        about = ngettext("It has been looked at", "%(count)d of your reports have been looked at", answers) % {"count": answers}
        yield Row("report", _("What you reported"), about, reverse("safety:own") + "#reports", Urgency.HAPPENED)


waiting.register(_reports_and_notes)


def find_person(reporter: User, id: UUID) -> Snapshot | None:
    """A person who shares a space with this reporter: their present name, and what they wrote to this reporter alone."""
    person = User.objects.filter(pk=id).first()
    met = contacts.contacts(reporter, person) if person else []
    if person is None or not met:
        return None
    spaces = {each.space for each in met}
    messages = sorted((each.written, each.message) for each in met if each.message and each.written)
    around = [(str(person.pk), message, written) for written, message in messages]
    return Snapshot(person, ", ".join(contacts.names(reporter, spaces)), person.name, timezone.now(), around, spaces)


reportable.register("person", find=find_person)


def take_name_out(member: User, empties_messages: bool) -> None:
    """Have no report of a person be of one with a name whose account is closed. Rooms above reword the copies of what was written."""
    actions.reword_copies(Report.objects.filter(kind="person", target_id=member.pk), lambda name: former_name(), around=False)


seams.UNNAMING.append(take_name_out)

personal_data.register(
    "safety.Report",
    reporter=Held(
        "Who asked the moderators to look at something, and what they wrote to them.", Closing.KEPT, Erasure.UNNAMED, Export.WROTE
    ),
    author=Held("Whose words were reported, and what was decided.", Closing.KEPT, Erasure.UNNAMED, Export.TELLS),
    target_id=Held("Whom somebody reported, where it is a person.", Closing.KEPT, Erasure.LEFT, Export.TELLS),
    snapshot=Held("Who wrote what is around the reported words.", Closing.KEPT, Erasure.LEFT, Export.TELLS),
    decided_by=Held("Which moderator decided.", Closing.KEPT, Erasure.UNNAMED, Export.WORK),
)
personal_data.register(
    "safety.Block",
    blocker=Held("Whom they don't want to read.", Closing.KEPT, Erasure.DELETED, Export.DID),
    blocked=Held("Who doesn't want to read them.", Closing.KEPT, Erasure.DELETED, Export.TELLS),
)
