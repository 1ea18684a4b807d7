"""Reading along: the line at what is new, counts, places kept, the keyboard, and a layout that bears everything."""

import datetime as dt
import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.talk import (
    Form,
    box,
    conversation,
    drawn,
    enter,
    live,
    message,
    say,
    second_group,
    sent,
    texts,
)
from tests.browser.watch import axe, holds, no_sideways_scroll

pytestmark = pytest.mark.usefixtures("own_group")


def badge(page):
    return page.locator("#channels [aria-current] .chat-unread > [aria-hidden]")


def new_line(page):
    return page.locator("#new")


def away(page):
    """Leave the conversation, with what was seen in it marked as read."""
    page.keyboard.press("End")
    expect(badge(page)).to_have_count(0)
    page.goto("/help/")


def all_is_kept_as_read(page):
    """Wait until the server knows what was read: a page that is loaded meanwhile shows the line where it stood."""
    loaded = r"(await (await fetch(location.href)).text()).replace(/<template[^]*?<\/template>/g, '')"
    holds(page, f"async () => !{loaded}.includes('id=\"new\"')")


def top_of(page, text):
    return message(page, text).evaluate("element => element.getBoundingClientRect().top")


def test_the_line_stands_at_what_is_new_and_stays_until_escape(open_page, site):
    """A line in the wrong place, one that moves as one reads, and counts that do not fall when one has read."""
    page, bob = enter(open_page("alice"), site), Form(site, "bob")
    bob.say("Read before")
    sent(page, "Read before")
    away(page)
    bob.say("Line one", "Line two")
    page.goto(conversation(site))
    expect(badge(page)).to_have_text("2")
    live(page)
    expect(page.locator("#new + li")).to_contain_text("Line one")
    expect(badge(page)).to_have_count(0)
    bob.say("Line three")
    sent(page, "Line three")
    expect(page.locator("#new + li")).to_contain_text("Line one")
    page.keyboard.press("Escape")
    expect(new_line(page)).to_have_count(0)
    all_is_kept_as_read(page)
    page.reload()
    expect(message(page, "Line three")).to_be_visible()
    expect(new_line(page)).to_have_count(0)


def test_much_that_is_new_opens_at_its_beginning_and_what_end_jumps_over_stays_new(open_page, site):
    """One lands at the newest and has to search for where one was; and twenty messages count as read that never were on the screen."""
    page, bob = open_page("alice"), Form(site, "bob")
    page.clock.install()
    enter(page, site)
    away(page)
    bob.say(*(f"Many {number}" for number in range(1, 31)))
    enter(page, site)
    expect(new_line(page)).to_be_in_viewport()
    expect(message(page, "Many 30")).not_to_be_in_viewport()
    expect(page.locator("#pill")).to_have_text(re.compile(r"\d+ new"))
    page.clock.run_for(1_500)
    left = badge(page).inner_text()
    assert 10 < int(left) < 30
    page.keyboard.press("End")
    expect(message(page, "Many 30")).to_be_in_viewport()
    expect(page.locator("#pill")).to_be_hidden()
    drawn(page)
    page.clock.run_for(2_500)
    expect(badge(page)).to_have_text(left)
    page.locator("#log").hover()
    for _ in range(40):
        if message(page, f"Many {30 - int(left)}").evaluate("each => each.getBoundingClientRect().top > 200"):
            break
        page.mouse.wheel(0, -200)
        drawn(page)
        page.clock.run_for(300)
    page.clock.run_for(2_500)
    expect(badge(page)).to_have_count(0)


def test_what_is_jumped_over_has_the_line_above_it(open_page, site):
    """Who reads above and goes to the newest: what came meanwhile beyond a screen was read, or had no mark by which to find it."""
    page, bob = open_page("alice"), Form(site, "bob")
    page.clock.install()
    bob.say(*(f"Before {number}\n\nin two lines" for number in range(1, 21)))
    enter(page, site)
    page.keyboard.press("Escape")
    expect(badge(page)).to_have_count(0)
    expect(new_line(page)).to_have_count(0)
    page.locator("#log").hover()
    page.mouse.wheel(0, -900)
    drawn(page)
    bob.say(*(f"Meanwhile {number}" for number in range(1, 31)))
    expect(page.locator("#pill")).to_have_text("30 new")
    page.locator("#pill").click()
    expect(message(page, "Meanwhile 30")).to_be_in_viewport()
    page.clock.run_for(2_500)
    expect(badge(page)).to_have_text("30")
    expect(page.locator("#new + li")).to_contain_text("Meanwhile 1")
    page.keyboard.press("Escape")
    expect(badge(page)).to_have_count(0)


