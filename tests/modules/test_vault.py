"""What is kept in the browser: sealed, of this session alone, taken over by one page when another goes, and gone when it ends."""

import base64

import pytest

KEY, OTHER, FORMER = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2, 3))
ITEM = {"body": "Words of mine", "channel": "c"}
_BEGIN = """
    await new Promise((resolve) => (indexedDB.deleteDatabase("kept").onsuccess = resolve));
    const { Vault } = await load("chat/js/net/vault.js");
    stage.open = async (...keys) => {
      const vault = await Vault.open(keys);
      const taken = [];
      return { vault, taken, look: (wants = () => true) => vault.adopt(wants, (found) => taken.push(...found.map(({ item }) => item))) };
    };
    stage.records = async () => {
      const answer = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
      const database = await answer(indexedDB.open("kept"));
      const records = await answer(database.transaction("kept").objectStore("kept").getAll());
      database.close();
      return records;
    };
    stage.count = async () => (await stage.records()).length;
"""


@pytest.fixture
def vaults(stage):
    """The stage with an empty database, and `stage.open(key, …)`, which gives a page's vault of its own."""
    stage.run(_BEGIN)
    yield stage
    stage.run("for (const { vault } of stage.opened ?? []) vault.close()")


def test_what_a_page_that_goes_has_left_is_taken_over_once(vaults):
    """The same message sent by two tabs, or by none when its own is closed."""
    code = """
        const [first, second, third] = [await stage.open(given.key), await stage.open(given.key), await stage.open(given.key)];
        stage.opened = [second, third];
        await first.vault.keep(given.item);
        await second.look();
        await third.look();
        const before = [second.taken.length, third.taken.length];
        first.vault.close();
        await until(() => second.taken.length + third.taken.length);
        await second.look();
        await third.look();
        return [before, [...second.taken, ...third.taken], await stage.count()];
    """
    assert vaults.run(code, {"key": KEY, "item": ITEM}) == [[0, 0], [ITEM], 1]


def test_only_what_is_wanted_is_taken_over(vaults):
    """Old words of another conversation, taken by a page that will never ask about them."""
    code = """
        const [first, second] = [await stage.open(given.key), await stage.open(given.key)];
        stage.opened = [second];
        await first.vault.keep({ n: 1 });
        await first.vault.keep({ n: 2 });
        first.vault.close();
        await second.look(({ n }) => n === 2);
        await until(() => second.taken.length);
        return [second.taken, await stage.count()];
    """
    assert vaults.run(code, {"key": KEY}) == [[{"n": 2}], 2]


def test_what_is_given_up_is_anybody_s(vaults):
    """A message that waits with a page that will not send it."""
    code = """
        const [first, second] = [await stage.open(given.key), await stage.open(given.key)];
        stage.opened = [first, second];
        const number = await first.vault.keep(given.item);
        await first.vault.giveUp(given.item, number);
        await second.look();
        return [second.taken, await stage.count()];
    """
    assert vaults.run(code, {"key": KEY, "item": ITEM}) == [[ITEM], 1]


@pytest.mark.parametrize(
    ("seals", "opens", "taken"),
    [([KEY], [KEY], [ITEM]), ([KEY], [OTHER, KEY], [ITEM]), ([KEY], [OTHER], []), ([KEY], [OTHER, FORMER], []), ([OTHER, KEY], [KEY], [])],
)
def test_only_a_key_of_this_session_opens_it_and_all_else_is_deleted(vaults, seals, opens, taken):
    """The words of who sat here before, shown to or kept for who sits here now; or one's own lost when the key was changed."""
    code = """
        const first = await stage.open(...given.seals);
        await first.vault.keep(given.item);
        first.vault.close();
        const second = await stage.open(...given.opens);
        stage.opened = [second];
        await second.look();
        if (given.taken.length) await until(() => second.taken.length);
        return [second.taken, await stage.count()];
    """
    assert vaults.run(code, {"seals": seals, "opens": opens, "taken": taken, "item": ITEM}) == [taken, len(taken)]


@pytest.mark.parametrize(("length", "size"), [(1, 1_040), (900, 1_040), (1_000, 2_064), (1_900, 2_064)])
def test_what_is_kept_tells_neither_words_nor_length(vaults, length, size):
    """Words, names, ids or the length of a text in a browser that others use."""
    code = """
        const first = await stage.open(given.key);
        stage.opened = [first];
        await first.vault.keep({ body: "x".repeat(given.length) });
        const [record] = await stage.records();
        const letters = new TextDecoder("latin1").decode(record.sealed);
        return [Object.keys(record).sort(), record.iv.length, record.sealed.byteLength, /xxx|body/.test(letters)];
    """
    assert vaults.run(code, {"key": KEY, "length": length}) == [["iv", "sealed"], 12, size, False]


def test_the_same_is_never_sealed_alike(vaults):
    """Two messages that can be seen to say the same."""
    code = """
        const first = await stage.open(given.key);
        stage.opened = [first];
        await first.vault.keep(given.item);
        await first.vault.keep(given.item);
        const [one, two] = (await stage.records()).map(({ iv, sealed }) => [...iv, ...new Uint8Array(sealed)].join());
        return one === two;
    """
    assert vaults.run(code, {"key": KEY, "item": ITEM}) is False


def test_under_a_number_one_stands(vaults):
    """Two kept messages for one, or another deleted in its place."""
    code = """
        const [first, second] = [await stage.open(given), await stage.open(given)];
        stage.opened = [second];
        const number = await first.vault.keep({ n: 1 });
        const same = await first.vault.keep({ n: 2 }, number);
        const other = await first.vault.keep({ n: 3 });
        await first.vault.keep({ n: 4 });
        await first.vault.drop(other);
        first.vault.close();
        await second.look();
        await until(() => second.taken.length);
        return [number === same, other === number, second.taken];
    """
    assert vaults.run(code, KEY) == [True, False, [{"n": 2}, {"n": 4}]]


def test_after_the_session_nothing_is_there(vaults):
    """Words that wait for whoever opens this browser next."""
    code = """
        const [first, second] = [await stage.open(given), await stage.open(given)];
        await first.vault.keep({ n: 1 });
        await second.vault.keep({ n: 2 });
        await first.vault.wipe();
        second.vault.close();
        return stage.count();
    """
    assert vaults.run(code, KEY) == 0


@pytest.mark.parametrize("broken", ["indexedDB.open", "crypto.subtle.importKey"])
def test_where_no_place_is_safe_there_is_none(vaults, broken):
    """A page that stands still in a browser without a database, or that keeps words unsealed there."""
    code = f"""
        const {{ Vault }} = await load("chat/js/net/vault.js");
        {broken} = () => {{ throw new Error() }};
        try {{ return await Vault.open([given]); }}
        finally {{ delete indexedDB.open; delete crypto.subtle.importKey; }}
    """
    assert vaults.run(code, KEY) is None
