"""Run backstage, in a process of the site: the people and groups of a run, and how they join and leave."""

from typing import Any

from django.conf import settings

from community.members.models import Consent, ConsentText, User
from community.safety import actions as safety
from groups.chat.models import Channel
from groups.peers import actions
from groups.peers.join import requests
from groups.peers.models import PeerGroup
from tests.cast import fresh_session


def make(members: int, channels: int) -> dict[str, Any]:
    """Make people and groups, everybody in two; every third group shows newcomers only what is written later. Every fourth blocks another.

    Returns {"people": [{"id", "cookie"}], "groups": [{"group", "channel", "members": [numbers of people]}]}.
    """
    faye, ada = (User.objects.get(email=f"{name}@example.org") for name in ("faye", "ada"))
    text = ConsentText.objects.latest("version")
    people = [User.objects.create_user(email=f"m{n}@example.org", name=f"Member {n}") for n in range(members)]
    Consent.objects.bulk_create([Consent(member=person, text=text) for person in people])
    groups = []
    for n in range(channels):
        visibility = PeerGroup.HistoryVisibility.JOINING if n % 3 == 2 else PeerGroup.HistoryVisibility.ALL
        group = actions.make_group(
            actor=ada,
            name=f"Group {n}",
            purpose="A test.",
            agreement="Be kind.",
            join_policy="open",
            history_visibility=visibility,
            facilitator=faye,
        )
        inside = [k for k in range(members) if n in (k % channels, (k * 7 + 3) % channels)]
        for k in inside:
            actions.join(member=people[k], group=group, agreed_version=group.agreement_version)
        groups.append({"group": str(group.pk), "channel": str(Channel.objects.get(group=group).pk), "members": inside})
    for n in range(0, members, 4):
        safety.block(member=people[n], other=people[(n + channels) % members])  # who is in one group with them
    cookies = [f"{settings.SESSION_COOKIE_NAME}={fresh_session(person)}" for person in people]
    return {"people": [{"id": str(person.pk), "cookie": cookie} for person, cookie in zip(people, cookies, strict=True)], "groups": groups}


def join(member: str, group: str) -> None:
    where = PeerGroup.objects.get(pk=group)
    actions.join(member=User.objects.get(pk=member), group=where, agreed_version=where.agreement_version)


def leave(member: str, group: str, *, removed: bool) -> None:
    """Leave, or be removed by the facilitator; a removed member is invited again, so that they can rejoin."""
    who, where = User.objects.get(pk=member), PeerGroup.objects.get(pk=group)
    if removed:
        faye = User.objects.get(email="faye@example.org")
        actions.remove(actor=faye, group=where, member=who)
        requests.invite(actor=faye, group=where, member=who)
    else:
        actions.leave(member=who, group=where)
