"""What is new, live on every page: over one connection of a browser, whatever becomes of the tab that has it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.leaving import own_session
from tests.browser.plain import Chromium
from tests.browser.talk import enter, live, message, say, until
from tests.browser.watch import holds
from tests.sites import Site

PAGES = ["/today/", "/groups/", "/library/", "/me/", "/today/", "/groups/", "/library/", "/me/", "/today/", "/groups/"]
SHELL = """
import uuid
from community.members.models import User
from community.notifications import actions, expansion
from groups.chat import actions as chat
alice, bob = (User.objects.get(email=name + "@example.org") for name in ("alice", "bob"))
actions.mark_all_read(alice)
actions.mark_all_read(bob)
"""
SAY = """
chat.send(member={by}, channel=uuid.UUID("{channel}"), client_id=uuid.uuid4(), body={body!r})
expansion.run()
"""
LOCKS = """async () => {
  const { held, pending } = await navigator.locks.query();
  return [...held, ...pending].filter(({ name }) => name.startsWith("tabs ")).length;
}"""
LEADER = "navigator.locks.query().then(({ held }) => held.find(({ name }) => name.startsWith('tabs '))?.clientId)"
NEW, SOME, NONE = re.compile(r"^\(1\) "), re.compile(r"^\([12]\) "), re.compile(r"^(?!\()")
pytestmark = pytest.mark.usefixtures("own_group")


def read_all(site: Site) -> None:
    site.manage("shell", "--verbosity=0", "-c", SHELL)


def mention(site: Site, whom: str = "Bob", by: str = "alice") -> None:
    """Let one notification be all that is new to this person."""
    code = SHELL + SAY.format(by=by, channel=site.ids["channel"], body=f"Are you there, @{whom}?")
    site.manage("shell", "--verbosity=0", "-c", code)


def open_sockets(context):
    """Return a function that lists the connections of the pages that are open."""
    found = []
    context.on("page", lambda page: page.on("websocket", lambda socket: found.append((page, socket))))
    return lambda: [socket for page, socket in found if not page.is_closed() and not socket.is_closed()]


def test_ten_tabs_have_one_connection_and_all_show_what_is_new(open_page, site):
    """A sixth tab that pushes out the first, and a number that is right on one tab alone. A conversation's own connection serves all."""
    first = open_page("bob")
    read_all(site)
    sockets = open_sockets(first.context)
    pages = [first.context.new_page() for _path in PAGES]
    for page, path in zip(pages, PAGES, strict=True):
        page.goto(path)
        expect(page).to_have_title(NONE)
    mention(site)
    for page in pages:
        expect(page).to_have_title(NEW)
    assert len(sockets()) == 1
    talking = enter(first.context.new_page(), site)
    read_all(site)
    for page in pages:
        expect(page).to_have_title(NONE)
    assert len(sockets()) == 1, "a conversation shares it"
    talking.close()
    mention(site)
    for page in pages:
        expect(page).to_have_title(NEW)
    assert len(sockets()) == 1


def test_six_conversations_of_a_browser_talk_over_one_connection(open_page, site):
    """A sixth that pushes out the first, and what only one of them knows of or is lost where another tab takes over."""
    first = open_page("bob")
    sockets = open_sockets(first.context)
    pages = [enter(first.context.new_page(), site) for _n in range(6)]
    assert len(sockets()) == 1
    alice = enter(open_page("alice"), site)
    say(alice, "Is anybody there?")
    for page in pages:
        expect(message(page, "Is anybody there?")).to_have_count(1)
    for n, page in enumerate(pages):
        say(page, f"From tab {n}.")
        expect(message(alice, f"From tab {n}.")).to_have_count(1)
    last = pages[-1]
    for leader in pages[:3]:
        leader.close()
        say(last, "Said while another tab takes over.")
        until(last, lambda: len(sockets()) == 1)
    for page in (last, pages[-2], alice):
        expect(message(page, "Said while another tab takes over.")).to_have_count(3)
        expect(message(page, "From tab 5.")).to_have_count(1)
        live(page)


def test_where_the_tab_that_has_the_connection_is_closed_the_next_has_one(open_page, site):
    """Silence in all tabs, for as long as they are open."""
    one = open_page("bob")
    read_all(site)
    one.goto("/today/")
    holds(one, LOCKS)
    two = one.context.new_page()
    two.goto("/groups/")
    expect(two).to_have_title(NONE)
    one.close()
    mention(site)
    expect(two).to_have_title(NEW)


def test_nobody_hears_on_after_signing_out_in_one_tab_nor_what_is_anothers(open_page, site):
    """What is new to whoever signs in next, in a tab of whoever was there before."""
    page = open_page()
    own_session(page, "bob")
    read_all(site)
    other = page.context.new_page()
    other.goto("/me/")
    holds(other, LOCKS)
    page.locator("summary", has_text="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/today/" not in url)
    holds(other, f"async () => !(await ({LOCKS})())")
    before = other.title()
    own_session(page, "alice")
    mention(site, "Alice", by="bob")
    expect(page).to_have_title(SOME)  # the mention, and perhaps by now that she signed in in this browser
    expect(other).to_have_title(before)


@pytest.mark.parametrize(
    ("path", "shown"), [("/today/", "Tuesday evening 1"), ("/groups/", "Are you there, @Bob?"), ("/inbox/", "Alice mentioned you")]
)
def test_a_list_that_is_open_changes_with_what_is_new(open_page, site, path, shown):
    """A page that says "nothing new" beside a number that says otherwise."""
    page = open_page("bob")
    read_all(site)
    page.goto(path)
    holds(page, LOCKS)
    main = page.locator("main")
    expect(main).not_to_contain_text(shown)
    page.evaluate("window.isTheSame = true")
    mention(site)
    expect(main).to_contain_text(shown)
    assert page.evaluate("window.isTheSame"), "without loading the page anew"


def test_a_tab_that_is_frozen_hands_over(site):
    """Silence in all tabs, because the one that has the connection keeps it and does nothing."""
    read_all(site)
    with Chromium(site.url(), site.cookie("bob")) as browser:
        one = browser.open("/today/")
        one.until(f"({LOCKS})()")
        two = browser.open("/groups/")
        two.until(f"({LOCKS})().then((locks) => locks === 2)")
        one.run("window.ticks = 0, setInterval(() => window.ticks++, 20)")
        one.until("window.ticks > 5")
        led = two.run(LEADER)
        one.freeze()
        before = one.run("window.ticks")
        two.until(f"{LEADER}.then((leader) => leader && leader !== {led!r})", within=2)
        mention(site)
        two.until("document.title.startsWith('(1) ')")
        assert one.run("window.ticks") == before, "it was not frozen"
        one.wake()
        one.until(f"({LOCKS})().then((locks) => locks === 2)")
        one.until("document.title.startsWith('(1) ')")
        read_all(site)
        for tab in (one, two):
            tab.until("!document.title.startsWith('(')")
