"""The `ready` and `joined` frames: what a client is told of its channels when it connects, and when its member joins one."""

from uuid import UUID

import msgspec
from django.conf import settings
from django.contrib.auth import get_user_model

from community.members.models import User

from ..models import Participant
from ..reading import ChannelView
from .frames import Ref
from .outgoing import ChannelRow, Joined, PersonRow, Ready, limits, person_of


def _facilitators(views: list[ChannelView]) -> dict[UUID, list[str]]:
    led: dict[UUID, list[str]] = {}
    leading = Participant.objects.filter(channel__in=[view.id for view in views], left_version=None, role=Participant.Role.FACILITATOR)
    for channel, member in leading.values_list("channel", "member"):
        led.setdefault(channel, []).append(str(member))
    return led


def _people(views: list[ChannelView]) -> list[PersonRow]:
    present = Participant.objects.current().filter(channel__in=[view.id for view in views])
    people = get_user_model().objects.filter(pk__in=present.values("member")).only("id", "name", "drawing")
    return [person_of(person) for person in people]


def _channel(view: ChannelView, facilitators: list[str]) -> ChannelRow:
    return {
        "id": str(view.id),
        "group": str(view.about) if view.about else None,
        "name": view.name,
        "seq": view.seq,
        "version": view.version,
        "first_seq": view.first_seq,
        "read": view.read_seq,
        "unread": view.unread,
        "muted": view.is_muted,
        "can_post": view.can_post,
        "facilitators": facilitators,
    }


def ready(member: User, views: list[ChannelView], ref: Ref = None) -> str:
    """Return the `ready` frame that answers the `hello` with this ref."""
    led = _facilitators(views)
    frame = Ready(
        me=person_of(member),
        limits=limits(sends_at_once=settings.CHAT_SENDS_AT_ONCE, sends_per_second=settings.CHAT_SENDS_PER_SECOND),
        channels=[_channel(view, led.get(view.id, [])) for view in views],
        people=_people(views),
        ref=msgspec.UNSET if ref is None else ref,
    )
    return frame.encode()


def joined(member: User, view: ChannelView) -> str:
    """Return the `joined` frame of a channel that the member has joined."""
    led = _facilitators([view])
    channel = _channel(view, led.get(view.id, []))
    return Joined(channel, _people([view])).encode()
