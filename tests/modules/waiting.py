"""An outbox on the stage, between a connection and a vault that do as they are told."""

MINUTE = 60_000
_BEGIN = """
    const { Outbox } = await load("chat/js/net/outbox.js");
    const connection = {
      live: given.live, sent: [], asked: [], waiting: [],
      send(frame) { return this.live && Boolean(this.sent.push(frame)); },
      ask(frame) { return new Promise((resolve, reject) => (this.asked.push(frame), this.waiting.push({ resolve, reject }))); },
    };
    const vault = {
      log: [], left: [],
      keep: async (item, number) => (vault.log.push(["keep", number ?? null, item]), number ?? vault.log.length),
      drop: async (number) => void vault.log.push(["drop", number]),
      giveUp: async (item, number) => void vault.log.push(["give up", number, item.body]),
      adopt: async (wants, take) => {
        const found = vault.left.filter(({ item }) => wants(item));
        vault.left = vault.left.filter((each) => !found.includes(each));
        if (found.length) take(found);
      },
      wipe: async () => void vault.log.push(["wipe"]),
      close: () => vault.log.push(["close"]),
    };
    for (const { age, ...item } of given.left ?? []) vault.left.push({ number: item.number, item: { ...item.item, at: Date.now() - age } });
    stage = { connection, vault, changed: 0, adopted: 0 };
    stage.outbox = new Outbox({
      channel: "c", connection, vault: Promise.resolve(given.vault === false ? null : vault),
      isStored: ({ client_id }) => (given.stored ?? []).includes(client_id),
      onchange: () => stage.changed++, onadopted: () => stage.adopted++,
    });
    await settled();
"""
_STEPS = """
    const { outbox, connection, vault } = stage;
    const at = (n) => outbox.items[n];
    const steps = {
      add: (...words) => outbox.add(...words),
      stored: (n) => outbox.settle(at(n).client_id),
      strange: () => outbox.settle("nobody's"),
      refused: (n, error) => outbox.refused({ client_id: at(n).client_id, detail: "No.", ...error }),
      line: (live) => ((connection.live = live), outbox.connectionChanged()),
      again: (n) => outbox.again(at(n)),
      forget: (n) => outbox.forget(at(n)),
      end: (everything) => outbox.end(everything),
      change: (n, body) => void outbox.change(at(n), body).catch(() => {}),
      remove: (n) => outbox.remove(at(n)),
      hold: (n) => outbox.hold(at(n)),
      release: (n) => outbox.release(at(n)),
      ok: () => connection.waiting.shift().resolve(),
      no: (code) => connection.waiting.shift().reject(code ? { code, detail: "No." } : new Error("the connection broke")),
      late: () => outbox.settle(connection.asked[0].client_id),
      left: (number, item) => vault.left.push({ number, item: { at: Date.now(), reply_to: null, ...item } }),
      pump: () => outbox.pump(),
      look: () => outbox.look(),
    };
    stage.sameId = at(0)?.client_id;
    for (const [name, ...more] of given) {
      await steps[name](...more);
      await settled();
    }
    return {
      bodies: outbox.items.map(({ body }) => body), states: outbox.items.map(({ state }) => state),
      whys: outbox.items.map(({ why }) => why), answers: outbox.items.map(({ reply_to }) => reply_to),
      here: outbox.here.map(({ body }) => body),
      atRisk: outbox.atRisk.map(({ body }) => body), sent: connection.sent.map(({ body }) => body), frames: connection.sent,
      ids: connection.sent.map(({ client_id }) => client_id), isSameId: at(0)?.client_id === stage.sameId,
      asked: connection.asked.map(({ type, body }) => (body ? `${type} ${body}` : type)),
      one: new Set([...connection.sent, ...connection.asked].map(({ client_id }) => client_id)).size < 2,
      vault: vault.log, did: vault.log.map(([what]) => what), ...{ changed: stage.changed, adopted: stage.adopted },
    };
"""


class Waiting:
    """One outbox on the stage, between a line and a vault that do as they are told."""

    def __init__(self, stage, *, live=True, **more):
        self.stage = stage
        stage.run(_BEGIN, {"live": live, **more})

    def after(self, *steps):
        return self.stage.run(_STEPS, [list(step) for step in steps])


def add(*bodies):
    return [("add", body) for body in bodies]


def item(body, **more):
    return {"client_id": f"number-{body}", "channel": "c", "body": body, "reply_to": None, **more}


def left(number, body, age=0, **more):
    return {"number": number, "age": age, "item": item(body, **more)}
