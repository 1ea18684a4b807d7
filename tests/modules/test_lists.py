"""The lists beside the talk: my groups with what is new in each, and who takes part."""

from uuid import UUID

import pytest
from django.template.loader import render_to_string

from tests.modules.rows import channel, handover
from tests.modules.stage import CHANNEL
from tests.modules.test_rows import same

_CHANNELS = """
    const { drawChannels } = await load("chat/js/view/channels.js");
    const { Words } = await load("chat/js/model/words.js");
    const list = document.getElementById("channels");
    const store = (channels) => ({ channels: new Map(channels.map((each) => [each.id, each])) });
    const words = new Words(given.page);
    const draw = (channels) => drawChannels({ list, words, store: store(channels) });
    for (const channels of given.draws) {
      stage.focus = list.querySelector("a");
      stage.focus?.focus();
      draw(channels);
    }
    stage.html = list.innerHTML;
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
    const people = new People(list, { store, words });
    store.members = new Set(given.members ?? given.names);
    people.draw();
    const line = list.firstElementChild;
    people.draw();
    const names = [...list.children].map((item) => item.textContent.trim());
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


_DRAWN = """
    const { People } = await load("chat/js/view/people.js");
    const { Words } = await load("chat/js/model/words.js");
    const known = new Map(given.people.map((person) => [person.id, person]));
    const leads = given.people.filter(({ role }) => role).map(({ id }) => id);
    const store = { members: new Set(), facilitators: new Set(leads), people: known, me: given.me };
    const list = document.getElementById("people");
    const people = new People(list, { store, words: new Words(given.page) });
    store.members = new Set(known.keys());
    people.draw();
    return list.innerHTML;
"""


def test_somebody_who_comes_is_drawn_as_the_server_draws_them(stage):
    """A card that is not led to, or a facilitator whom only those see who load the page anew."""
    people = [{"id": str(UUID(int=n)), "name": name} for n, name in ((20, "Bob"), (21, "Cy"))]
    known = [{**people[0], "picture": "cup", "role": "facilitator"}, people[1]]
    drawn = stage.run(_DRAWN, {"people": known, "me": people[1]["id"], "page": handover()})
    given = {"channel": CHANNEL, "handover": {"me": people[1]["id"]}}
    same(drawn, "".join(render_to_string("chat/_person.html", {**given, "each": each}) for each in known))


def test_a_group_that_comes_is_drawn_as_the_server_draws_it(stage):
    """A name without its link, or a number that a reload shows in another form."""
    one, other = [group(str(UUID(int=n)), name, unread) for n, name, unread in ((30, "Ash", 1), (31, "Birch", 120))]
    stage.run(_CHANNELS, {"draws": [[one, other]], "page": handover()})
    of = [{**one, "unread_shown": "1"}, {**other, "unread_shown": "99+"}]
    same(stage.run("return stage.html"), "".join(render_to_string("chat/_channel.html", {"channel": CHANNEL, "each": each}) for each in of))
