"""A tap on the notification of a push, as a desktop reports it: no event that a script makes may open a window or bring one forward."""

from collections.abc import Iterator

import pytest

from community.kit.text import giveaways
from tests.browser.desktop import Desktop, Told, desktop
from tests.browser.plain import Chromium, Tab
from tests.browser.push import payload, whole_chromium
from tests.browser.test_inbox_live import mention
from tests.cast import PASSWORD
from tests.sites import Site

pytestmark = pytest.mark.usefixtures("own_group")
SIGN_IN = "/accounts/login/?next=/inbox/"


@pytest.fixture(scope="module")
def shown() -> Iterator[Desktop]:
    with desktop() as one:
        yield one


class Device:
    """A browser on that desktop, in which Bob is signed in and the site may notify."""

    def __init__(self, browser: Chromium, shown: Desktop) -> None:
        self.browser, self._shown = browser, shown
        browser.call("Browser.setPermission", permission={"name": "notifications"}, setting="granted", origin=browser.url)
        self._tools = Tab(browser, browser.call("Target.createTarget", url="about:blank")["targetId"])
        self._tools.call("ServiceWorker.enable")
        self.page = browser.open("/me/")
        self.page.run("navigator.serviceWorker.ready.then(() => true)")

    def push(self, data: str) -> Told:
        """Let a push come; return what is shown of it."""
        known = [each["params"]["registrations"] for each in self.browser.said if each["method"].endswith("workerRegistrationUpdated")]
        of_site = next(each["registrationId"] for each in known[-1] if each["scopeURL"].startswith(self.browser.url))
        self._tools.call("ServiceWorker.deliverPushMessage", origin=self.browser.url, registrationId=of_site, data=data)
        return self._shown.told()

    def tap(self) -> None:
        """Let a push come, and tap on what is shown."""
        self._shown.tap(self.push(payload("one")))


@pytest.fixture
def device(site: Site, shown: Desktop) -> Iterator[Device]:
    with Chromium(site.url(), site.cookie("bob"), path=whole_chromium(), environment=shown.environment) as browser:
        yield Device(browser, shown)


@pytest.mark.parametrize("data", [payload("one"), "", "{"])
def test_what_lies_on_a_locked_screen_gives_nothing_away(device: Device, data: str) -> None:
    """Whoever looks over a shoulder reads what this place is for, or who wrote. The browser adds where the site is."""
    told = device.push(data)
    host = device.browser.url.removeprefix("http://")
    assert (told.title, told.body) == ("Something new for you", f"{host}\n\nOpen it whenever you like.")
    assert not giveaways.found_in(" ".join((told.of, told.title, told.body, *told.buttons)))


def test_an_inbox_that_is_open_comes_to_the_front_and_shows_what_is_new(device: Device, site: Site) -> None:
    """A second inbox at each tap; one that stays behind; one as it was before; or another page, led away from under its writer."""
    inbox = device.browser.open("/inbox/")
    device.browser.call("Target.activateTarget", targetId=device.page.target)
    inbox.until("document.visibilityState === 'hidden'")
    inbox.run("window.isOld = true")
    device.tap()
    inbox.until("document.visibilityState === 'visible' && !window.isOld && location.pathname === '/inbox/'")
    device.page.until("document.visibilityState === 'hidden'")
    device.browser.until("/inbox/", "/me/")


def test_with_no_window_open_two_taps_lead_to_the_message(device: Device, site: Site) -> None:
    """A tap after which nothing is to be seen."""
    mention(site)
    device.page.call("Page.close")
    device.browser.until()
    device.tap()
    (page,) = device.browser.until("/inbox/")
    page.until("document.querySelector('.rows a') !== null")
    page.run("document.querySelector('.rows a').click()")
    page.until("document.body.innerText.includes('Are you there, @Bob?')")


def test_after_the_session_ended_signing_in_leads_to_the_inbox(device: Device, site: Site) -> None:
    """A tap that ends at the sign-in, and from there on Today."""
    (key,) = [pair.split("=")[1] for pair in device.browser.cookie.split("; ") if pair.startswith("sessionid=")]
    device.page.call("Page.close")
    device.browser.until()
    site.sql("DELETE FROM django_session WHERE session_key = %s", key)
    device.tap()
    (page,) = device.browser.until(SIGN_IN)
    page.until("document.readyState === 'complete'")
    page.run(
        f"document.querySelector('[name=login]').value = 'bob@example.org', document.querySelector('[name=password]').value = {PASSWORD!r}"
    )
    page.run("document.querySelector('main form').requestSubmit()")
    device.browser.until("/inbox/")
