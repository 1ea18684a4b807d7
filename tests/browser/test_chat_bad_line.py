"""A bad line: what was written waits in the browser, sealed, goes out once and in order, and dies with the session."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.leaving import AWAY, by_button, elsewhere, own_session
from tests.browser.talk import (
    Form,
    Line,
    begin,
    box,
    conversation,
    drafts,
    drawn,
    enter,
    is_kept,
    is_sealed,
    kept,
    live,
    message,
    note_seals,
    read_by,
    saved_by,
    saves,
    say,
    second_group,
    sent,
    texts,
    until,
)
from tests.browser.watch import axe, no_sideways_scroll

pytestmark = pytest.mark.usefixtures("own_group")

WAITS = "Waiting"


@pytest.fixture
def other(site, own_group):
    """The address of another conversation of Alice's."""
    return f"/chat/{second_group(site)}/"


def without_a_line(open_page, site, name="alice", **more):
    page = open_page(name, **more)
    page.clock.install()
    note_seals(page)
    line = Line(page)
    enter(page, site)
    line.cut()
    expect(page.locator("#main[data-connection=waiting], #main[data-connection=connecting]")).to_be_visible()
    return page, line


def test_what_waits_is_there_after_a_reload_and_goes_out_once_and_in_order(open_page, site):
    """Words lost with a reload, sent twice, in another order, or put into the box a second time."""
    page, line = without_a_line(open_page, site)
    with page.expect_response(saves("Reload one")):
        box(page).press_sequentially("Reload one")
        page.clock.run_for(3_000)  # then it is a draft on the server
    expect(page.locator("#status")).to_contain_text("No connection")
    saved = saved_by(page)
    box(page).press("Enter")
    for number in ("two", "three"):
        say(page, f"Reload {number}")
    is_kept(page, 3)
    page.reload()
    expect(message(page, "Reload three")).to_contain_text(WAITS)
    assert texts(page, "^Reload ") == ["Reload one", "Reload two", "Reload three"]
    expect(box(page)).to_have_value("")
    line.mend()
    for number in ("one", "two", "three"):
        sent(page, f"Reload {number}")
    assert texts(page, "^Reload ") == ["Reload one", "Reload two", "Reload three"]
    is_kept(page, 0)
    assert site.sql("select body from chat_message where body like 'Reload %' order by seq") == [
        ("Reload one",),
        ("Reload two",),
        ("Reload three",),
    ]
    page.clock.run_for(2_500)
    until(page, lambda: not drafts(site))
    begin(page, "Written on")
    assert set(saved) <= {"", "Written on"}


def test_nothing_readable_is_kept(open_page, site):
    """Words, names, ids or the length of a text in a browser that others use."""
    page, line = without_a_line(open_page, site)
    say(page, "Nobody reads this")
    say(page, "Nobody reads this either, and it is much longer than the other one is")
    is_kept(page, 2)
    found = kept(page)
    for secret in ["Nobody", "reads", "client_id", "channel", *site.ids.values()]:
        assert not any(secret in record for record in found)
    assert len({len(record) for record in found}) == 1
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    line.mend()
    sent(page, "Nobody reads this either")
    is_kept(page, 0)


def test_the_server_keeps_no_second_copy(open_page, site):
    """The same words once as a waiting message and once in the box."""
    page, line = without_a_line(open_page, site)
    saved = saved_by(page)
    say(page, "Kept in one place")
    is_kept(page, 1)
    page.clock.run_for(2_500)
    begin(page, "Written on")
    assert drafts(site) == ["Written on"] and set(saved) <= {"", "Written on"}
    line.mend()
    sent(page, "Kept in one place")


def test_of_two_tabs_the_one_that_stays_takes_over(open_page, site):
    """The same message shown or sent by two tabs, or by none when its own is closed."""
    page, _ = without_a_line(open_page, site)
    say(page, "From the closed tab, one")
    say(page, "From the closed tab, two")
    is_kept(page, 2)
    second = page.context.new_page()
    line = Line(second)
    line.is_cut = True
    second.goto(conversation(site))
    say(second, "From the open tab")
    expect(message(second, "From the open tab")).to_contain_text(WAITS)
    expect(message(second, "From the closed tab")).to_have_count(0)
    page.close()
    expect(message(second, "From the closed tab")).to_have_count(2)
    line.mend()
    sent(second, "From the closed tab, two")
    sent(second, "From the open tab")
    assert texts(second, "^From the closed") == ["From the closed tab, one", "From the closed tab, two"]
    is_kept(second, 0)


