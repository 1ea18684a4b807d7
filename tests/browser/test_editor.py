"""The editor is part of the house: its look, its way out, its help. None of it stands where Wagtail has something of its own."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.leaving import AWAY, elsewhere, lives, own_session
from tests.browser.talk import until
from tests.browser.watch import holds, no_sideways_scroll
from tests.sites import Site

WIDTHS = (360, 390, 799, 800, 1024, 1280, 1366)
UNDER_THE_HOUSE = """() => {
  const house = document.querySelector(".house");
  const seen = { opacityProperty: true, visibilityProperty: true };
  const theirs = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=button], [contenteditable=true]")]
    .filter((one) => !house.contains(one) && !one.closest("[data-cover]") && one.checkVisibility(seen));
  const covered = (one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const xs = [left + 2, (left + right) / 2, right - 2];
    const ys = [top + 2, (top + bottom) / 2, bottom - 2];
    return xs.some((x) => ys.some((y) => house.contains(document.elementFromPoint(x, y))));
  };
  return theirs.filter(covered).map((one) => one.outerHTML.slice(0, 200));
}"""
GROUND = """() => [document.body, document.documentElement]
  .map((one) => getComputedStyle(one).backgroundColor).find((color) => color !== "rgba(0, 0, 0, 0)")"""
# What lies wholly or partly beside the page, but for what lies in something that scrolls or in the map of an article, which slides.
BESIDE = """() => {
  const scrolls = (one) => one && (getComputedStyle(one).overflowX === "auto" || scrolls(one.parentElement));
  const seen = { opacityProperty: true, visibilityProperty: true };
  const beside = ({ left, right, width, height }) => width > 1 && height > 1 && (left < -1 || right > innerWidth + 1);
  return [...document.querySelectorAll("main *")]
    .filter((one) => one.checkVisibility(seen) && beside(one.getBoundingClientRect()))
    .filter((one) => !scrolls(one.parentElement) && !one.closest(".w-minimap"))
    .map((one) => one.outerHTML.slice(0, 200));
}"""
LEAVES = """() => {
  const button = document.querySelector("#leave button");
  const { left, right, top, bottom } = button.getBoundingClientRect();
  return button.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}"""


@pytest.fixture(scope="module")
def article(site: Site) -> int:
    """An article with one thing in it that the checks must find."""
    code = (
        "from tests.cms.articles import picture, shown, write; "
        "write('Checked', body=[('text', '<p>Ten words stand in here, and all of them count.</p>'), "
        "('picture', {'image': shown(picture(), 'IMG_2041.jpg'), 'caption': ''})])"
    )
    site.manage("shell", "--command", code)
    return int(site.sql("SELECT id FROM wagtailcore_page WHERE title = 'Checked'")[0][0])


def light(color: str) -> float:
    """How light a color of CSS is: 0 for black, 255 for white."""
    return sum(map(float, re.findall(r"[\d.]+", color)[:3])) / 3


def nothing_is_covered(page: Page, state: str) -> None:
    width = page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate(UNDER_THE_HOUSE) == [], f"{page.url} at {width} px, {state}"
    assert page.evaluate(LEAVES), f"{page.url} at {width} px, {state}: something stands over Leave quickly"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_house_stands_on_none_of_wagtails_buttons(open_page: Any, site: Site, article: int, width: int) -> None:
    """Who aimed at "View live" was signed out: the button lay on whatever stood in the middle of the top."""
    page = open_page("pat")
    page.watch.expect("axe.run results")  # Wagtail's, of the preview
    page.set_viewport_size({"width": width, "height": 800})
    library = site.sql("SELECT page_ptr_id FROM cms_librarypage")[0][0]
    for path in ("", "pages/", f"pages/{library}/", f"pages/{article}/history/", "images/", "documents/", f"pages/{article}/edit/"):
        page.goto(f"/cms/{path}")
        expect(page.locator(".sidebar-main-menu")).to_have_count(1)
        nothing_is_covered(page, "at rest")
        no_sideways_scroll(page)
    for panel in ("Toggle status", "Toggle preview", "Toggle checks"):
        page.get_by_role("button", name=panel).click()
        expect(page.locator("[data-form-side].form-side--open")).to_be_visible()
        nothing_is_covered(page, panel)
        page.locator("[data-form-side-close-button]").click()
    page.get_by_role("button", name="Toggle sidebar").first.click()
    expect(page.locator(".sidebar--slim" if width >= 800 else ".sidebar-nav-toggle--open")).to_have_count(1)
    nothing_is_covered(page, "with the side bar toggled")


@pytest.mark.parametrize("path", ["settings/centre/centre/", "images/", "images/add/", "documents/", "pages/", "article"])
def test_a_phone_shows_what_is_on_a_page(open_page: Any, article: int, path: str) -> None:
    """A choice, a search field or a sign of which the half lies beside the screen, where nothing scrolls to it."""
    page = open_page("ada")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/cms/pages/{article}/edit/" if path == "article" else f"/cms/{path}")
    page.locator("main").wait_for()
    until(page, lambda: page.evaluate(BESIDE) == [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_menu_of_an_article_in_the_list_can_be_read(open_page: Any, article: int, scheme: str) -> None:
    """Words as dark as the menu that they stood in."""
    page = open_page("pat", scheme=scheme)
    page.goto("/cms/pages/")
    page.locator("td.title [data-w-dropdown-target=toggle]").first.click()
    menu = page.locator(".tippy-box[data-theme=dropdown][data-state=visible]")
    words, ground = menu.get_by_role("link", name="Edit"), menu.evaluate("(menu) => getComputedStyle(menu).backgroundColor")
    expect(words).not_to_have_css("color", ground)  # axe takes words of the color of their ground for hidden on purpose


@pytest.mark.parametrize("width", [390, 1280])
def test_the_house_stands_on_no_dialog_and_no_message(open_page: Any, site: Site, width: int) -> None:
    """A dialog lies over all of Wagtail; the way out stays on top, and must not lie on the dialog's own buttons."""
    page = open_page("pat")
    page.set_viewport_size({"width": width, "height": 800})
    library = site.sql("SELECT page_ptr_id FROM cms_librarypage")[0][0]
    page.goto(f"/cms/bulk/wagtailcore/page/publish/?id={library}&next=/cms/pages/")
    page.get_by_role("button", name="Yes, publish").click()
    expect(page.get_by_text("1 page has been published")).to_be_visible()
    nothing_is_covered(page, "with a message")
    page.goto(f"/cms/pages/add/cms/articlepage/{library}/")
    page.locator("#panel-child-content-body-section").get_by_title("Insert a block").first.click()
    page.get_by_role("option", name="Image").click()
    page.get_by_role("button", name="Choose an image").click()
    expect(page.get_by_role("heading", name="Choose an image")).to_be_visible()
    assert page.evaluate(UNDER_THE_HOUSE.replace("[...document", "[...document.querySelector('.modal')")) == []
    assert page.evaluate(LEAVES)


