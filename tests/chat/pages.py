"""What the tests of the conversation's pages share."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client

from community.members.models import User
from groups.chat import actions
from groups.chat.models import Channel, Message

ClientOf = Callable[[User], Client]


def say(member: User, channel: Channel, body: str) -> Message:
    return actions.send(member=member, channel=channel.pk, client_id=uuid.uuid4(), body=body)


def text_of(response: Any) -> str:
    """What a reader sees: without the script's data and templates, tags and runs of white space."""
    page = re.sub(r"<(script|template)\b.*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def client_id_of(response: Any) -> str:
    found = re.search(r'name="client_id" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def url(channel: Channel, rest: str = "") -> str:
    return f"/chat/{channel.pk}/{rest}"