def test_another_conversation_sends_what_waits_in_the_first(open_page, site, other):
    """A message that waits until its own conversation is opened again, which may be never."""
    page, line = without_a_line(open_page, site)
    say(page, "Sent from the other page")
    is_sealed(page, "Sent from the other page", sent=True)
    is_kept(page, 1)
    page.goto(other)
    line.mend()
    live(page)
    is_kept(page, 0)
    [(channel,)] = site.sql("select channel_id from chat_message where body = 'Sent from the other page'")
    assert str(uuid.UUID(str(channel))) == site.ids["channel"]
    expect(message(page, "Sent from the other page")).to_have_count(0)


def test_what_is_old_asks_before_it_goes(open_page, site):
    """Words of a bad hour that go out by themselves when it is over; and a question that a reload answers."""
    page = open_page("alice")
    page.clock.install()
    line = Line(page)
    enter(page, site)
    line.cut()
    say(page, "Old, to be sent")
    say(page, "Old, to be dropped")
    is_kept(page, 2)
    page.clock.fast_forward(11 * 60_000)
    line.mend()
    live(page)
    for text in ("Old, to be sent", "Old, to be dropped"):
        expect(message(page, text)).to_contain_text(re.compile(r"Written at \d.* and not sent\. Send it now\?"))
    axe(page)
    page.reload()
    live(page)
    page.clock.fast_forward(30_000)
    expect(message(page, "Old, to be sent")).to_contain_text("Send it now?")
    assert site.sql("select count(*) from chat_message where body = 'Old, to be sent'") == [(0,)]
    message(page, "Old, to be dropped").get_by_role("button", name="Delete").click()
    expect(message(page, "Old, to be dropped")).to_have_count(0)
    message(page, "Old, to be sent").get_by_role("button", name="Send").click()
    sent(page, "Old, to be sent")
    is_kept(page, 1)  # what was deleted, without its words: a first try of it may still be stored


def test_what_is_old_asks_in_its_own_conversation_alone(open_page, site, other):
    """A question about words of another conversation, or none at all."""
    page = open_page("alice")
    page.clock.install()
    line = Line(page)
    enter(page, site)
    line.cut()
    say(page, "Old, and elsewhere")
    is_kept(page, 1)
    page.goto(other)
    page.clock.fast_forward(11 * 60_000)
    line.mend()
    live(page)
    expect(message(page, "Old, and elsewhere")).to_have_count(0)
    is_kept(page, 1)
    page.goto(conversation(site))
    expect(message(page, "Old, and elsewhere")).to_contain_text("Send it now?")
    message(page, "Old, and elsewhere").get_by_role("button", name="Delete").click()
    expect(message(page, "Old, and elsewhere")).to_have_count(0)
    is_kept(page, 1)  # without its words: a first try of it may still be stored


def test_what_was_not_taken_is_there_after_a_reload(open_page, site):
    """A refused message whose text is gone with the page."""
    page = open_page("alice", size="phone")
    line = Line(page)
    enter(page, site)
    line.refuse = "Refused for now"
    box(page).fill("Refused for now")
    page.get_by_role("button", name="Send").tap()
    expect(message(page, "Refused for now")).to_contain_text("This cannot be sent.")
    is_kept(page, 1)
    page.reload()
    expect(message(page, "Refused for now")).to_contain_text("This cannot be sent.")
    axe(page)
    no_sideways_scroll(page)
    line.refuse = ""
    message(page, "Refused for now").get_by_role("button", name="Try again").tap()
    sent(page, "Refused for now")


def sign_out(page):
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("button", name="Sign out").click()


def test_signing_out_asks_and_then_keeps_nothing(open_page, site):
    """Words left behind in a browser that others use, or thrown away without a question."""
    page = open_page()
    own_session(page, "bob")
    line = Line(page)
    enter(page, site)
    line.cut()
    say(page, "Gone with the session")
    is_kept(page, 1)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    expect(message(page, "Gone with the session")).to_contain_text(WAITS)
    assert not asked, "a reload loses nothing"
    sign_out(page)
    page.wait_for_url(lambda url: "/chat/" not in url)
    assert asked == ["beforeunload"]
    is_kept(page, 0)
    assert page.evaluate("indexedDB.databases()") == []


