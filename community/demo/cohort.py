"""The cohort of the demo: people who were asked, and what became of it."""

import datetime as dt
from typing import Any

from django.utils import timezone

from community.kit import limits
from community.kit.ids import new_id
from community.members.invitations import cohorts
from community.members.invitations.actions import invite
from community.members.invitations.cards import store_sheet
from community.members.models import Cohort, Invitation, Reminder, User
from community.members.signing_in.link_keys import hash_of, new_key
from groups.peers.models import PeerGroup
from groups.peers.suggestions import actions as suggestions


def make_cohort(data: dict[str, Any], people: dict[str, User], groups: dict[str, PeerGroup], admin: User) -> Cohort:
    """Make the cohort with what is suggested to it and its invitations. Only people who still wait get an e-mail: it is in the outbox."""
    cohort = cohorts.make_cohort(actor=admin, name=data["name"], buddy=people[data["buddy"]])
    suggestions.suggest_groups(actor=admin, cohort=cohort, groups=[groups[key] for key in data["groups"]])
    for entry in data["invitations"]:
        sent = timezone.now() - dt.timedelta(days=entry["sent"])
        expires = sent + limits.INVITATION_LIFETIME
        if "joined" in entry or "state" in entry or expires < timezone.now():
            invitation = _past(entry, people, cohort, admin)
        else:
            invitation, _key = invite(actor=admin, email=entry["email"], cohort=cohort)
        Invitation.objects.filter(pk=invitation.pk).update(sent_at=sent, expires_at=expires)
        if "joined" not in entry and "state" not in entry:
            _remind(invitation, sent)
    _make_cards(data["cards"], people, cohort, admin)
    return cohort


def _make_cards(entries: list[dict[str, Any]], people: dict[str, User], cohort: Cohort, admin: User) -> None:
    """A sheet of cards whose codes everybody can read, and what became of each."""
    sheet = store_sheet(actor=admin, cohort=cohort, codes=[entry["code"] for entry in entries], identity=new_id())
    for number, entry in enumerate(entries, 1):
        card = sheet.cards.filter(card_number=number)
        if "joined" in entry:
            member = people[entry["joined"]]
            card.update(member=member, answered_at=member.joined_at)
        elif "state" in entry:
            card.update(**{f"{entry['state']}_at": timezone.now()})


def _remind(invitation: Invitation, sent: dt.datetime) -> None:
    """The reminders that it had so far."""
    past = [after for after in limits.REMINDERS_AFTER if sent + after <= timezone.now()]
    Reminder.objects.bulk_create(
        Reminder(invitation=invitation, days=after.days, key_hash=hash_of(new_key()), sent_at=sent + after) for after in past
    )


def _past(entry: dict[str, Any], people: dict[str, User], cohort: Cohort, admin: User) -> Invitation:
    """An invitation that was sent long ago."""
    member = people[entry["joined"]] if "joined" in entry else None
    key_hash = hash_of(new_key())
    invitation = Invitation(email=entry["email"], invited_by=admin, cohort=cohort, key_hash=key_hash, member=member)
    if member:
        invitation.answered_at = member.joined_at
    elif "state" in entry:
        setattr(invitation, f"{entry['state']}_at", timezone.now() - dt.timedelta(days=1))
    invitation.save()
    return invitation
