"""A conversation on small and enlarged screens, with a reader's own spacing, in forced colors: the talk, the box and the ways out stay."""

import pytest
from playwright.sync_api import expect

from tests.browser.talk import Form, box, conversation, drawn, enter, fresh_group, message, say, sent
from tests.browser.watch import axe, no_sideways_scroll

ENLARGED = {"width": 320, "height": 256}  # what 1280 x 1024 is at 400 %
SPACED = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-block-end: 2em !important; }
"""  # WCAG 1.4.12
LARGE = {"fontSizes": {"standard": 32, "fixed": 26}}  # 200 %, as somebody sets it in the browser
OWING = "from groups.peers.models import Membership; Membership.objects.filter(member__email='alice@example.org').update(agreed_version=0)"
MOVES = """
[...document.querySelectorAll("*")].filter((element) => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
    return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior !== "auto";
}).length
"""
WHOLE_LINE = """
() => {
    const { top, bottom } = document.getElementById("log").getBoundingClientRect();
    return [...document.querySelectorAll(".chat-body")].some((body) => {
        const words = document.createRange();
        words.selectNodeContents(body);
        return [...words.getClientRects()].some((line) => line.top >= top && line.bottom <= bottom);
    });
}
"""  # of a message, between the headers and the box


@pytest.fixture(autouse=True)
def _own_group(site):
    fresh_group(site, *(f"Number {n}. Something that takes a line or two on a small screen." for n in range(1, 9)))


def shown_of(page, selector):
    """How many pixels of an element's height are on the screen."""
    return page.locator(selector).evaluate(
        "element => { const { top, bottom } = element.getBoundingClientRect(); return Math.min(bottom, innerHeight) - Math.max(top, 0); }"
    )


def ways_out_are_there(page):
    for way in (page.get_by_role("link", name="Help now").first, page.locator("#leave button")):
        expect(way).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_enlarged_to_400_percent_one_reads_and_writes(open_page, site, scheme):
    """A header and a box that leave no room for the talk, or a box below a page that does not scroll."""
    page = open_page("alice", scheme=scheme)
    page.set_viewport_size(ENLARGED)
    enter(page, site)
    expect(page.locator("#send")).to_be_in_viewport(ratio=1)
    expect(box(page)).to_be_in_viewport(ratio=1)
    assert shown_of(page, "#log") > ENLARGED["height"] / 2
    ways_out_are_there(page)
    no_sideways_scroll(page)
    axe(page)
    text = f"One in the {scheme} and a few words more, two and a few words more, three"
    box(page).press_sequentially(text)
    expect(page.locator("#send")).to_be_in_viewport(ratio=1)
    ways_out_are_there(page)
    box(page).press("Enter")
    sent(page, text)
    expect(message(page, text)).to_be_in_viewport()
    expect(page.locator("#readers-short")).to_be_in_viewport(ratio=1)
    ways_out_are_there(page)


def test_with_twice_as_large_a_text_a_phone_shows_the_talk(open_page, site):
    """The header and the box took the whole screen, and the page did not scroll: no message could be read."""
    page = open_page("alice", size="phone")
    page.context.new_cdp_session(page).send("Page.setFontSizes", LARGE)
    enter(page, site)
    assert shown_of(page, "#log") > 150
    expect(box(page)).to_be_in_viewport(ratio=1)
    name = page.locator(".chat-where b").evaluate(
        "name => name.getBoundingClientRect().width / parseFloat(getComputedStyle(name).fontSize)"
    )
    assert name > 4, "its letters stand under one another"
    arrow = page.locator(".chat-back .icon").bounding_box()
    assert arrow["width"] >= 0.9 * arrow["height"] > 30, "the way back is a speck"
    ways_out_are_there(page)
    no_sideways_scroll(page)


