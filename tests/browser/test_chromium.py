"""The browser itself: nothing that it does of its own accord is in the way of what is tested."""

from pathlib import Path


def _switched_off(session):
    """The lists of features that the running browser was told to do without, in their order."""
    browser = next(each["id"] for each in session.send("SystemInfo.getProcessInfo")["processInfo"] if each["type"] == "browser")
    switches = Path(f"/proc/{browser}/cmdline").read_text().split("\0")
    return [set(switch.partition("=")[2].split(",")) for switch in switches if switch.startswith("--disable-features=")]


def test_what_playwright_switches_off_stays_off(browser):
    """A list of ours in the place of one that has grown: a browser that asks its maker for things, or takes a page to HTTPS."""
    lists = _switched_off(browser.new_browser_cdp_session())
    assert set().union(*lists) == lists[-1]


def test_no_page_of_the_browser_s_own_is_drawn(browser):
    """Pages of Chromium's behind each window that take longer than ours, since their switch has another name now."""
    page = browser.new_page()
    targets = browser.new_browser_cdp_session().send("Target.getTargets", {"filter": [{}]})["targetInfos"]
    page.close()
    assert [target["url"] for target in targets if target["type"] == "browser_ui"] == []
