"""The conversation in its states."""

from playwright.sync_api import Page, expect

from .scenes import Deed, Scene


def live(page: Page) -> None:
    expect(page.locator("#main[data-line=live]")).to_be_visible(timeout=20_000)


def then(deed: Deed) -> Deed:
    """Do something once the conversation is live."""

    def do(page: Page) -> None:
        live(page)
        deed(page)

    return do


def talk() -> list[Scene]:
    """The scenes of the conversation."""
    here, area = "/chat/{channel}/", "Conversation"
    return [
        Scene(area, "A conversation", "chat:conversation", here, "alumnus", do=live, screenful=True),
        Scene(area, "Of a facilitator", "chat:conversation", here, "facilitator", do=live, screenful=True),
        Scene(area, "Edit without JavaScript", "chat:edit", "/chat/{channel}/{own_message}/edit/", "alumnus"),
        Scene(area, "Remove without JavaScript", "chat:delete", "/chat/{channel}/{own_message}/delete/", "alumnus"),
    ]