@pytest.mark.parametrize("offline", [False, True])
def test_leaving_quickly_keeps_nothing(open_page, site, offline):
    """Words that wait for whoever opens this browser next, because there was no network to have them deleted."""
    page = open_page()
    own_session(page, "bob")
    line = Line(page)
    enter(page, site)
    line.cut()
    say(page, "Gone with the exit")
    is_kept(page, 1)
    elsewhere(page)
    if offline:
        page.watch.expect("ERR_FAILED")
        page.context.route(re.compile("/leave/"), lambda route: route.abort())
    by_button(page)
    page.wait_for_url(AWAY)
    page.goto("/help/")
    is_kept(page, 0)


def test_a_session_that_ended_leaves_nothing(open_page, site, other):
    """Words of an ended session on the screen, in the store, or sent by the next one."""
    page = open_page()
    key = own_session(page, "bob")
    line = Line(page)
    enter(page, site)
    line.cut()
    say(page, "Of an ended session")
    is_kept(page, 1)
    page.goto(other)
    page.watch.expect("status of 401")  # where it saves a draft just then
    site.sql("delete from django_session where session_key = %s", key)
    line.mend()
    expect(page.locator(".chat-closed")).to_contain_text("signed out")
    is_kept(page, 0)


def test_what_another_session_kept_is_deleted_unread(open_page, site):
    """The words of who sat here before, shown to or sent by who sits here now."""
    page, line = without_a_line(open_page, site)
    say(page, "Alice wrote this")
    is_kept(page, 1)
    page.goto("/help/")
    page.context.clear_cookies()
    own_session(page, "bob")
    page.goto(conversation(site))
    line.mend()
    live(page)
    is_kept(page, 0)
    expect(message(page, "Alice wrote this")).to_have_count(0)
    assert site.sql("select count(*) from chat_message where body = 'Alice wrote this'") == [(0,)]


def test_after_an_hour_away_all_is_as_on_a_fresh_page(open_page, site, other):
    """An edit, a removal, a name, a member, a count or a mark of the time away that shows only after a reload."""
    page = open_page("alice")
    page.clock.install()
    line = Line(page)
    enter(page, site)
    Form(site, "bob").say(*(f"Before {n}" for n in range(6)))
    sent(page, "Before 5")
    drawn(page)
    page.clock.run_for(1_100)
    until(page, lambda: message(page, "Before 5").get_attribute("id") == f"m{read_by(site, 'alice')}")
    line.cut()
    code = f"""
import uuid
from community.members.models import User
from groups.chat import actions
from groups.chat.actions import write_many
from groups.chat.commands import Send
from groups.chat.models import Channel, Message
from tests.cast import bring_in, make_group
ada, alice, bob, faye, mo = (User.objects.get(email=name + "@example.org") for name in ("ada", "alice", "bob", "faye", "mo"))
channel = Channel.objects.get(pk={site.ids["channel"]!r})
mine = list(Message.objects.filter(channel=channel, author=bob, body__startswith="Before").order_by("seq"))
write_many([Send(author.pk, channel.pk, uuid.uuid4(), f"Away {{n}}") for n in range(150) for author in (bob, faye)])
actions.edit(member=bob, message=mine[1].pk, body="Before 1, changed")
actions.delete(member=bob, message=mine[2].pk)
User.objects.filter(pk=bob.pk).update(name="Robert")
other = uuid.UUID({other.split("/")[2]!r})
write_many([Send(bob.pk, other, uuid.uuid4(), f"Elsewhere {{n}}") for n in range(7)])
bring_in(actor=faye, group=channel.groups.get(), member=mo)
make_group(actor=ada, facilitator=faye, members=(alice,), name="New since then")
"""
    site.manage("shell", "-c", code)
    line.keep.add("read")  # what this page has seen is new on the other, however long that takes to open
    line.mend()
    expect(page.locator("#new + li")).to_contain_text("Away 0")
    fresh = open_page("alice")
    enter(fresh, site)

    def state(of):
        of.mouse.move(5, 5)
        said = [of.locator(each).inner_text() for each in ("#channels", "#pill", "#readers")]
        return said, of.locator("#rows > li").all_inner_texts()

    expect(fresh.locator("#new + li")).to_contain_text("Away 0")
    page.bring_to_front()
    drawn(page)
    said, lines = state(page)
    fresh_said, fresh_lines = state(fresh)
    assert said == fresh_said and "New since then" in said[0] and "The 4 people" in said[2]
    shown = [text for text in lines if text in set(fresh_lines)]
    assert shown == [text for text in fresh_lines if text in set(lines)] and len(shown) > 40
    for each in (page, fresh):
        text = each.locator("#rows").inner_text()
        assert "Robert" in text and "Bob" not in text
        assert "Before 1, changed" in text and "Message removed by its author" in text
