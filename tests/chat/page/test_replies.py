"""Answers, signs and bringing back on the pages, without a script: who may, what is quoted, and what nobody else learns."""

import re
import uuid
from typing import Any

import pytest

from community.members.models import User
from community.safety.models import Block
from groups.chat import actions
from groups.chat.models import Channel, Message, Participant, Reaction
from groups.peers.actions import leave
from tests.chat.pages import ClientOf, client_id_of, say, text_of, url

pytestmark = pytest.mark.django_db
HOW_MANY = re.compile(r"\d+ people")


def answer_to(message: Message, member: User, body: str) -> Message:
    return actions.send(member=member, channel=message.channel.pk, client_id=uuid.uuid4(), body=body, reply_to=message.pk)


# ------------------------------------------------------------------ answering


def test_a_form_answers_and_the_answer_shows_what_it_answers(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A reply link that leads nowhere, or a sent answer that has forgotten its question."""
    asked = say(bob, channel, "Who brings **milk**?\n\nAnd\ncake?")
    client = client_of(alice)
    page = client.get(url(channel), {"reply": asked.pk})
    assert f'name="reply_to" value="{asked.pk}"' in page.content.decode()
    assert "Bob Who brings milk? And cake?" in text_of(page)
    form = {"body": "I do", "client_id": client_id_of(page), "reply_to": asked.pk}
    sent = text_of(client.post(url(channel, "send/"), form, follow=True))
    assert Message.objects.get(body="I do").reply_to_id == asked.pk
    assert "Reply to: Bob Who brings milk? And cake? I do" in sent


@pytest.mark.parametrize("which", ["", "nonsense", "00000000-0000-0000-0000-000000000000", "gone", "elsewhere"])
def test_what_cannot_be_answered_is_not_offered(
    which: str, alice: User, bob: User, faye: User, channel: Channel, hidden_group: Any, client_of: ClientOf
) -> None:
    """A page that quotes what was removed or stands in a group that is not one's own, or fails at the question."""
    elsewhere = say(faye, hidden_group.channels.get(), "Elsewhere only")
    gone = say(alice, channel, "Unsaid")
    actions.delete(member=alice, message=gone.pk)
    asked = {"gone": gone.pk, "elsewhere": elsewhere.pk}.get(which, which)
    page = client_of(bob).get(url(channel), {"reply": asked})
    assert page.status_code == 200 and 'name="reply_to"' not in page.content.decode()
    assert "Unsaid" not in page.content.decode() and "Elsewhere only" not in page.content.decode()


def test_an_answer_to_what_went_meanwhile_keeps_its_text(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A text that is lost with a 404 because the message it answers was removed while the reply was written."""
    asked = say(bob, channel, "Anyone?")
    client = client_of(alice)
    page = client.get(url(channel), {"reply": asked.pk})
    actions.delete(member=bob, message=asked.pk)
    form = {"body": "Me, always", "client_id": client_id_of(page), "reply_to": asked.pk}
    refused = client.post(url(channel, "send/"), form)
    assert refused.status_code == 422 and refused.context["text"] == "Me, always"
    assert "is no longer here" in text_of(refused) and 'name="reply_to"' not in refused.content.decode()
    again = {"body": "Me, always", "client_id": client_id_of(refused)}
    assert client.post(url(channel, "send/"), again).status_code == 302


def test_what_was_typed_goes_along_to_the_reply_and_away_from_it(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """Words that are lost by a press on Reply or Cancel, where no script saves them."""
    asked = say(bob, channel, "Who brings milk?")
    client = client_of(alice)
    page = client.post(url(channel, "draft/"), {"body": "Begun", "reply": asked.pk}, follow=True)
    assert page.context["text"] == "Begun" and f'name="reply_to" value="{asked.pk}"' in page.content.decode()
    kept = client.post(url(channel, "draft/"), {"body": "Begun more", "reply_to": asked.pk}, follow=True)
    assert f'name="reply_to" value="{asked.pk}"' in kept.content.decode()
    left = client.post(url(channel, "draft/"), {"body": "Begun more", "reply_to": asked.pk, "reply": ""}, follow=True)
    assert left.context["text"] == "Begun more" and 'name="reply_to"' not in left.content.decode()


def test_who_is_answered_and_has_left_is_no_new_reader(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A page that counts everybody twice because the one who is answered stands on none of its lines."""
    asked = say(bob, channel, "Long ago")
    for n in range(60):
        say(alice, channel, f"Since {n}")
    leave(member=bob, group=channel.groups.get())
    client = client_of(alice)
    client.post(url(channel, "read/"), {"seq": 10_000})
    plain, page = client.get(url(channel)), client.get(url(channel), {"reply": asked.pk})
    assert "Bob Long ago" in text_of(page)
    people = [person["id"] for person in page.context["handover"]["people"]]
    assert len(people) == len(set(people)) and HOW_MANY.findall(text_of(page)) == HOW_MANY.findall(text_of(plain))


@pytest.mark.postgresql
def test_what_is_quoted_comes_with_the_page_wherever_it_stands(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A quote of what is on no loaded page that stays empty, or shows words that have changed or gone since."""
    old, gone = say(bob, channel, "Frist"), say(bob, channel, "Unsaid")
    answer_to(old, alice, "To the first"), answer_to(gone, alice, "To what went")
    for n in range(60):
        say(alice, channel, f"Between {n}")
    answer_to(old, alice, "To the first again")
    actions.edit(member=bob, message=old.pk, body="First")
    actions.delete(member=bob, message=gone.pk)
    client = client_of(alice)
    client.post(url(channel, "read/"), {"seq": 10_000})
    page = text_of(client.get(url(channel)))
    assert "Reply to: Bob First To the first again" in page
    history = client.get(url(channel, "history/"), {"limit": 1}).json()
    assert [(row["id"], row["body"]) for row in history["quoted"]] == [(str(old.pk), "First")]
    assert str(bob.pk) in {person["id"] for person in history["people"]}
    assert f'href="{url(channel)}?before={old.seq + 25}#m{old.seq}"' in client.get(url(channel)).content.decode()
    before = text_of(client.get(url(channel), {"before": gone.seq + 3}))
    assert "Reply to: Bob Message removed by its author To what went" in before and "Unsaid" not in before


def test_a_newcomer_reads_no_quote_from_before_they_came(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """The words of the past, which a newcomer may not read, in a quote, the page's data or a request for single rows."""
    old = say(bob, channel, "Confided before")
    answer_to(old, alice, "Thank you for that")
    Participant.objects.filter(channel=channel, member=alice).update(first_seq=old.seq + 1)
    client = client_of(alice)
    page = client.get(url(channel))
    assert "Confided before" not in page.content.decode()
    assert "A reply to a message from before you came" in text_of(page)
    history = client.get(url(channel, "history/")).json()
    assert history["quoted"] == []
    assert client.get(url(channel, "history/"), {"at": old.seq}).json()["rows"] == []


@pytest.mark.postgresql
def test_single_rows_are_asked_for_in_one_request(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """A client that needs a request a quote, and a list of seqs that ends in an error page."""
    rows = [say(alice, channel, f"Line {n}") for n in range(4)]
    client = client_of(alice)
    found = client.get(url(channel, "history/"), {"at": f"{rows[2].seq},{rows[0].seq},999999"}).json()
    assert [row["body"] for row in found["rows"]] == ["Line 0", "Line 2"] and found["more"] is False
    for wrong in ("x", "1,,2", "-1", "9" * 30, ",".join(["1"] * 101), "1&before=2"):
        assert client.get(url(channel, "history/") + f"?at={wrong}").status_code == 400, wrong


# ------------------------------------------------------------------ signs


def test_six_forms_give_a_sign_and_take_it_away(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A reaction that needs a script, or cannot be taken back."""
    asked = say(bob, channel, "A year today")
    client, path = client_of(alice), url(channel, f"{asked.pk}/react/")
    page = client.get(path)
    assert page.content.decode().count('name="emoji"') == 6
    shown = client.post(path, {"emoji": "celebrate", "on": "on"}, follow=True)
    assert 'aria-label="Celebrate: you"' in shown.content.decode()
    assert "Celebrate: take it back" in text_of(client.get(path))
    client.post(path, {"emoji": "celebrate", "on": ""})
    assert not Reaction.objects.exists()
    assert client.post(path, {"emoji": "thumbs_down", "on": "on"}).status_code == 400


@pytest.mark.postgresql
def test_signs_of_the_blocked_are_not_shown_and_of_others_with_their_names(
    alice: User, bob: User, faye: User, channel: Channel, client_of: ClientOf
) -> None:
    """Somebody who is blocked and still turns up under every message."""
    mine = say(alice, channel, "Hard day")
    for member in (bob, faye, alice):
        actions.react(member=member, message=mine.pk, emoji="hug")
    assert 'aria-label="Hug: Bob, Faye and you"' in client_of(alice).get(url(channel)).content.decode()
    Block.objects.create(blocker=alice, blocked=bob)
    assert 'aria-label="Hug: Faye and you"' in client_of(alice).get(url(channel)).content.decode()
    assert 'aria-label="Hug: Bob, Faye and Alice"' not in client_of(alice).get(url(channel)).content.decode()


# ------------------------------------------------------------------ bringing back


def test_what_was_removed_is_restored_by_a_button_where_it_was(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """An undo that only a script has, or that others are shown too."""
    mine = say(alice, channel, "Sunflower")
    client = client_of(alice)
    back = f'formaction="{url(channel, f"{mine.pk}/bring-back/")}"'
    assert back in client.post(url(channel, f"{mine.pk}/delete/"), follow=True).content.decode()
    assert back not in client_of(bob).get(url(channel)).content.decode()
    assert client_of(bob).post(url(channel, f"{mine.pk}/bring-back/")).status_code == 403
    assert "Sunflower" in text_of(client.post(url(channel, f"{mine.pk}/bring-back/"), follow=True))


def test_what_cannot_come_back_says_so(alice: User, channel: Channel, client_of: ClientOf) -> None:
    """An error page, or silence, for the button of a page that stood open for too long."""
    mine = say(alice, channel, "Sunflower")
    actions.delete(member=alice, message=mine.pk)
    Message.objects.filter(pk=mine.pk).update(undo_until=mine.sent_at)
    answer = client_of(alice).post(url(channel, f"{mine.pk}/bring-back/"), follow=True)
    assert answer.status_code == 200 and "can’t be brought back anymore" in text_of(answer)


# ------------------------------------------------------------------ being named


def test_somebody_blocked_cannot_call(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A folded message that says aloud that it is about one."""
    message = say(bob, channel, "Listen, @Alice")
    Block.objects.create(blocker=alice, blocked=bob)
    client = client_of(alice)
    assert "mentions you" not in text_of(client.get(url(channel)))
    assert "Listen" not in text_of(client.get(url(channel, f"{message.pk}/react/")))


def test_who_is_named_sees_it_in_words(alice: User, bob: User, channel: Channel, client_of: ClientOf) -> None:
    """A mention that is only a color, or that everybody is shown as their own."""
    say(bob, channel, "What do you think, @Alice?")
    assert "mentions you" in text_of(client_of(alice).get(url(channel)))
    assert "mentions you" not in text_of(client_of(bob).get(url(channel)))
