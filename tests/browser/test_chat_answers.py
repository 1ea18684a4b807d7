"""An answer shows what it answers, truthfully, wherever that stands; it leads there and back, and a bad line does not part the two."""

import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, Line, box, conversation, enter, live, say, sent
from tests.browser.watch import axe

pytestmark = pytest.mark.usefixtures("own_group")


def message(page, text):
    """The message that says so itself, not one that quotes it."""
    return page.locator("#rows > .chat-message", has=page.locator(".chat-body", has_text=text))


def answering(page):
    return page.locator("#answering")


def answer(page, target, text):
    """Answer by the button that shows while the pointer is on the message."""
    target.hover()
    target.get_by_role("button", name="Reply to").click()
    expect(box(page)).to_be_focused()
    say(page, text)
    sent(page, text)


def message_id(site, body):
    [(pk,)] = site.sql("select id from chat_message where body = %s", body)
    return uuid.UUID(str(pk))


def test_an_answer_quotes_leads_there_and_back(open_page, site):
    """A quote without a way to the words around it, or a jump after which one is lost."""
    Form(site, "bob").say("Who has a ladder?", *[f"Other talk {n}" for n in range(12)])
    page = enter(open_page("alice"), site)
    asked = message(page, "Who has a ladder?")
    asked.hover()
    asked.get_by_role("button", name="Reply to").click()
    expect(answering(page)).to_contain_text("Replying to Bob: Who has a ladder?")
    axe(page)
    say(page, "I have one")
    sent(page, "I have one")
    expect(answering(page)).to_be_hidden()
    mine = message(page, "I have one")
    expect(mine.locator(".chat-quote")).to_contain_text("Bob Who has a ladder?")
    page.keyboard.press("End")
    mine.locator(".chat-quote").click()
    expect(asked).to_be_in_viewport()
    expect(asked).to_be_focused()
    page.get_by_role("button", name="Back to the reply").click()
    expect(mine).to_be_focused()
    expect(page.get_by_role("button", name="Back to the reply")).to_be_hidden()
    mine.locator(".chat-quote").press("Enter")
    expect(asked).to_be_focused()
    page.go_back()
    expect(mine).to_be_focused()


def test_a_quote_follows_what_it_quotes(open_page, site):
    """Words that their author changed or took back, and that live on in somebody's quote."""
    alice, bob = enter(open_page("alice"), site), enter(open_page("bob"), site)
    for text in ("Half past sven", "Better unsaid"):
        say(bob, text)
        sent(alice, text)
    answer(alice, message(alice, "Half past sven"), "Good for me")
    answer(alice, message(alice, "Better unsaid"), "It is all right")
    form = Form(site, "bob")
    form.post(f"{conversation(site)}{message_id(site, 'Half past sven')}/edit/", body="Half past seven")
    form.post(f"{conversation(site)}{message_id(site, 'Better unsaid')}/delete/")
    for page in (alice, bob):
        expect(message(page, "Good for me").locator(".chat-quote")).to_contain_text("Half past seven")
        expect(message(page, "It is all right").locator(".chat-quote")).to_contain_text("Message removed by its author")
        expect(page.locator("//*[contains(., 'Better unsaid') or @*[contains(., 'Better unsaid')]]")).to_have_count(0)


def test_a_quote_of_what_is_far_away_is_fetched_and_kept_true(open_page, site):
    """An answer that comes live to words that are on no loaded page: an empty quote, or one that misses a later change."""
    bob, alice_form = Form(site, "bob"), Form(site, "alice")
    bob.say("A year ago")
    asked = message_id(site, "A year ago")
    site.sql("update chat_participant set read_seq = 100000")
    site.manage("shell", "-c", MANY.format(channel=site.ids["channel"]))
    page = enter(open_page("faye"), site)
    expect(message(page, "A year ago")).to_have_count(0)
    alice_form.post(f"{conversation(site)}send/", body="I remember", client_id=str(uuid.uuid4()), reply_to=str(asked))
    quote = message(page, "I remember").locator(".chat-quote")
    expect(quote).to_contain_text("Bob A year ago")
    bob.post(f"{conversation(site)}{asked}/edit/", body="A year and a day ago")
    expect(quote).to_contain_text("A year and a day ago")
    quote.click()
    expect(message(page, "A year and a day ago").first).to_be_focused()


