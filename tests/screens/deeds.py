"""What somebody does on a page before its picture is taken."""

from playwright.sync_api import Page

from tests.browser.watch import holds

from .scene import Deed


def send(button: str = "", /, **fields: str | bool) -> Deed:
    """Fill in fields of the page's form by their names and press its button, or the one of that name."""

    def do(page: Page) -> None:
        for name, value in fields.items():
            field = page.locator(f'main [name="{name}"]').first
            if isinstance(value, bool):
                field.set_checked(value, force=True)
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form = (
            page.locator("main form").filter(has=page.locator(f'[name="{next(iter(fields))}"]')).first
            if fields
            else page.locator("main form").first
        )
        choice = form.get_by_role("button", name=button) if button else form.locator("button:not([type=button])")
        with page.expect_navigation():
            choice.first.click()

    return do


def press(name: str) -> Deed:
    """Press a button or open a summary of that name."""
    return lambda page: page.locator("main button, main summary, header button, header summary").filter(has_text=name).first.click()


def forged(page: Page) -> None:
    """Send a form whose token has run out."""
    page.locator('main [name="csrfmiddlewaretoken"]').first.evaluate("field => (field.value = 'x'.repeat(64))")
    send()(page)


def signed_out(page: Page) -> None:
    """Send a form after the session ended."""
    page.context.clear_cookies()
    send()(page)


def leave(page: Page) -> None:
    """Leave the group of this page, unless that has been done, and see what can be undone."""
    group = page.url
    if button := page.locator("main form[action$='/leave/'] button").all():
        with page.expect_navigation():
            button[0].click()
    page.goto(f"{group}left/")


def on_the_way(*steps: Deed) -> Deed:
    def do(page: Page) -> None:
        for step in steps:
            step(page)

    return do


def offline(page: Page) -> None:
    """Open Help again without a connection, once the worker has kept it."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    holds(page, "() => caches.open('help').then(kept => kept.keys()).then(all => all.length > 0)")
    page.context.set_offline(True)
    page.reload()


def too_often(page: Page) -> None:
    """Try to sign in until the page says to wait."""
    for _ in range(12):
        send(login="robin@example.org", password="not this")(page)
        if page.locator("[name=login]").count() == 0:
            return
