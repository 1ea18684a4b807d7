"""The conversation in its states."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.talk import box, live

from .scene import Deed, Scene


def then(deed: Deed) -> Deed:
    """Do something once the conversation is live."""

    def do(page: Page) -> None:
        live(page)
        deed(page)

    return do


def menu(page: Page) -> None:
    """Open the menu of the newest message of somebody else."""
    line = page.locator(".chat-message:not(.is-own):not(.is-gone)").last
    line.hover()
    line.locator(".chat-menu > summary").click()


def signs(page: Page) -> None:
    """Open the six signs of the newest message of somebody else, or where they are on a phone."""
    line = page.locator(".chat-message:not(.is-own):not(.is-gone)").last
    line.hover()
    quick = line.locator(".chat-react > summary")
    (quick if quick.is_visible() else line.locator(".chat-menu > summary")).click()


def answering(page: Page) -> None:
    menu(page)
    page.get_by_role("button", name="Reply", exact=True).click()
    box(page).fill("I know that hallway.")


def naming(page: Page) -> None:
    box(page).fill("")
    box(page).press_sequentially("Like you said, @")


def just_removed(page: Page) -> None:
    """Send a message, and remove it."""
    box(page).fill("To the wrong group")
    page.locator("#send").click()
    line = page.locator(".chat-message.is-own[data-id]:not(.is-gone)").last
    expect(line).to_contain_text("To the wrong group")
    line.hover()
    line.locator(".chat-menu > summary").click()
    line.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()


def just_sent(page: Page) -> None:
    box(page).fill("Home and in one piece.")
    page.locator("#send").click()
    expect(page.locator("#undo")).to_be_visible()


def editing(page: Page) -> None:
    """Take up one's own last message again, as from an empty box."""
    box(page).fill("")
    box(page).press("ArrowUp")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()


def writing(text: str) -> Deed:
    return lambda page: box(page).fill(text)


def waiting(page: Page) -> None:
    """Send two messages without a line."""
    page.context.set_offline(True)
    expect(page.locator("#main[data-connection=live]")).to_have_count(0)
    for text in ("I am home.", "The kettle is on."):
        box(page).fill(text)
        page.locator("#send").click()
    page.wait_for_timeout(3_500)  # until the page says that there is no line


def talk() -> list[Scene]:
    """The scenes of the conversation."""
    here, area = "/chat/{channel}/", "Conversation"

    def scene(name: str, deed: Deed = live, *, path: str = here, who: str = "alumnus", **more: Any) -> Scene:
        return Scene(area, name, "chat:conversation", path, who, do=deed, screenful=True, **more)

    return [
        scene("A conversation"),
        scene("Of a facilitator", who="facilitator"),
        scene("Another one", path="/chat/{channel2}/"),
        scene("Nothing said yet", who="member", site="quiet", kind="empty"),
        scene("Menu of a message", then(menu)),
        scene("Signs of a message", then(signs)),
        scene("Answering", then(answering)),
        scene("Naming somebody", then(naming)),
        scene("Just sent", then(just_sent), path="/chat/{channel2}/"),
        scene("Just removed", then(just_removed), path="/chat/{channel2}/"),
        scene("Editing", then(editing)),
        scene("Much written", then(writing("A line.\n" * 12))),
        scene("Too long", then(writing("word " * 900)), kind="error"),
        scene("Waiting", then(waiting), kind="error"),
        Scene(area, "Edit without JavaScript", "chat:edit", "/chat/{channel}/{own_message}/edit/", "alumnus"),
        Scene(area, "React without JavaScript", "chat:react", "/chat/{channel}/{own_message}/react/", "alumnus"),
        Scene(area, "Remove without JavaScript", "chat:delete", "/chat/{channel}/{own_message}/delete/", "alumnus"),
    ]