def test_after_midnight_today_is_called_yesterday(open_page, site):
    """A page that stands open over night, on which yesterday's words are today's for ever."""
    page = open_page("alice")
    page.clock.install()
    Form(site, "bob").say("Before midnight")
    enter(page, site)
    expect(page.locator(".chat-day").last).to_have_text("Today")
    page.watch.expect("WebSocket is closed")  # to whom a day has passed, the line seems dead
    page.clock.set_system_time(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    page.clock.run_for(61_000)
    expect(page.locator(".chat-day").last).to_have_text("Yesterday")


def test_it_opens_there_before_any_script_could_move_it(open_page, site):
    """The newest was seen first, and jumped away when the scripts had come; without scripts one had to look for the line."""
    away(enter(open_page("alice"), site))
    Form(site, "bob").say(*(f"Unseen {n}\n\nin three\n\nlines" for n in range(10, 22)))
    page = open_page("alice", javascript=False)
    page.goto(conversation(site))
    expect(new_line(page)).to_be_in_viewport()
    expect(message(page, "Unseen 21")).not_to_be_in_viewport()


def test_who_reads_above_is_not_moved(open_page, site):
    """A page that jumps to the newest under one's eyes."""
    page, bob = enter(open_page("alice"), site), Form(site, "bob")
    page.keyboard.press("End")
    bob.say(*(f"Above {number}." for number in range(1, 31)))
    expect(message(page, "Above 30.")).to_be_in_viewport()
    expect(badge(page)).to_have_count(0)
    page.locator("#log").hover()
    page.mouse.wheel(0, -900)
    expect(message(page, "Above 30.")).not_to_be_in_viewport()
    before = top_of(page, "Above 15.")
    bob.say("Far below one", "Far below two")
    expect(page.locator("#pill")).to_have_text("2 new")
    assert abs(top_of(page, "Above 15.") - before) < 2
    page.locator("#pill").click()
    expect(message(page, "Far below two")).to_be_in_viewport()


def test_history_is_loaded_upwards_and_keeps_the_place(open_page, site):
    """Older messages that push what one reads off the screen, or that come twice."""
    channel, author = site.ids["channel"], site.ids["bob"]
    code = f"""
import uuid
from groups.chat.actions import write_many
from groups.chat.commands import Send
for start in (0, 100):
    write_many([Send(uuid.UUID({author!r}), uuid.UUID({channel!r}), uuid.uuid4(), f"Past {{n}}.") for n in range(start, start + 100)])
"""
    page = enter(open_page("alice"), site)
    away(page)
    site.manage("shell", "-c", code)
    enter(page, site)
    page.keyboard.press("End")
    expect(message(page, "Past 199.")).to_be_in_viewport()
    page.locator("#log").hover()
    for _ in range(40):
        page.mouse.wheel(0, -1_500)
        drawn(page)
        expect(page.locator("#edge")).not_to_contain_text("Loading")
        if message(page, "Past 0.").count():
            break
    expect(message(page, "Past 0.")).to_have_count(1)
    shown = texts(page, r"^Past \d+\.$")
    assert shown == [f"Past {number}." for number in range(200)]


def test_unread_of_another_group_is_counted_live(open_page, site):
    """A list that knows of another group's news only after a reload, or counts what is gone, who came and one's own words.

    Or one that does not count what came back.
    """
    page = enter(open_page("alice"), site)
    other = second_group(site)
    link = page.locator("#channels a").filter(has_text="Early birds")
    expect(link).to_be_visible()
    expect(link.locator(".chat-unread")).to_have_count(0)
    bob = Form(site, "bob")
    bob.post(f"/chat/{other}/send/", body="Good morning")
    expect(link.locator("[aria-hidden]")).to_have_text("1")
    Form(site, "alice").post(f"/chat/{other}/send/", body="My own, from elsewhere")
    bob.post(f"/chat/{other}/send/", body="Not for long")
    expect(link.locator("[aria-hidden]")).to_have_text("2")
    [(pk,)] = site.sql("select id from chat_message where body = 'Not for long'")
    bob.post(f"/chat/{other}/{uuid.UUID(str(pk))}/delete/")
    expect(link.locator("[aria-hidden]")).to_have_text("1")
    bob.post(f"/chat/{other}/{uuid.UUID(str(pk))}/bring-back/")
    expect(link.locator("[aria-hidden]")).to_have_text("2")
    bob.post(f"/chat/{other}/{uuid.UUID(str(pk))}/delete/")
    expect(link.locator("[aria-hidden]")).to_have_text("1")
    page.reload()
    expect(link.locator("[aria-hidden]")).to_have_text("1")
    live(page)
    expect(link.locator("[aria-hidden]")).to_have_text("1")
    link.click()
    expect(page.get_by_role("heading", name="Early birds")).to_be_focused()
    expect(badge(page)).to_have_count(0)


def test_a_message_can_be_marked_unread_and_stays_so(open_page, site):
    """A mark that the next glance takes away, or that another device does not hear of."""
    Form(site, "bob").say("Answer me later")
    page, phone = open_page("alice"), enter(open_page("alice"), site)
    page.clock.install()
    for each in (enter(page, site), phone):
        each.keyboard.press("End")
        expect(badge(each)).to_have_count(0)
    phone.goto("/help/")
    target = message(page, "Answer me later")
    target.hover()
    target.locator(".chat-menu > summary").click()
    target.get_by_role("button", name="Mark unread from here").click()
    expect(page.locator("#new + li")).to_contain_text("Answer me later")
    drawn(page)
    page.clock.run_for(1_500)
    expect(badge(page)).to_have_text("1")
    phone.goto(conversation(site))
    expect(phone.locator("#new + li")).to_contain_text("Answer me later")


def test_what_is_marked_unread_on_one_device_stays_so_on_another_that_shows_it(open_page, site):
    """A second screen that stands open, and takes the mark away again because it shows the message."""
    Form(site, "bob").say("For tomorrow")
    page, second = open_page("alice"), open_page("alice")
    for each in (page, second):
        each.clock.install()
        enter(each, site)
    for each in (page, second):
        each.keyboard.press("End")
        expect(badge(each)).to_have_count(0)
    target = message(page, "For tomorrow")
    target.hover()
    target.locator(".chat-menu > summary").click()
    target.get_by_role("button", name="Mark unread from here").click()
    expect(second.locator("#new + li")).to_contain_text("For tomorrow")
    for each in (page, second):
        drawn(each)
        each.clock.run_for(1_500)
    for each in (page, second):
        expect(badge(each)).to_have_text("1")
    second.keyboard.press("Escape")
    expect(badge(page)).to_have_count(0)


def test_the_talk_by_keyboard_alone(open_page, site):
    """A message, a menu or the box that only a mouse reaches."""
    page = enter(open_page("alice"), site)
    expect(page.get_by_role("heading", name="Tuesday evening")).to_be_focused()
    page.keyboard.press("F6")
    page.keyboard.press("F6")
    expect(page.locator("#log")).to_be_focused()
    page.keyboard.press("F6")
    expect(box(page)).to_be_focused()
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    sent(page, "By hand")
    expect(box(page)).to_be_focused()
    page.keyboard.press("Shift+F6")
    page.keyboard.press("ArrowUp")
    expect(message(page, "By hand")).to_be_focused()
    for _ in range(3):  # past Reply and React
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(message(page, "By hand").get_by_role("button", name="Heart")).to_be_focused()
    page.keyboard.press("Escape")
    expect(message(page, "By hand").locator(".chat-menu > summary")).to_be_focused()
    page.keyboard.press("Escape")
    expect(box(page)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.type(" and heart")
    page.keyboard.press("Enter")
    expect(message(page, "By hand and heart")).to_contain_text("edited")
    expect(box(page)).to_have_value("")


def test_somebody_blocked_is_folded_and_can_be_shown(open_page, site):
    """A block that the live page does not keep, or that leaves a hole in the talk."""
    page, faye = enter(open_page("bob"), site), Form(site, "faye")
    faye.say("Words from Faye")
    target = message(page, "Words from Faye")
    target.hover()
    target.locator(".chat-menu > summary").click()
    axe(page)
    target.get_by_role("button", name="Block Faye").click()
    expect(page.get_by_text("You've blocked Faye.")).to_be_visible()
    expect(page).to_have_url(re.compile(f"{conversation(site)}$"))
    live(page)
    no_sideways_scroll(page)
    faye.say("More from Faye")
    folded = page.locator("#rows > li").filter(has_text="A message from someone you blocked").last
    expect(folded.locator(".chat-body")).to_be_hidden()
    folded.locator(".chat-blocked > summary").click()
    expect(folded.locator(".chat-body")).to_be_visible()
    axe(page)


def test_a_zone_that_the_browser_does_not_know_stops_nothing(open_page, site):
    """A conversation whose script ends at its first line without a word, since the reader's zone is newer than their browser."""
    page = open_page("alice")
    page.add_init_script("""
        const { DateTimeFormat } = Intl;
        Intl.DateTimeFormat = function (language, options) {
          if (options?.timeZone && options.timeZone !== "UTC") throw new RangeError(`Invalid time zone specified: ${options.timeZone}`);
          return new DateTimeFormat(language, options);
        };
    """)
    Form(site, "bob").say("Written before")
    page.goto(conversation(site))
    written = message(page, "Written before").locator("time").inner_text()
    live(page)
    say(page, "Written here")
    sent(page, "Written here")
    expect(message(page, "Written before").locator("time")).to_have_text(written)
    expect(page.locator(".chat-day")).to_have_text("Today")
