"""One tab leads: which, when another takes its place, and what all of them hear."""

import itertools

import pytest

_OPEN = """
    const { Tabs } = await load("chat/js/net/tabs.js");
    for (const each of window.before ?? []) each.leave();
    const log = (stage.log = []);
    stage.heard = [];
    const given_to = (who) => ({
      onlead: () => log.push(`${who} leads`),
      onrest: () => log.push(`${who} rests`),
      onhear: (said) => stage.heard.push([who, said]),
    });
    stage.tabs = window.before = given.tabs.map((who) => new Tabs({ name: given.name, ...given_to(who) }));
"""
names = itertools.count()


class Browser:
    """Tabs of one session, all in one page: the browser's locks and channels don't mind."""

    def __init__(self, stage, tabs="abc"):
        self.stage = stage
        self.name = f"session {next(names)}"
        stage.run(_OPEN, {"name": self.name, "tabs": list(tabs)})

    def do(self, what, n):
        self.stage.run(f"stage.tabs[given].{what}", n)

    def until(self, *log):
        """Wait until the tabs have done this, all in all and in this order."""
        self.stage.run("await until(() => stage.log.length >= given)", len(log))
        assert self.stage.run("await settled(); return stage.log") == list(log)

    def event(self, name, **properties):
        target = "document" if name in ("freeze", "resume", "visibilitychange") else "window"
        self.stage.run(f"{target}.dispatchEvent(Object.assign(new Event('{name}'), given))", properties)

    def settle(self):
        """Let what the tabs say to each other arrive."""
        self.stage.run("for (let n = 0; n < 20; n++) await settled()")


@pytest.fixture
def tabs(stage):
    browser = Browser(stage)
    for n in range(3):
        browser.do("enter()", n)
    browser.until("a leads")
    return browser


def test_one_leads_and_the_next_where_it_leaves(tabs):
    """Two connections of one browser, or none after the tab that had it was closed."""
    tabs.do("leave()", 0)
    tabs.until("a leads", "a rests", "b leads")
    tabs.do("leave()", 2)
    tabs.do("leave()", 1)
    tabs.until("a leads", "a rests", "b leads", "c rests", "b rests")
    tabs.do("enter()", 2)
    tabs.until("a leads", "a rests", "b leads", "c rests", "b rests", "c leads")


def test_all_others_hear_what_one_says(tabs):
    """A word that some of them miss, or that comes back to who said it."""
    tabs.stage.run("stage.tabs[1].say({ word: 1 }); await until(() => stage.heard.length >= 2)")
    assert sorted(tabs.stage.run("return stage.heard")) == [["a", {"word": 1}], ["c", {"word": 1}]]


def test_a_leader_that_hangs_is_replaced_after_three_seconds(stage):
    """Nobody hears anything, and nothing says why: the tab that leads is there, and does nothing."""
    browser = Browser(stage, "a")
    hang = "(taken) => navigator.locks.request(given, () => (taken(), new Promise(() => {}))).catch(() => {})"
    stage.run(f"await new Promise({hang})", f"tabs {browser.name}")
    browser.do("enter()", 0)
    stage.wait(2_999)
    assert stage.run("await settled(); return stage.log") == []
    stage.wait(1)
    browser.until("a leads")


def test_a_leader_that_beats_is_left_alone(tabs):
    """Tabs that rob each other in turn."""
    for _second in range(8):
        tabs.stage.wait(1_000)
        tabs.settle()
    tabs.until("a leads")


def test_who_is_robbed_waits_for_its_turn(tabs):
    """Two that lead, after one of them hung for a while."""
    steal = "await navigator.locks.request(given, { steal: true }, () => new Promise((done) => (stage.done = done)))"
    tabs.stage.run(f"stage.stolen = (async () => {{ {steal} }})(); await until(() => stage.log.length >= 2)", f"tabs {tabs.name}")
    tabs.until("a leads", "a rests")
    tabs.stage.run("stage.done(); await until(() => stage.log.length >= 3)")
    assert tabs.stage.run("return stage.log[2]").endswith("leads")


@pytest.mark.parametrize(("goes", "comes", "properties"), [("freeze", "resume", {}), ("pagehide", "pageshow", {"persisted": True})])
def test_a_page_that_rests_lets_go_and_comes_back(stage, goes, comes, properties):
    """A page in the browser's memory that keeps the connection from all others, or that comes back deaf."""
    browser = Browser(stage, "a")
    browser.do("enter()", 0)
    browser.until("a leads")
    browser.event(goes, **properties)
    browser.until("a leads", "a rests")
    browser.event(comes, **properties)
    browser.until("a leads", "a rests", "a leads")


def test_sessions_do_not_hear_each_other(stage):
    """What is another person's, on a page that was open before they signed in."""
    one = Browser(stage, "a")
    one.do("enter()", 0)
    one.until("a leads")
    two = Browser(stage, "b")
    two.do("enter()", 0)
    two.until("b leads")
