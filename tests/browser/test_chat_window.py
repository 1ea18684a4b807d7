"""A long channel on the screen: a bounded stretch of it, which moves with the reader and never under their eyes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, Line, box, conversation, drawn, enter, live, message, read_by, say, sent
from tests.browser.watch import axe

MANY = 1_200
BOUND = 300
FILL = """
import datetime as dt, uuid
from django.utils import timezone
from community.members.models import User
from groups.chat.models import Channel, Message, Participant
channel = Channel.objects.get(pk={channel!r})
authors = [User.objects.get(pk=id) for id in {authors!r}]
begin, first = timezone.now() - dt.timedelta(minutes={many} * 3), channel.seq + 1
Message.objects.bulk_create(
    [
        Message(
            channel=channel, seq=n, version=channel.version + 1 + n - first, author=authors[n % 2], client_id=uuid.uuid4(),
            body=f"Line {{n}}. " + "And more words. " * (n % 7), html=f"<p>Line {{n}}. " + "And more words. " * (n % 7) + "</p>",
            body_fingerprint="", sent_at=begin + dt.timedelta(minutes=3 * (n - first)),
        )
        for n in range(first, first + {many})
    ],
    batch_size=2_000,
)
Channel.objects.filter(pk=channel.pk).update(seq=first + {many} - 1, version=channel.version + {many})
Participant.objects.filter(channel=channel).update(read_seq=first + {many} - 1)
"""


def fill(site, many):
    """Put `many` messages into the channel, all read, without the wait that writing them would be."""
    site.manage("shell", "-c", FILL.format(channel=site.ids["channel"], authors=[site.ids["bob"], site.ids["faye"]], many=many))


@pytest.fixture(scope="module")
def site(site):
    fill(site, MANY)
    return site


def head(site):
    return site.sql("select max(seq) from chat_message")[0][0]


def read_up_to(site, name, seq):
    site.sql("update chat_participant set read_seq = %s where member_id = %s", seq, site.ids[name].replace("-", ""))


@pytest.fixture(autouse=True)
def _all_read(site):
    read_up_to(site, "alice", head(site))


def places(page):
    """The places on the screen's list; a hole between them is a fault, whatever is going on, and so are too many."""
    found = page.evaluate("[...document.querySelectorAll('#rows > li[id^=m]')].map((item) => Number(item.id.slice(1)))")
    assert found == list(range(found[0], found[0] + len(found))), "a hole, or a wrong order"
    assert len(found) <= BOUND
    return found


def wheel(page, by, until):
    """Turn the wheel until `until(places)` holds."""
    page.locator("#log").hover()
    for _ in range(200):
        if until(places(page)):
            return
        page.mouse.wheel(0, by)
        drawn(page)
    pytest.fail(f"never came there: {places(page)[0]} to {places(page)[-1]}")


def top_of(page, seq):
    return page.locator(f"#m{seq}").evaluate("element => element.getBoundingClientRect().top")


def in_the_middle(page):
    """The place of a message in the middle of the log."""
    return page.evaluate(
        """(() => {
            const box = document.getElementById("log").getBoundingClientRect();
            const items = [...document.querySelectorAll("#rows > li[id^=m]")];
            return Number(items.find((item) => item.getBoundingClientRect().top > box.top + box.height / 3).id.slice(1));
        })()"""
    )


def pill(page):
    return page.locator("#pill")


def test_one_scrolls_far_up_and_down_again(open_page, site):
    """Rows that pile up until the page crawls, holes and doubles where pages of history meet, an end that is not found again."""
    page, newest = enter(open_page("alice"), site), head(site)
    wheel(page, -2_500, lambda found: found[0] < newest - 800)
    assert newest not in places(page)
    wheel(page, 2_500, lambda found: found[-1] == newest)
    page.keyboard.press("End")
    expect(page.locator(f"#m{newest}")).to_be_in_viewport()
    expect(pill(page)).to_be_hidden()
    Form(site, "bob").say("At the live end again")
    expect(message(page, "At the live end again")).to_be_in_viewport()


