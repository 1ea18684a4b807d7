"""What a conversation's plain forms do: send, keep, mark, change and take back, without a script and without a loss."""

import uuid
from typing import Any

import pytest

from community.kit import limits
from community.members.models import User
from groups.chat import actions
from groups.chat.models import Channel, Message, Participant
from tests.chat.pages import ClientOf, client_id_of, say, text_of, url

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ sending


def test_a_form_sends_and_a_second_press_sends_nothing_more(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """A double post that becomes two messages."""
    client = client_of(alice)
    form = {"body": "Hello\r\nall", "client_id": client_id_of(client.get(url(channel)))}
    for _ in range(2):
        answer = client.post(url(channel, "send/"), form)
        assert answer.status_code == 302 and answer["Location"].startswith(url(channel))
    assert list(Message.objects.filter(kind="text").values_list("body", flat=True)) == ["Hello\nall"]


def test_each_page_brings_a_fresh_number(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """Two messages of the same text taken for one."""
    client = client_of(alice)
    assert client_id_of(client.get(url(channel))) != client_id_of(client.get(url(channel)))


@pytest.mark.parametrize(("body", "sentence"), [("  \n ", "nothing to send"), ("long " * 900, "too long")])
def test_what_is_refused_comes_back_with_its_text(body: str, sentence: str, alice: User, channel: Channel, client_of: ClientOf) -> None:
    """A text that is lost with the error, or an error without a word."""
    answer = client_of(alice).post(url(channel, "send/"), {"body": body, "client_id": uuid.uuid4()})
    assert answer.status_code == 422 and sentence in text_of(answer)
    assert answer.context["text"] == body and "Error:" in answer.content.decode().split("</title>")[0]
    assert not Message.objects.filter(kind="text").exists()


def test_another_text_from_a_page_gone_back_to_is_kept_and_can_be_sent(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """The Back button: another text under the number of one that was sent is lost, or sent instead."""
    client, number = client_of(alice), str(uuid.uuid4())
    client.post(url(channel, "send/"), {"body": "First", "client_id": number})
    answer = client.post(url(channel, "send/"), {"body": "Second", "client_id": number})
    assert answer.context["text"] == "Second" and "press Send again" in text_of(answer)
    client.post(url(channel, "send/"), {"body": "Second", "client_id": client_id_of(answer)})
    assert list(Message.objects.filter(kind="text").order_by("seq").values_list("body", flat=True)) == ["First", "Second"]


def test_a_form_cannot_flood_a_group(alice: User, channel: Channel, client_of: ClientOf, settings: Any) -> None:
    """The limit of the socket, gone round by a form; and a text that is lost to it."""
    client = client_of(alice)
    settings.CHAT_SENDS_AT_ONCE, settings.CHAT_SENDS_PER_SECOND = 3, 0.01
    mine = say(alice, channel, "First")
    edit = url(channel, f"{mine.pk}/edit/")
    for number in range(3):  # messages and edits count alike
        answer = (
            client.post(edit, {"body": f"Edit {number}"})
            if number
            else client.post(url(channel, "send/"), {"body": "Hi", "client_id": uuid.uuid4()})
        )
        assert answer.status_code == 302
    answer = client.post(url(channel, "send/"), {"body": "One more", "client_id": uuid.uuid4()})
    assert answer.status_code == 429 and answer.context["text"] == "One more"
    assert client.post(edit, {"body": "Once more"}).status_code == 429


def test_answering_marks_read_what_the_page_showed_and_no_more(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """Somebody's message marked as read that came after the page was made."""
    shown = say(bob, channel, "Shown")
    Participant.objects.filter(channel=channel, member=alice).update(read_seq=0)
    later = say(bob, channel, "Not seen yet")
    client_of(alice).post(url(channel, "send/"), {"body": "Hi", "client_id": uuid.uuid4(), "seen": shown.seq})
    assert Participant.objects.get(channel=channel, member=alice).read_seq == shown.seq < later.seq


# ------------------------------------------------------------------ marks and drafts


def test_mark_as_read_takes_the_mark_away(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A button that does nothing."""
    message = say(bob, channel, "Fresh")
    client = client_of(alice)
    assert "Mark as read" in text_of(client.get(url(channel)))
    answer = client.post(url(channel, "read/"), {"seq": message.seq}, follow=True)
    assert "New since" not in text_of(answer) and "Marked as read." in text_of(answer)


@pytest.mark.parametrize("seq", ["", "x", "-1"])
def test_a_mark_that_is_no_seq_is_refused(seq: str, alice: User, channel: Channel, client_of: ClientOf) -> None:
    """A server error for a form that somebody has altered."""
    assert client_of(alice).post(url(channel, "read/"), {"seq": seq}).status_code == 400


def test_a_draft_waits_in_the_box_and_is_deleted_once_sent(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A draft that is lost, shown to another, or sent and then still there."""
    client = client_of(alice)
    assert client.post(url(channel, "draft/"), {"body": "I began "}, headers={"Accept": "application/json"}).status_code == 204
    assert client.get(url(channel)).context["text"] == "I began "
    assert "I began" not in client_of(bob).get(url(channel)).content.decode()
    client.post(url(channel, "send/"), {"body": "I began and ended", "client_id": uuid.uuid4()})
    assert client.get(url(channel)).context["text"] == ""


def test_a_draft_can_be_saved_by_a_button(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """Without a script there would be no draft."""
    answer = client_of(alice).post(url(channel, "draft/"), {"body": "For later"}, follow=True)
    assert "Saved as draft." in text_of(answer) and answer.context["text"] == "For later"


def test_a_draft_that_is_too_long_is_refused_in_words_and_kept_on_the_page(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """The end of a long text, cut off without a word."""
    client, long = client_of(alice), "x" * (limits.MAX_DRAFT_LENGTH + 1)
    client.post(url(channel, "draft/"), {"body": "Kept before"})
    refused = client.post(url(channel, "draft/"), {"body": long})
    assert refused.status_code == 422 and refused.context["text"] == long
    assert "too long to be kept as a draft" in text_of(refused)
    answer = client.post(url(channel, "draft/"), {"body": long}, headers={"Accept": "application/json"})
    assert answer.status_code == 422 and "too long to be kept" in answer.json()["detail"]
    assert client.get(url(channel)).context["text"] == "Kept before"
    assert client.post(url(channel, "draft/"), {"body": long[1:]}).status_code == 302


def test_a_draft_goes_in_the_commit_that_sends_it_and_another_stays(alice: User, channel: Channel) -> None:
    """A draft that comes back after it was sent, because the page ended first; or one that goes with another message."""
    participant = Participant.objects.get(channel=channel, member=alice)
    actions.save_draft(member=alice, channel=channel.pk, body="Still thinking")
    say(alice, channel, "Something else")
    participant.refresh_from_db()
    assert participant.draft == "Still thinking"
    say(alice, channel, "Still thinking ")
    participant.refresh_from_db()
    assert (participant.draft, participant.drafted_at) == ("", None)


# ------------------------------------------------------------------ changing one's own


def test_an_edit_shows_its_text_keeps_it_on_an_error_and_is_marked(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """An edit that starts from nothing, loses what was typed, or leaves no mark."""
    message = say(alice, channel, "Helo")
    client, path = client_of(alice), url(channel, f"{message.pk}/edit/")
    assert client.get(path).context["text"] == "Helo"
    refused = client.post(path, {"body": " "})
    assert refused.status_code == 422 and "nothing to send" in text_of(refused)
    assert "Hello edited" in text_of(client.post(path, {"body": "Hello"}, follow=True))


def test_an_old_message_is_gone_back_to_after_its_edit(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """After the edit of an old message, a page on which it does not stand."""
    message = say(alice, channel, "Old wrds")
    for _ in range(60):
        say(bob, channel, "More")
    client = client_of(alice)
    client.post(url(channel, "read/"), {"seq": 10_000})
    answer = client.post(url(channel, f"{message.pk}/edit/"), {"body": "Old words"}, follow=True)
    assert "Old words edited" in text_of(answer)


def test_removing_asks_first(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """A message gone by one click on a link."""
    message = say(alice, channel, "Regretted")
    client, path = client_of(alice), url(channel, f"{message.pk}/delete/")
    assert "Remove this message?" in text_of(client.get(path))
    assert "Message removed by its author" in text_of(client.post(path, follow=True))
    assert client.get(path).status_code == 404