@pytest.mark.parametrize("size", [(360, 400), (740, 360), (390, 460), (320, 401), (320, 640), (320, 256)])
def test_over_a_phone_s_keyboard_one_sees_where_one_writes_and_who_reads_it(open_page, site, size):
    """Words written to the wrong group, since its name and its readers had left the screen; and a box below it until a key was pressed."""
    page = open_page("alice", size="phone")
    enter(page, site)
    box(page).tap()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for typed in ("", "To whom?"):
        box(page).press_sequentially(typed)
        drawn(page)
        for each in (".chat-back .icon", ".chat-where b", "#readers-short", "#body", "#send"):
            expect(page.locator(each)).to_be_in_viewport(ratio=1)
    expect(page.locator("#readers-short")).to_contain_text("3 people")
    assert shown_of(page, "#log") > 90
    assert page.locator("#log").evaluate("log => log.getBoundingClientRect().top") <= 100, "the headers take the screen"
    ways_out_are_there(page)
    no_sideways_scroll(page)
    axe(page)


def test_with_twice_as_large_a_text_a_desktop_shows_the_talk(open_page, site):
    """Messages one letter wide between two columns: the places where a page changes its form counted pixels and no letters."""
    page = open_page("alice")
    page.context.new_cdp_session(page).send("Page.setFontSizes", LARGE)
    enter(page, site)
    box(page).press_sequentially("To whom?")
    letters = "each => each.getBoundingClientRect().width / parseFloat(getComputedStyle(each).fontSize)"
    assert page.locator(".chat-bubble").last.evaluate(letters) > 15
    assert page.locator(".chat-where b").evaluate(letters) > 4
    for each in (".chat-where b", "#readers-short", "#send"):
        expect(page.locator(each)).to_be_in_viewport(ratio=1)
    ways_out_are_there(page)
    axe(page)
    for path in ("/today/", "/groups/", "/library/", "/me/", "/privacy/", "/help/"):
        page.goto(path)
        no_sideways_scroll(page)
        expect(page.locator("#leave button")).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("heading", level=1)).to_be_in_viewport()


@pytest.mark.parametrize("size", [(740, 360), (844, 390), (360, 400), (390, 460)])
def test_with_twice_as_large_a_text_a_low_screen_shows_the_box_and_a_line_of_the_talk(open_page, site, size):
    """Headers and a log whose heights grew with the text pushed the box and Send off a phone on its side, or with its keyboard open."""
    page = open_page("alice", size="phone")
    page.context.new_cdp_session(page).send("Page.setFontSizes", LARGE)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    enter(page, site)
    for typed in ("", "To whom?"):
        box(page).press_sequentially(typed)
        drawn(page)
        for each in (".chat-back .icon", ".chat-where b", "#readers-short", "#body", "#send"):
            expect(page.locator(each)).to_be_in_viewport(ratio=1)
        assert page.evaluate(WHOLE_LINE), "no line of the talk is whole"
    assert page.evaluate("scrollY") == 0
    ways_out_are_there(page)
    no_sideways_scroll(page)
    axe(page)


def test_on_a_low_screen_what_is_owed_does_not_push_the_box_away(open_page, site):
    """A reminder of four lines above the box, with a large text on a phone with its keyboard open."""
    site.manage("shell", "--verbosity=0", "-c", OWING)
    page = open_page("alice", size="phone")
    page.context.new_cdp_session(page).send("Page.setFontSizes", LARGE)
    page.set_viewport_size({"width": 360, "height": 400})
    enter(page, site)
    expect(page.locator("#send")).to_be_in_viewport(ratio=1)
    page.get_by_text("The agreement is waiting for your yes.").scroll_into_view_if_needed()
    page.locator(".chat-banner a").click(trial=True)
    ways_out_are_there(page)


def test_beside_the_camera_of_a_phone_on_its_side_nothing_is_hidden(open_page, site):
    """The box, the talk and the way back began under the camera's notch."""
    page = open_page("alice", size="phone")
    page.context.new_cdp_session(page).send("Emulation.setSafeAreaInsetsOverride", {"insets": {"left": 47, "right": 47}})
    page.set_viewport_size({"width": 844, "height": 390})
    enter(page, site)
    for each in (".chat-back", "#body", "#send", ".chat-where", "#rows", ".site-header summary"):
        shown = page.locator(each).bounding_box()
        assert shown["x"] >= 47 and shown["x"] + shown["width"] <= 844 - 47, each
    no_sideways_scroll(page)


