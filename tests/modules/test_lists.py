"""The lists beside the talk: my groups with what is new in each, and who takes part."""

import pytest

from tests.modules.rows import channel, handover

_CHANNELS = """
    const { drawChannels } = await load("chat/js/view/channels.js");
    const { Words } = await load("chat/js/model/words.js");
    const list = document.getElementById("channels");
    const store = (channels) => ({ channels: new Map(channels.map((each) => [each.id, each])) });
    const words = new Words(given.page);
    const draw = (channels) => drawChannels({ list, words, store: store(channels), url: (id) => `/chat/${id}/` });
    for (const channels of given.draws) {
      stage.focus = list.querySelector("a");
      stage.focus?.focus();
      draw(channels);
    }
    const shown = (link, part) => link.querySelector(part)?.textContent ?? "";
    return [...list.querySelectorAll("a")].map((link) => [
      ...[shown(link, ".chat-channel-name"), shown(link, ".chat-unread > [aria-hidden]"), shown(link, ".visually-hidden")],
      ...[link.getAttribute("href"), link === document.activeElement],
    ]);
"""


def group(id, name, unread=0):
    return channel(id, name=name, unread=unread)


@pytest.mark.parametrize(
    ("draws", "names"),
    [
        ([[group("a", "Ash")]], "Ash*"),
        ([[group("b", "Birch"), group("a", "Ash")]], "Ash Birch"),
        ([[group("b", "Birch")], [group("b", "Birch"), group("a", "Ash"), group("c", "Cedar")]], "Ash Birch* Cedar"),
        ([[group("a", "Ash"), group("b", "Birch")], [group("b", "Birch")]], "Birch"),
        ([[group("a", "Ash")], [group("a", "Ash", 3)], [group("a", "Ash")]], "Ash*"),
    ],
)
def test_the_list_of_groups_follows_and_keeps_the_focus(stage, draws, names):
    """A group that one has left, a new one at a place of its own, or a focus lost with each message that comes."""
    shown = stage.run(_CHANNELS, {"draws": draws, "page": handover()})
    assert [name for name, *_ in shown] == names.replace("*", "").split()
    focused = [name for name, *_, has_focus in shown if has_focus]
    assert focused == ([each[:-1] for each in names.split() if each.endswith("*")] if len(draws) > 1 else [])


@pytest.mark.parametrize(
    ("unread", "seen", "spoken"),
    [(0, "", ""), (1, "1", "1 new message"), (7, "7", "7 new messages"), (99, "99", "99 new messages"), (100, "99+", "99+ new messages")],
)
def test_what_is_new_in_a_group_is_seen_and_spoken(stage, unread, seen, spoken):
    """A bare number for who cannot see it, a 0, or a 100 where nobody counts so far."""
    ((_, *shown, href, _),) = stage.run(_CHANNELS, {"draws": [[group("a", "Ash", 5)], [group("a", "Ash", unread)]], "page": handover()})
    assert (shown, href) == ([seen, spoken], "/chat/a/")


_PEOPLE = """
    const { People } = await load("chat/js/view/people.js");
    const { Words } = await load("chat/js/model/words.js");
    const known = new Map(given.names.map((name) => [name, { id: name, name }]));
    const store = { members: new Set(), facilitators: new Set(given.leads), people: known };
    const list = document.getElementById("people");
    const words = new Words({ ...given.page, language: given.language });
    const people = new People(list, { store, words, url: (id) => `/people/${id}/` });
    store.members = new Set(given.members ?? given.names);
    people.draw();
    const line = list.firstElementChild;
    people.draw();
    const names = [...list.children].map((item) => item.textContent);
    return [names, document.querySelector("[data-how-many]").textContent, list.firstElementChild === line];
"""


@pytest.mark.parametrize(
    ("given", "names", "count"),
    [
        ({"names": ["Cy", "Bob"]}, ["Bob", "Cy"], "2 people"),
        ({"names": ["Cy"]}, ["Cy"], "1 person"),
        ({"names": ["Bob", "Zoë", "Faye"], "leads": ["Zoë"]}, ["Zoë Facilitator", "Bob", "Faye"], "3 people"),
        ({"names": ["Zoë", "Élodie", "Eve", "bob"]}, ["bob", "Élodie", "Eve", "Zoë"], "4 people"),
        ({"names": ["Öse", "Zoë"], "language": "sv"}, ["Zoë", "Öse"], "2 people"),
        ({"names": ["Bob"], "members": ["Bob", "unknown"]}, ["Bob"], "1 person"),
        ({"names": ["Bob", "Cy"], "leads": ["Cy"], "members": ["Bob"]}, ["Bob"], "1 person"),
    ],
)
def test_the_people_stand_in_their_order(stage, given, names, count):
    """A facilitator to be searched for, accents behind Z, somebody who is not there, or a list drawn anew for nothing."""
    more = {"leads": [], "language": "en", "page": handover()}
    assert stage.run(_PEOPLE, more | given) == [names, count, True]