def test_what_arrives_below_a_stretch_is_counted_and_not_drawn(open_page, site):
    """A new message drawn under old ones as if it followed them, or one that nobody hears of."""
    page, newest = enter(open_page("alice"), site), head(site)
    page.goto(f"{conversation(site)}#m{newest - 900}")
    live(page)
    target = page.locator(f"#m{newest - 900}")
    expect(target).to_be_in_viewport()
    expect(target).to_be_focused()
    expect(target).to_have_class(re.compile("is-found"))
    before = top_of(page, newest - 900)
    Form(site, "bob").say("Far below, one", "Far below, two")
    expect(pill(page)).to_have_text("2 new")
    expect(page.locator("#channels [aria-current] .chat-unread > [aria-hidden]")).to_have_text("2")
    assert places(page)[-1] < newest and abs(top_of(page, newest - 900) - before) <= 1
    axe(page)
    pill(page).click()
    expect(message(page, "Far below, two")).to_be_in_viewport()
    expect(pill(page)).to_be_hidden()
    expect(page.locator("#channels [aria-current] .chat-unread")).to_have_count(0)
    places(page)


def test_an_address_leads_to_a_message_and_to_another(open_page, site):
    """A link to an old message that ends at the newest."""
    page, newest = open_page("alice"), head(site)
    page.goto(f"{conversation(site)}?before={newest - 500}#m{newest - 510}")
    live(page)
    expect(page.locator(f"#m{newest - 510}")).to_be_focused()
    page.evaluate(f"location.hash = '#m{newest - 1_000}'")
    expect(page.locator(f"#m{newest - 1_000}")).to_be_focused()
    places(page)
    page.go_back()
    expect(page.locator(f"#m{newest - 510}")).to_be_focused()
    expect(page.locator(f"#m{newest - 510}")).to_be_in_viewport()


def test_far_back_one_lands_at_the_line_and_not_everything_is_loaded(open_page, site):
    """A thousand unread messages loaded to show the first of them."""
    newest = head(site)
    read_up_to(site, "alice", newest - 1_000)
    page = enter(open_page("alice"), site)
    expect(page.locator(f"#new + #m{newest - 999}, #new + .chat-day + #m{newest - 999}")).to_have_count(1)
    expect(page.locator("#new")).to_be_in_viewport()
    assert len(places(page)) <= 150
    expect(pill(page)).to_have_text("99+ new")
    page.keyboard.press("Escape")
    expect(page.locator("#new")).to_have_count(0)
    expect(page.locator("#channels [aria-current] .chat-unread")).to_have_count(0)


def test_what_was_shown_while_the_line_was_looked_for_is_not_read(open_page, site):
    """A slow network: the newest page stands there for a moment, and a thousand messages count as read."""
    newest = head(site)
    read_up_to(site, "alice", newest - 1_000)
    page, held = open_page("alice"), []
    page.clock.install()
    page.route(re.compile("/history/"), lambda route: held.append(route))
    with page.expect_request(re.compile("/history/")):
        enter(page, site)
    drawn(page)
    page.clock.run_for(1_800)
    for route in held:
        route.continue_()
    expect(page.locator("#new")).to_be_in_viewport()
    expect(pill(page)).to_have_text("99+ new")
    assert read_by(site, "alice") < newest - 900


def test_nothing_moves_what_one_reads(open_page, site):
    """A line that jumps under one's eyes: when somebody writes, when older messages load, when one above is changed or removed."""
    page, bob = enter(open_page("alice"), site), Form(site, "bob")
    page.locator("#log").hover()
    page.mouse.wheel(0, -3_000)
    drawn(page)
    expect(page.locator("#edge")).not_to_contain_text("Loading")
    drawn(page)
    read = in_the_middle(page)
    before = top_of(page, read)
    bob.say("Somebody writes", "and writes")
    expect(pill(page)).to_contain_text("new")
    assert abs(top_of(page, read) - before) <= 1
    [(above,)] = site.sql("select id from chat_message where seq = %s", next(n for n in range(read - 6, 0, -1) if n % 2 == 0))
    change = f"""
import uuid
from community.members.models import User
from groups.chat import actions
actions.edit(member=User.objects.get(pk={site.ids["bob"]!r}), message=uuid.UUID({str(above)!r}), body="Longer than before. " * 40)
"""
    site.manage("shell", "-c", change)
    expect(page.locator("#rows").get_by_text("Longer than before.")).to_have_count(1)
    assert abs(top_of(page, read) - before) <= 1
    first = places(page)[0]
    page.evaluate("document.getElementById('log').scrollTop = 500 - document.getElementById('log').scrollHeight")
    read = in_the_middle(page)
    before = top_of(page, read)
    expect(page.locator(f"#m{first - 1}")).to_have_count(1)
    assert abs(top_of(page, read) - before) <= 1


