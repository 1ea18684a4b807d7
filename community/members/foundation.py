"""What no site can do without, made by the data migrations: the staff roles, and the policy that people agree to."""

from pathlib import Path
from typing import Any

from .roles import Role

TEXTS = Path(__file__).parent / "consent"


def lay_roles(groups: Any) -> None:
    """Make the Django group of each role; `groups` is the Group model, historical or present."""
    for role in Role.values:
        groups.objects.get_or_create(name=role)


def lay_consent_text(texts: Any, version: int) -> None:
    """Publish a version of the consent text from its file; a published one is left as it is."""
    body = (TEXTS / f"{version}.md").read_text(encoding="utf-8")
    texts.objects.get_or_create(version=version, defaults={"body": body})
