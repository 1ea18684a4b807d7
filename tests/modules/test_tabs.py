"""One tab leads: which, when another takes its place, and what all of them hear."""

import itertools

import pytest

_OPEN = """
    const { Tabs } = await load("notifications/js/tabs.js");
    for (const each of window.before ?? []) each.leave();
    const log = (stage.log = []);
    const heard = (who) => ({ onlead: () => log.push(`${who} leads`), onquit: () => log.push(`${who} quits`) });
    stage.tabs = window.before = given.tabs.map((who) => new Tabs({ name: given.name, ...heard(who) }));
    document.body.insertAdjacentElement("beforeend", document.createElement("span")).dataset.inbox = "";
"""
names = itertools.count()
versions = itertools.count(10_000)


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
        target = "document" if name in ("freeze", "resume", "leaving", "visibilitychange") else "window"
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
    tabs.until("a leads", "a quits", "b leads")
    tabs.do("leave()", 2)
    tabs.do("leave()", 1)
    tabs.until("a leads", "a quits", "b leads", "b quits")
    tabs.do("enter()", 2)
    tabs.until("a leads", "a quits", "b leads", "b quits", "c leads")


def test_who_is_robbed_quits_and_waits(tabs):
    """Two that lead, after one of them hung for a while."""
    tabs.do("take()", 2)
    tabs.stage.run("await until(() => stage.log.length >= 3)")
    assert sorted(tabs.stage.run("return stage.log")) == ["a leads", "a quits", "c leads"]
    tabs.do("leave()", 2)
    tabs.stage.run("await until(() => stage.log.length >= 5)")
    assert tabs.stage.run("return stage.log.slice(3)") == ["c quits", "b leads"]


def test_all_hear_what_the_leader_was_told_and_who_comes_later_with_the_next_beat(tabs):
    """A number that is right on one of three tabs."""
    listen = """
        stage.said = [];
        stage.heard = new BroadcastChannel(`inbox ${given}`);
        stage.heard.onmessage = ({ data }) => stage.said.push(data);
    """
    tabs.stage.run(listen, tabs.name)
    inbox = {"count": 4, "version": next(versions)}
    tabs.stage.run("stage.tabs[0].tell(given); await until(() => stage.said.length >= 1)", inbox)
    tabs.stage.wait(1_000)
    tabs.stage.run("await until(() => stage.said.length >= 2)")
    assert tabs.stage.run("stage.heard.close(); return stage.said") == [{"inbox": inbox}] * 2
    assert tabs.stage.run("return document.querySelector('[data-inbox]').textContent") == "4"


def test_a_leader_that_hangs_is_replaced_after_three_seconds(stage):
    """Nobody hears anything, and nothing says why: the tab that leads is there, and does nothing."""
    browser = Browser(stage, "a")
    hang = "(taken) => navigator.locks.request(given, () => (taken(), new Promise(() => {}))).catch(() => {})"
    stage.run(f"await new Promise({hang})", f"inbox {browser.name}")
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


@pytest.mark.parametrize(("goes", "comes", "properties"), [("freeze", "resume", {}), ("pagehide", "pageshow", {"persisted": True})])
def test_a_page_that_rests_lets_go_and_comes_back(stage, goes, comes, properties):
    """A page in the browser's memory that keeps the connection from all others, or that comes back deaf."""
    browser = Browser(stage, "a")
    browser.do("enter()", 0)
    browser.until("a leads")
    browser.event(goes, **properties)
    browser.until("a leads", "a quits")
    browser.event(comes, **properties)
    browser.until("a leads", "a quits", "a leads")


@pytest.mark.parametrize("way", ["end", "leave quickly"])
def test_the_end_of_a_session_is_the_end_in_all_tabs(tabs, way):
    """A tab that knocks on with the session of whoever signed in next."""
    if way == "end":
        tabs.do("end()", 1)
    else:
        tabs.event("leaving")
    tabs.until("a leads", "a quits")
    tabs.event("visibilitychange")
    tabs.settle()
    tabs.stage.wait(10_000)
    tabs.until("a leads", "a quits")


def test_where_there_were_too_many_connections_one_comes_back_with_the_person(tabs):
    """A browser that pushes another of the same person out again and again, or that stays without for good."""
    tabs.do("end(true)", 0)
    tabs.settle()
    tabs.stage.wait(10_000)
    tabs.until("a leads", "a quits")
    tabs.event("visibilitychange")
    tabs.stage.run("await until(() => stage.log.length >= 3)")
    assert tabs.stage.run("return stage.log[2]").endswith("leads")


def test_sessions_do_not_hear_each_other(stage):
    """What is another person's, on a page that was open before they signed in."""
    one = Browser(stage, "a")
    one.do("enter()", 0)
    one.until("a leads")
    two = Browser(stage, "b")
    two.do("enter()", 0)
    two.until("b leads")
