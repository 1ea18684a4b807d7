"""Sends to push services."""


def send_due() -> None:
    """Send what is due."""
