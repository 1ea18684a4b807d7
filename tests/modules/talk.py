"""A store that is taken through a table of steps, and what it holds and has told afterwards."""

from typing import Any

from tests.modules.stage import Stage

_BEGIN = """
    const { Store } = await load("chat/js/model/store.js");
    const store = new Store(given);
    const types = ["arrived", "returned", "stored", "unread", "typing", "refused", "stale", "gone", "passed", "quoted", "forgotten"];
    stage = { store, heard: hears(store, ...types), sent: [], hasLine: true, calls: [] };
    store.send = (frame) => stage.hasLine && Boolean(stage.sent.push(frame));
"""
_STEPS = """
    const { store, calls } = stage;
    const call = (act) => {
      const at = calls.push("waits") - 1;
      act().then(() => (calls[at] = "done"), ({ message }) => (calls[at] = message));
    };
    const steps = {
      take: (frame) => store.take(frame),
      older: () => call(() => store.older()),
      newer: () => call(() => store.newer()),
      go: (seq) => call(() => store.goTo(seq)),
      newest: () => call(() => store.goToNewest()),
      at: (places) => call(() => store.at(places).then((rows) => (stage.found = rows))),
      answer: (page, status) => answer(page, status),
      trim: (seq) => store.trim(seq),
      read: (seq, back) => store.markRead(seq, back),
      line: (hasLine) => (stage.hasLine = hasLine),
      hello: () => stage.sent.push(store.hello()),
      reads: (seq) => (store.reading = () => seq),
    };
    for (const [name, ...more] of given) {
      await steps[name](...more);
      await settled();
    }
    const { seq, version, read, unread } = store.here;
    return {
      seqs: store.rows.map((row) => row.seq),
      bodies: store.rows.map(({ body }) => body),
      versions: store.rows.map((row) => row.version),
      first: store.first, last: store.last, more: store.more, attached: store.attached, cursor: store.cursor,
      seq, version, read, unread,
      members: [...store.members].sort(), leads: [...store.facilitators].sort(),
      names: Object.fromEntries([...store.people].map(([id, { name }]) => [id, name])),
      channels: Object.fromEntries(store.channels),
      found: stage.found?.map((row) => row.seq),
      told: stage.heard, kinds: stage.heard.map(([kind]) => kind), sent: stage.sent,
      asked: asked.map(({ url }) => url), calls,
    };
"""


class Talk:
    """One store on the stage: `after(*steps)` takes it on, and gives what it knows then."""

    def __init__(self, stage: Stage, page: dict[str, Any]) -> None:
        self.stage = stage
        stage.run(_BEGIN, page)

    def after(self, *steps: tuple[Any, ...]) -> dict[str, Any]:
        return self.stage.run(_STEPS, [list(step) for step in steps])

    def proves(self, steps: list[tuple[Any, ...]], expected: dict[str, Any]) -> None:
        """Take the steps, and compare what is expected with what is so."""
        known = self.after(*steps)
        assert {name: known[name] for name in expected} == expected
