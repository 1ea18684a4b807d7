"""How the inbox stands: in the badges of a page, before its title, and what is asked for anew because of it."""

import pytest

_TAKE = """
    const { takeInbox } = await load("notifications/js/inbox.js");
    document.title = given.title;
    document.body.insertAdjacentElement("beforeend", document.createElement("span")).dataset.inbox = "";
    document.querySelector("[data-inbox]").textContent = given.badge ?? "";
    for (const inbox of given.inboxes) takeInbox(inbox);
    const { textContent, hidden } = document.querySelector("[data-inbox]");
    return { title: document.title, badge: hidden ? "" : textContent };
"""
_REGION = """
    const { takeInbox } = await load("notifications/js/inbox.js");
    document.body.dataset.who = "me";
    document.body.insertAdjacentElement("beforeend", document.createElement("span")).dataset.inbox = "";
    const region = document.body.insertAdjacentElement("beforeend", document.createElement("div"));
    region.dataset.live = "rows";
    region.append(...given.map((name) => Object.assign(document.createElement("a"), { href: `/${name}/`, textContent: name })));
    stage.put = async (who, ...names) => {
      const text = `<body data-who="${who}"><div data-live="rows">${names.map((name) => `<a href="/${name}/">${name}</a>`).join("")}</div>`;
      waiting.shift().resolve({ ok: true, redirected: false, text: async () => text });
      await settled();
    };
    stage.take = takeInbox;
    stage.shown = () => region.textContent;
"""
versions = iter(range(1, 1000))  # the page is one for all of these


def inbox(count, version=None):
    return {"count": count, "version": next(versions) if version is None else version}


@pytest.mark.parametrize(
    ("count", "title", "shown", "badge"),
    [
        (3, "Today", "(3) Today", "3"),
        (2, "(3) Today", "(2) Today", "2"),
        (0, "(3) Today", "Today", ""),
        (0, "Today", "Today", ""),
        (99, "Today", "(99) Today", "99"),
        (100, "(99) Today", "(99+) Today", "99+"),
        (1, "(99+) (A group)", "(1) (A group)", "1"),
    ],
)
def test_the_number_stands_in_badges_and_before_the_title(stage, count, title, shown, badge):
    """Two numbers one after the other, a zero, or a title that lost what it says."""
    known = stage.run(_TAKE, {"title": title, "inboxes": [inbox(count)]})
    assert (known["title"], known["badge"]) == (shown, badge)


def test_a_page_that_was_told_nothing_yet_keeps_its_number(stage):
    """A number that is gone once the page was covered for a moment."""
    code = """
        await load("notifications/js/number.js?another");
        document.title = "(3) Today";
        document.dispatchEvent(new Event("uncovered"));
        return document.title;
    """
    assert stage.run(code) == "(3) Today"


def test_what_is_older_than_what_is_shown_is_left_out(stage):
    """A number that comes back after all was read, by the slower of two ways."""
    newer, older = inbox(1, next(versions) + 1), inbox(7, next(versions) - 1)
    assert stage.run(_TAKE, {"title": "Today", "inboxes": [newer, older, newer]})["title"] == "(1) Today"


def take(stage, count):
    stage.run("stage.take(given)", inbox(count))


def asked(stage):
    return stage.run("return asked.map(({ url }) => new URL(url).pathname)")


def test_regions_are_asked_for_once_a_second_at_most(stage):
    """A page that is loaded for each message of a lively evening, or one that shows all but the last of them."""
    stage.wait(1_000)
    stage.run(_REGION, ["a"])
    for count in (1, 2, 3):
        take(stage, count)
    stage.wait(1)
    assert asked(stage) == ["/"]
    take(stage, 4)
    stage.run('await stage.put("me", "a", "b")')
    assert stage.run("return stage.shown()") == "ab"
    stage.wait(900)
    assert asked(stage) == ["/"]
    stage.wait(100)
    assert asked(stage) == ["/", "/"]
    stage.run('await stage.put("me", "b")')
    stage.wait(10_000)
    assert stage.run("return stage.shown()") == "b" and asked(stage) == ["/", "/"]


def test_a_page_of_somebody_else_is_not_shown(stage):
    """What another reads, on a page that was open when they signed in."""
    stage.wait(1_000)
    stage.run(_REGION, ["a"])
    take(stage, 1)
    stage.wait(1)
    stage.run('await stage.put("another", "secret")')
    assert stage.run("return stage.shown()") == "a"


def test_a_link_keeps_its_focus(stage):
    """A reader with a keyboard who is thrown back to the top of the page."""
    stage.wait(1_000)
    stage.run(_REGION, ["a", "b"])
    stage.run('document.querySelector("[data-live] a:last-child").focus()')
    take(stage, 1)
    stage.wait(1)
    stage.run('await stage.put("me", "new", "a", "b")')
    assert stage.run("return [stage.shown(), document.activeElement.textContent]") == ["newab", "b"]


def test_an_open_menu_is_not_closed_under_the_hand(stage):
    stage.wait(1_000)
    stage.run(_REGION, ["a"])
    code = """
        stage.menu = Object.assign(document.createElement("details"), { open: true });
        document.querySelector("[data-live]").append(stage.menu);
    """
    stage.run(code)
    take(stage, 1)
    stage.wait(5_000)
    assert asked(stage) == []
    stage.run('const closed = new Promise((done) => stage.menu.addEventListener("toggle", done)); stage.menu.open = false; await closed')
    stage.wait(1)
    assert asked(stage) == ["/"]
    stage.run('await stage.put("me", "b")')
    assert stage.run("return stage.shown()") == "b"


def test_what_could_not_be_loaded_is_asked_for_later(stage):
    """A list that stays old because the network was away for a moment."""
    stage.wait(1_000)
    stage.run(_REGION, ["a"])
    take(stage, 1)
    stage.wait(1)
    stage.run("await answer(null)")
    stage.wait(9_999)
    assert asked(stage) == ["/"]
    stage.wait(1)
    stage.run('await stage.put("me", "b")')
    assert stage.run("return stage.shown()") == "b"
