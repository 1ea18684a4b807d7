"""A device's own authenticator for passkeys, as Chromium imitates it."""

from playwright.sync_api import Page

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


class Authenticator:
    """It lives as long as its page, and can be told to recognise nobody."""

    def __init__(self, page: Page) -> None:
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        self.id = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]

    def recognise(self, yes: bool) -> None:
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})

    def credentials(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        return found