def test_an_older_page_that_could_not_be_loaded_can_be_asked_for_again(open_page, site):
    """A log that ends without a word where the network failed."""
    page = enter(open_page("alice"), site)
    page.watch.expect("ERR_FAILED")
    page.route(re.compile("/history/"), lambda route: route.abort())
    wheel(page, -2_500, lambda _: page.locator("#edge button").count() > 0)
    expect(page.locator("#edge")).to_contain_text("Earlier messages couldn’t be loaded.")
    first = places(page)[0]
    page.unroute(re.compile("/history/"))
    page.locator("#edge button").click()
    expect(page.locator(f"#m{first - 1}")).to_have_count(1)


def test_what_one_writes_from_far_above_is_seen_at_the_end(open_page, site):
    """One's own words that go where one cannot see them."""
    page, newest = open_page("alice"), head(site)
    page.goto(f"{conversation(site)}#m{newest - 700}")
    live(page)
    expect(page.locator(f"#m{newest - 700}")).to_be_in_viewport()
    say(page, "Written from far above")
    sent(page, "Written from far above")
    expect(message(page, "Written from far above")).to_be_in_viewport()
    places(page)


def test_messages_under_a_cover_are_not_read(open_page, site):
    """A message marked as read while a plain page lay over it."""
    page = open_page("alice")
    page.clock.install()
    enter(page, site)
    page.keyboard.press("Alt+Shift+KeyP")
    Form(site, "bob").say("Under the cover")
    sent(page, "Under the cover")
    drawn(page)
    page.clock.run_for(1_500)
    badge = page.locator("#channels [aria-current] .chat-unread > [aria-hidden]")
    expect(badge).to_have_text("1")
    page.keyboard.press("a")
    expect(badge).to_have_count(0)


def test_who_reads_above_when_the_line_breaks_for_long_stays_there(open_page, site):
    """After an hour away: a reader thrown to the newest page, or left with rows of an hour ago."""
    page = open_page("alice")
    line = Line(page)
    enter(page, site)
    newest = head(site)
    page.evaluate(f"location.hash = '#m{newest - 600}'")
    expect(page.locator(f"#m{newest - 600}")).to_be_focused()
    before = top_of(page, newest - 600)
    line.cut()
    fill_code = f"""
import uuid
from community.members.models import User
from groups.chat import actions
from groups.chat.actions import write_many
from groups.chat.commands import Send
from groups.chat.models import Message
channel, bob = uuid.UUID({site.ids["channel"]!r}), User.objects.get(pk={site.ids["bob"]!r})
write_many([Send(bob.pk, channel, uuid.uuid4(), f"While away {{n}}") for n in range(230)])
near = Message.objects.filter(channel=channel, seq__lt={newest - 630}, author=bob).order_by("-seq")
actions.edit(member=bob, message=near[0].pk, body="Changed while away")
actions.delete(member=bob, message=near[1].pk)
"""
    site.manage("shell", "-c", fill_code)
    line.mend()
    expect(page.locator("#rows").get_by_text("Changed while away")).to_have_count(1)
    assert abs(top_of(page, newest - 600) - before) <= 1
    expect(page.locator("#rows").get_by_text("Message removed by its author")).to_have_count(1)
    places(page)
    expect(pill(page)).to_have_text("99+ new")
    box(page).focus()
    page.keyboard.press("End")
    sent(page, "While away 229")
    places(page)
