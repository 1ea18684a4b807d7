"""How much is new: in the badges of a page, and before its title."""

import pytest

_SHOW = """
    const { showInbox } = await load("notifications/js/number.js");
    document.title = given.title;
    document.body.insertAdjacentElement("beforeend", Object.assign(document.createElement("span"), { hidden: true })).dataset.inbox = "";
    const taken = given.inboxes.map((inbox) => showInbox(inbox));
    const { textContent, hidden } = document.querySelector("[data-inbox]");
    return { taken, title: document.title, badge: hidden ? "" : textContent };
"""
versions = iter(range(1, 1000))  # the page is one for all of these


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
    known = stage.run(_SHOW, {"title": title, "inboxes": [{"count": count, "version": next(versions)}]})
    assert (known["title"], known["badge"]) == (shown, badge)


def test_what_is_older_than_what_is_shown_is_left_out(stage):
    """A number that comes back after all was read, by the slower of two ways."""
    newer, older = {"count": 1, "version": next(versions) + 1}, {"count": 7, "version": next(versions) - 1}
    known = stage.run(_SHOW, {"title": "Today", "inboxes": [newer, older, newer]})
    assert known["taken"] == [True, False, False] and known["title"] == "(1) Today"