def test_a_phone_that_is_turned_shows_the_box(open_page, site):
    page = enter(open_page("alice", size="phone"), site)
    page.set_viewport_size({"width": 844, "height": 390})
    expect(box(page)).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(box(page)).to_be_in_viewport(ratio=1)


def test_without_a_script_a_low_screen_scrolls_to_the_box(open_page, site):
    page = open_page("alice", javascript=False)
    page.set_viewport_size(ENLARGED)
    page.goto(conversation(site))
    box(page).scroll_into_view_if_needed()
    expect(page.locator("#send")).to_be_in_viewport(ratio=1)
    ways_out_are_there(page)


def test_what_stands_below_a_low_screen_is_not_read(open_page, site):
    """A message marked as read because it is in the log, while the page shows another part."""
    page = open_page("alice")
    page.clock.install()
    enter(page, site)
    expect(page.locator("#channels [aria-current] .chat-unread")).to_have_count(0)
    page.set_viewport_size(ENLARGED | {"height": 100})  # the header fills it
    page.evaluate("window.scrollTo(0, 0)")
    Form(site, "bob").say("Below the screen " * 4)
    badge = page.locator("#channels [aria-current] .chat-unread > [aria-hidden]")
    expect(badge).to_have_text("1")
    drawn(page)
    page.clock.run_for(1_500)
    expect(badge).to_have_text("1")
    page.set_viewport_size(ENLARGED)
    expect(message(page, "Below the screen")).to_be_in_viewport()
    expect(badge).to_have_count(0)


def test_on_a_low_and_wide_screen_the_newest_message_has_its_whole_menu(open_page, site):
    """A menu cut off at the end of the log, where nothing scrolls to it."""
    page = open_page("alice")
    page.set_viewport_size({"width": 844, "height": 390})
    enter(page, site)
    page.locator("#rows > .chat-message").last.hover()
    page.locator("#rows .chat-menu > summary").last.click()
    items = page.locator(".chat-menu[open] .menu-item")
    for item in (items.first, items.last):
        item.scroll_into_view_if_needed()
        item.click(trial=True)


@pytest.mark.parametrize("size", [(320, 256), (320, 640), (1280, 800)])
def test_a_reader_s_own_spacing_breaks_nothing(open_page, site, size):
    """Words cut off, or a box pushed off the screen, where text is set wider (WCAG 1.4.12)."""
    page = open_page("alice", bypass_csp=True)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    enter(page, site)
    page.add_style_tag(content=SPACED)
    box(page).press_sequentially("Wide words")
    expect(page.locator("#send")).to_be_in_viewport(ratio=1)
    assert shown_of(page, "#log") > 90
    ways_out_are_there(page)
    no_sideways_scroll(page)
    axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colors_tell_things_apart(open_page, site, scheme):
    """The present group, an unread mark and one's own message that a background alone sets apart, where backgrounds are taken away."""
    page = enter(open_page("alice", scheme=scheme, forced_colors="active"), site)
    own, other = f"My own, {scheme}", f"Bob's, {scheme}"
    say(page, own)
    sent(page, own)
    Form(site, "bob").say(other)
    sent(page, other)

    def edge(locator):
        return locator.evaluate("element => getComputedStyle(element).borderInlineStartWidth")

    assert edge(message(page, own).locator(".chat-bubble")) != edge(message(page, other).locator(".chat-bubble"))
    assert edge(page.locator("#channels [aria-current]")) == "4px"
    axe(page, rules={"color-contrast": {"enabled": False}})  # it reads the colors that are forced away


def test_nothing_moves_where_one_wants_no_motion(open_page, site):
    """A smooth scroll or a fading button for somebody whom motion makes ill."""
    page = enter(open_page("alice"), site)
    assert page.evaluate(MOVES) == 0 and page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("height", [844, 400])
def test_on_a_phone_the_bar_at_the_foot_is_away_also_while_one_writes(open_page, site, height):
    """A bar between the box and the keyboard."""
    page = open_page("alice", size="phone")
    page.set_viewport_size({"width": 390, "height": height})
    enter(page, site)
    for focus in (False, True):
        if focus:
            box(page).tap()
        expect(page.locator(".navigation")).to_be_hidden()
        expect(page.locator("#send")).to_be_in_viewport(ratio=1)
        ways_out_are_there(page)
