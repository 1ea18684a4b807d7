"""One WebSocket for all tabs: who is let in, which frames go where, and what becomes of all when the tab that has it goes."""

import itertools

import pytest

_OPEN = """
    const { SharedConnection } = await load("chat/js/net/shared.js");
    for (const each of window.before ?? []) each.leave();
    stage.log = [];
    stage.tabs = window.before = given.tabs.map(() => new SharedConnection(given.name));
    stage.ends = [];
    stage.connect = async (n) => {
      const end = (stage.ends[n] = stage.tabs[n].open());
      const who = given.tabs[n];
      end.onopen = () => stage.log.push(`${who} open`);
      end.onmessage = ({ data }) => stage.log.push([who, JSON.parse(data)]);
      end.onclose = ({ code }) => stage.log.push(`${who} closed ${code}`);
    };
"""
names = itertools.count()
HANDED_OVER, DEAD = 4001, 4000


class Browser:
    """Tabs of one session, all in one page; `sockets` of the stage are what the server sees."""

    def __init__(self, stage, tabs="abc"):
        self.stage = stage
        stage.run(_OPEN, {"name": f"shared {next(names)}", "tabs": list(tabs)})

    def run(self, code, given=None):
        return self.stage.run(code, given)

    def connect(self, n):
        self.run("await stage.connect(given)", n)

    def until(self, *log):
        """Wait until the tabs have heard this, in this order, and nothing else; then forget it."""
        self.run("await until(() => stage.log.length >= given)", len(log))
        for _n in range(5):
            self.run("await settled()")
        assert self.run("return stage.log.splice(0)") == list(log)

    def accept(self, n=-1):
        """Let the server take the connection."""
        self.run("await until(() => sockets.at(given)); const s = sockets.at(given); s.readyState = 1; s.onopen()", n)

    def server(self, frame):
        self.run("sockets.at(-1).onmessage({ data: JSON.stringify(given) })", frame)

    def send(self, n, frame):
        """Let a tab send a frame, and return what the server gets of it."""
        before = self.run("return sockets.at(-1).sent.length")
        self.run("stage.ends[given.n].send(JSON.stringify(given.frame))", {"n": n, "frame": frame})
        self.run("await until(() => sockets.at(-1).sent.length > given)", before)
        return self.run("return sockets.at(-1).sent.at(-1)")

    def count(self):
        return self.run("return sockets.filter((each) => !each.isClosed).length")


@pytest.fixture
def tabs(stage):
    browser = Browser(stage)
    browser.connect(0)
    browser.accept()
    browser.until("a open")
    for n, name in ((1, "b"), (2, "c")):
        browser.connect(n)
        browser.until(f"{name} open")
    assert browser.count() == 1
    return browser


def test_an_answer_comes_to_the_tab_that_asked(tabs):
    """A conversation that drops its messages because another one had missed too much, or an order that nobody hears of."""
    sent = [tabs.send(n, {"type": "edit", "body": "x", "ref": "r1"}) for n in range(3)]
    refs = [frame["ref"] for frame in sent]
    assert len(set(refs)) == 3 and sent[0].keys() == {"type", "body", "ref"}
    for n, name in ((2, "c"), (0, "a"), (1, "b")):
        tabs.server({"type": "ok", "ref": refs[n]})
        tabs.until([name, {"type": "ok", "ref": "r1"}])
    ref = tabs.send(1, {"type": "hello", "v": 1})["ref"]
    for answer in ({"type": "ready"}, {"type": "reset", "channel": "x"}):
        tabs.server({**answer, "ref": ref})
        tabs.until(["b", answer])


def test_what_happens_comes_to_all_tabs(tabs):
    """A message that is shown in one of three tabs."""
    for frame in ({"type": "changes", "messages": [{"body": 'he said "ref"'}]}, {"type": "inbox", "count": 1}):
        tabs.server(frame)
        tabs.run("await until(() => stage.log.length >= 3)")
        assert sorted(tabs.run("return stage.log.splice(0)")) == [[name, frame] for name in "abc"]


