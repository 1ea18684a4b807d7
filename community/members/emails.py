"""E-mails to members, who may have no address."""

from collections.abc import Mapping
from typing import Any

from community.kit import mail

from .models import User


def write_to(member: User, template: str, *, context: Mapping[str, Any], key: str = "") -> None:
    """Queue the e-mail `template` to a member as `mail.send` does; to one without an address, nothing.

    So no page may count on it: what a member has to learn, they are told here as well.
    """
    if member.email:
        mail.send(template, to=member.email, context=context, key=key, about=member.pk)