MANY = """
import uuid
from community.members.models import User
from groups.chat import actions
faye = User.objects.get(email="faye@example.org")
for n in range(60):
    actions.send(member=faye, channel=uuid.UUID({channel!r}), client_id=uuid.uuid4(), body=f"Filling {{n}}")
"""


def test_what_is_being_answered_survives_a_reload_and_is_dropped_when_it_goes(open_page, site):
    """An answer that after a reload is none, and one that cannot be sent because its question was taken back meanwhile."""
    Form(site, "bob").say("Stay or go?")
    page = enter(open_page("alice"), site)
    target = message(page, "Stay or go?")
    target.focus()
    page.keyboard.press("r")
    expect(box(page)).to_be_focused()
    page.reload()
    live(page)
    expect(answering(page)).to_contain_text("Stay or go?")
    page.keyboard.press("Escape")
    expect(answering(page)).to_be_hidden()
    assert "reply=" not in page.url
    target.focus()
    page.keyboard.press("r")
    box(page).fill("Stay, please")
    Form(site, "bob").post(f"{conversation(site)}{message_id(site, 'Stay or go?')}/delete/")
    expect(answering(page)).to_contain_text("is gone")
    box(page).press("Enter")
    sent(page, "Stay, please")
    expect(message(page, "Stay, please").locator(".chat-quote")).to_have_count(0)
    expect(message(page, "Stay, please").locator(".is-failed")).to_have_count(0)


def test_an_answer_written_without_a_line_is_sent_as_an_answer(open_page, site):
    """An outbox that keeps the words and forgets whom they answer, also over a reload."""
    Form(site, "bob").say("Anyone awake?")
    page = open_page("alice")
    line = Line(page)
    enter(page, site)
    line.cut()
    target = message(page, "Anyone awake?")
    target.hover()
    target.get_by_role("button", name="Reply to").click()
    say(page, "I am here")
    waiting = message(page, "I am here")
    expect(waiting.locator(".chat-quote")).to_contain_text("Bob Anyone awake?")
    expect(waiting).to_contain_text("Waiting")
    page.reload()
    expect(waiting.locator(".chat-quote")).to_contain_text("Bob Anyone awake?")
    line.mend()
    sent(page, "I am here")
    answered = "select q.body from chat_message a join chat_message q on a.reply_to_id = q.id where a.body = 'I am here'"
    assert site.sql(answered) == [("Anyone awake?",)]


def test_an_answer_to_what_went_can_be_sent_by_itself(open_page, site):
    """A message that waits for a line, is refused because its question is gone, and can never be sent."""
    bob = Form(site, "bob")
    bob.say("Not for long, this one")
    page = open_page("alice")
    line = Line(page)
    enter(page, site)
    target = message(page, "Not for long, this one")
    target.hover()
    target.get_by_role("button", name="Reply to").click()
    line.cut()
    say(page, "Still worth saying")
    bob.post(f"{conversation(site)}{message_id(site, 'Not for long, this one')}/delete/")
    line.mend()
    failed = message(page, "Still worth saying")
    expect(failed).to_contain_text("is no longer here", timeout=20_000)
    failed.get_by_role("button", name="Try again").click()
    sent(page, "Still worth saying")


def test_an_answer_needs_no_script(open_page, site):
    """A quote that is a script's alone."""
    Form(site, "bob").say("Plain question")
    page = open_page("alice", javascript=False)
    page.goto(conversation(site))
    target = message(page, "Plain question")
    target.locator(".chat-menu > summary").click()
    box(page).fill("Begun before")
    target.get_by_role("button", name="Reply").click()
    expect(box(page)).to_have_value("Begun before")
    expect(answering(page)).to_contain_text("Bob Plain question")
    box(page).fill("Plain answer")
    page.get_by_role("button", name="Send").click()
    expect(message(page, "Plain answer").locator(".chat-quote")).to_contain_text("Bob Plain question")