def test_a_mark_that_one_tab_moved_comes_to_the_others(tabs):
    """A group that one tab shows as read and another as unread, or a mark that jumps under who sets it."""
    ref = tabs.send(1, {"type": "read", "channel": "x", "seq": 3})["ref"]
    tabs.server({"type": "read", "channel": "x", "seq": 3, "ref": ref})
    tabs.run("await until(() => stage.log.length >= 2)")
    assert sorted(tabs.run("return stage.log.splice(0)")) == [[name, {"type": "read", "channel": "x", "seq": 3}] for name in "ac"]


def test_the_end_of_the_connection_is_told_to_all(tabs):
    """A tab that shows a conversation whose reader was signed out."""
    tabs.run("sockets.at(-1).onclose({ code: 4401 })")
    tabs.run("await until(() => stage.log.length >= 3)")
    assert sorted(tabs.run("return stage.log.splice(0)")) == ["a closed 4401", "b closed 4401", "c closed 4401"]


def test_where_the_tab_that_has_it_leaves_the_next_connects_and_lets_all_in(tabs):
    """Silence in all other tabs once the first was closed."""
    tabs.run("stage.ends[0].close(); stage.tabs[0].leave()")
    tabs.run("await until(() => stage.log.length >= 2)")
    assert sorted(tabs.run("return stage.log.splice(0)")) == [f"b closed {HANDED_OVER}", f"c closed {HANDED_OVER}"]
    assert tabs.count() == 0
    tabs.connect(2)
    tabs.connect(1)
    tabs.accept()
    tabs.run("await until(() => stage.log.length >= 2)")
    assert sorted(tabs.run("return stage.log.splice(0)")) == ["b open", "c open"]
    assert tabs.count() == 1


@pytest.mark.parametrize("n", [0, 1])
def test_a_connection_that_one_tab_finds_dead_is_dead_for_all(tabs, n):
    """Tabs that wait for a connection that the server has long forgotten, because the tab that has it asks for nothing."""
    others = [name for m, name in enumerate("abc") if m != n]
    tabs.run("stage.ends[given.n].close(given.code)", {"n": n, "code": DEAD})
    tabs.run("await until(() => stage.log.length >= 2)")
    assert sorted(tabs.run("return stage.log.splice(0)")) == [f"{name} closed 1006" for name in others]
    assert tabs.count() == 0
    tabs.connect(2)
    tabs.accept()
    tabs.until("c open")


def test_a_page_that_rests_is_let_in_again_and_catches_up(tabs):
    """A page that shows what was new before it rested."""
    tabs.run("document.dispatchEvent(new Event('freeze'))")
    tabs.run("await until(() => stage.log.length >= 3)")
    assert sorted(tabs.run("return stage.log.splice(0)")) == [f"{name} closed {HANDED_OVER}" for name in "abc"]
    assert tabs.count() == 0
    tabs.run("document.dispatchEvent(new Event('resume'))")
    for n in range(3):
        tabs.connect(n)
    tabs.accept()
    tabs.run("await until(() => stage.log.length >= 3)")
    assert sorted(tabs.run("return stage.log.splice(0)")) == ["a open", "b open", "c open"]
    assert tabs.count() == 1


def test_where_the_server_is_away_each_tab_is_told(stage):
    """A tab that waits for ever to be let in."""
    browser = Browser(stage)
    for n in range(3):
        browser.connect(n)
    browser.run("await until(() => sockets.length)")
    for _n in range(10):
        browser.run("await settled()")
    browser.run("sockets.at(-1).onclose({ code: 1006 })")
    browser.run("await until(() => stage.log.length >= 3)")
    assert sorted(browser.run("return stage.log")) == ["a closed 1006", "b closed 1006", "c closed 1006"]
