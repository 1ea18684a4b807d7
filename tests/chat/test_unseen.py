"""A message shows something: no empty bubble is sent, stored or counted, whichever way it came."""

import pytest

from community.members.models import User
from groups.chat.models import Channel, Message
from tests.chat.pages import ClientOf, say, text_of, url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "body", ["\u200b", "\u2800", "\u202e", "\u3164\n\u200d", "\ufeff", "\u00ad", "\u034f", "\ufe0f", "\u0301", "\x07", "\ufffe"]
)
def test_what_nobody_could_see_is_not_sent(alice: User, channel: Channel, client_of: ClientOf, body: str) -> None:
    """A bubble with nothing in it, which everybody has to mark as read. The box comes back as it was, with a reason."""
    before = Message.objects.count()
    answer = client_of(alice).post(url(channel, "send/"), {"body": body})
    assert answer.status_code == 422 and Message.objects.count() == before
    assert "nothing to send" in text_of(answer) or "would look empty" in text_of(answer)
    assert answer.context["text"] == body
    message = say(alice, channel, "Hello")
    assert client_of(alice).post(url(channel, f"{message.pk}/edit/"), {"body": body}).status_code == 422


@pytest.mark.parametrize(
    "body", [">", "[](url)", "[](https://example.org)", "```\n```", "-", "> ", "* *", "**", "[\u200b](https://example.org)"]
)
def test_signs_of_markup_alone_stand_as_they_were_sent(alice: User, bob: User, channel: Channel, client_of: ClientOf, body: str) -> None:
    """Signs that are taken for markup around nothing, and leave an empty bubble."""
    say(bob, channel, body)
    page = client_of(alice).get(url(channel)).content.decode().partition("<template")[0]
    shown = page.rpartition('<div class="chat-body" dir="auto">')[2].partition("</div>")[0]
    assert "".join(c for c in body.strip() if not c.isspace())[0] in shown.replace("&gt;", ">")


def test_control_characters_are_not_stored(alice: User, channel: Channel) -> None:
    """What a feed, a mail or a parser breaks on, and a line break of another system that is lost."""
    assert say(alice, channel, "one\x0btwo\u2028three\x07\ufdd0\x1b[31m").body == "one\ntwo\nthree[31m"