@pytest.mark.parametrize("width", [390, 1280])
def test_one_can_leave_by_the_keyboard_alone(open_page: Any, site: Site, width: int) -> None:
    """The way out is among the first things that the Tab key reaches, and does there what it does everywhere."""
    page = open_page()
    elsewhere(page)
    key = own_session(page, "pat", code=site.one_time_code("pat"))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/cms/pages/")
    leave = page.get_by_role("button", name="Leave quickly")
    for _time in range(4):
        if leave.evaluate("(button) => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(leave).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(AWAY)
    until(page, lambda: not lives(site, key), seconds=5)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_editor_leads_back_and_to_help(open_page: Any, width: int) -> None:
    """Wagtail's pages had no way to the site but the address bar, and no help."""
    page = open_page("pat")
    page.set_viewport_size({"width": width, "height": 800})
    for name, address in (("Back to the site", "/today/"), ("Help now", "/help/")):
        page.goto("/cms/")
        if width < 800:
            page.get_by_role("button", name="Toggle sidebar").first.click()
        page.locator("#wagtail-sidebar").get_by_role("link", name=name).click()
        page.wait_for_url(f"**{address}")


def test_leaving_from_the_preview_leaves_the_editor(open_page: Any, site: Site, article: int) -> None:
    """The preview is a page in a frame: its own button went away with the frame alone, and the editor stayed to be read."""
    page = open_page()
    elsewhere(page)
    page.watch.expect("axe.run results")
    key = own_session(page, "pat", code=site.one_time_code("pat"))
    page.goto(f"/cms/pages/{article}/edit/")
    page.get_by_role("button", name="Toggle preview").click()
    page.frame_locator("#w-preview-iframe").get_by_role("button", name="Leave quickly").click()
    page.wait_for_url(AWAY)
    until(page, lambda: not lives(site, key), seconds=5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_wears_the_look_of_the_house(open_page: Any, scheme: str) -> None:
    """Wagtail's violet, its bird and its own site's name are another house."""
    page = open_page("pat", scheme=scheme)
    grounds = []
    for path in ("/library/", "/cms/"):
        page.goto(path)
        grounds.append(page.evaluate(GROUND))
    assert grounds[0] == grounds[1]
    expect(page.locator("#wagtail-sidebar").get_by_role("link", name="Dashboard")).to_contain_text("Mainstay")
    assert not re.search(r"wagtail", page.locator("body").inner_text(), re.IGNORECASE)
    assert "wagtail.org" not in page.content()


def test_the_checks_run_and_find_what_is_wrong(open_page: Any, article: int) -> None:
    """The panel showed a green "Issues found 0", and nothing had been looked at."""
    page = open_page("pat")
    page.watch.expect("axe.run results")  # Wagtail's, on the console, where there is something wrong
    page.goto(f"/cms/pages/{article}/edit/")
    page.get_by_role("button", name="Toggle checks").click()
    panel = page.locator("[data-side-panel=checks]")
    expect(panel.get_by_role("heading", name="Image alt text has inappropriate pattern")).to_be_visible()
    expect(panel.locator("[data-content-checker-count]")).to_have_text("1")  # nothing of our own
    expect(panel.locator("[data-content-word-count]")).to_have_text(re.compile(r"[1-9]\d*"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_one_can_insert_is_legible(open_page: Any, site: Site, scheme: str) -> None:
    """In the dark, Wagtail laid the choice on the color of its tooltips: there ours is as light as the words."""
    page = open_page("pat", scheme=scheme)
    page.goto(f"/cms/pages/add/cms/articlepage/{site.sql('SELECT page_ptr_id FROM cms_librarypage')[0][0]}/")
    page.locator("#panel-child-content-body-section").get_by_title("Insert a block").first.click()
    choice = page.locator(".w-combobox-container")
    expect(choice.get_by_role("option", name="Heading")).to_be_visible()
    ground, ink = choice.evaluate("(one) => ['backgroundColor', 'color'].map((name) => getComputedStyle(one)[name])")
    assert abs(light(ground) - light(ink)) > 100, f"{ink} on {ground}"


def test_leaving_is_said_whole_in_a_narrow_side_bar_too(open_page: Any) -> None:
    """Words that run out of their button where editors have made the side bar narrow."""
    page = open_page("pat")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/cms/")
    page.get_by_role("button", name="Toggle sidebar").click()
    expect(page.locator("body.sidebar-collapsed")).to_be_attached()
    button = page.locator("#leave button")
    assert button.evaluate("one => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight")
    assert page.evaluate(LEAVES) and page.evaluate(UNDER_THE_HOUSE) == []


@pytest.fixture(scope="module")
def scheduled(site: Site) -> int:
    """An article that waits for its hour."""
    site.manage("shell", "--command", "from tests.cms.articles import schedule; schedule('Waiting')")
    return int(site.sql("SELECT id FROM wagtailcore_page WHERE title = 'Waiting'")[0][0])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_schedule_is_legible_and_does_not_glare(open_page: Any, scheduled: int, scheme: str) -> None:
    """In the dark, its box was as light as by day, and its words as dark as there; the message above it glared."""
    page = open_page("pat", scheme=scheme)
    page.goto(f"/cms/pages/{scheduled}/edit/")
    page.get_by_role("button", name="Toggle status").click()
    box = page.locator("[data-side-panel=status] .w-bg-info-50")
    expect(box).to_contain_text("Go-live")
    shade = light(box.evaluate("(one) => getComputedStyle(one).backgroundColor"))
    inks = box.evaluate("(one) => [...one.querySelectorAll('div, span, svg')].map((each) => getComputedStyle(each).color)")
    assert (shade > 200) == (scheme == "light")
    assert min(abs(light(ink) - shade) for ink in inks) > 80, f"{inks} on {shade}"
    message = page.locator(".messages .info")
    ground, ink = message.evaluate("(one) => ['backgroundColor', 'color'].map((name) => getComputedStyle(one)[name])")
    assert (light(ground) > 200) == (scheme == "light") and abs(light(ground) - light(ink)) > 100


PAUSED = "Autosave is paused"
SAVED_WITHIN = 20_000  # milliseconds: the editor waits for three seconds without a change
# Each part of the form that Wagtail watches takes what stands in it then for what is stored: a change between two of them is none.
WATCHES = """
let unwatched = 0;
document.addEventListener("w-unsaved:ready", () => { unwatched += 1; });
document.addEventListener("w-unsaved:watch-edits", () => { if (!(unwatched -= 1)) document.documentElement.dataset.watched = ""; });
"""


def begin(page: Page, article: int) -> None:
    """Open an article in the editor, and wait until it notices changes."""
    page.watch.expect("axe.run results")  # type: ignore[attr-defined]
    page.add_init_script(WATCHES)
    page.goto(f"/cms/pages/{article}/edit/")
    expect(page.locator("[data-watched]")).to_be_attached()


def pause(page: Page, article: int) -> None:
    """Choose in the form what can't be saved, and wait until the editor says so."""
    page.watch.expect("status of 400")  # type: ignore[attr-defined]
    begin(page, article)
    page.get_by_label("Some groups").check()
    expect(page.locator(".footer__save-warning")).to_contain_text(PAUSED, timeout=SAVED_WITHIN)


WHOLE = """(one) => [...one.querySelectorAll("b, p")].every((each) => {
  const { left, right, top, bottom } = each.getBoundingClientRect();
  const ends = [[left + 1, top + 2], [right - 2, top + 2], [left + 1, bottom - 2], [right - 2, bottom - 2]];
  return ends.every(([x, y]) => one.contains(document.elementFromPoint(x, y)));
})"""


@pytest.mark.parametrize("width", [360, 800, 1024, 1280])
def test_what_the_editor_says_below_the_form_is_whole(open_page: Any, article: int, width: int) -> None:
    """Why nothing was saved ran under the panel at the side: "Autos"."""
    page = open_page("pat")
    page.set_viewport_size({"width": width, "height": 800})
    pause(page, article)
    said = page.locator(".footer__save-warning")
    said.scroll_into_view_if_needed()
    holds(page, f"() => ({WHOLE})(document.querySelector('.footer__save-warning'))")
    if width > 800:  # below, the panel lies over the whole form
        page.get_by_role("button", name="Toggle status").click()
        expect(page.locator("[data-form-side].form-side--open")).to_be_visible()
        assert said.evaluate(WHOLE)
    no_sideways_scroll(page)


def test_autosave_is_no_longer_called_paused_when_its_reason_was_taken_back(open_page: Any, article: int) -> None:
    """It stayed so at the head of the page for as long as nobody typed anything else."""
    page = open_page("pat")
    pause(page, article)
    expect(page.locator("#w-autosave-indicator")).to_contain_text(PAUSED)
    page.get_by_label("All members").check()
    expect(page.locator("#w-autosave-indicator").get_by_text(PAUSED)).to_be_hidden()
    expect(page.locator(".footer__save-warning")).to_be_hidden()


def test_what_the_server_could_not_take_is_saved_when_it_can(open_page: Any, article: int) -> None:
    """After an error of the server, nothing was tried again before the next key: who had finished left unsaved words behind."""
    page = open_page("pat")
    page.watch.expect("status of 503")
    address = f"**/cms/pages/{article}/edit/"
    begin(page, article)
    page.route(address, lambda route: route.fulfill(status=503, body="") if route.request.method == "POST" else route.continue_())
    page.get_by_role("textbox", name="In one line").fill("Said while the server was away")
    indicator = page.locator("#w-autosave-indicator")
    expect(indicator.get_by_text(PAUSED)).to_be_visible(timeout=SAVED_WITHIN)
    page.unroute(address)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(indicator.get_by_text("Saved")).to_be_visible(timeout=SAVED_WITHIN)
