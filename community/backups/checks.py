"""Backups that nobody could make, or nobody could open, named before the night on which one is due."""

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.management.base import CommandError

from . import encryption


@register(Tags.security)
def backup_keys(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A key that cannot be read, or a private one on the server, is refused at the start."""
    try:
        encryption.recipients(os.environ.get(encryption.KEYS, ""), encryption.KEYS)
    except CommandError as error:
        return [Error(str(error), id="mainstay.E008")]
    return []


@register(Tags.security, deploy=True)
def backups_open(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A site may serve without backups; whoever checks it is told that it has none."""
    if not settings.PRODUCTION or backup_keys(app_configs):
        return []
    try:
        trouble = "" if any(encryption.set_for()) else encryption.NOBODY
    except CommandError as error:
        trouble = str(error)
    return [Warning(trouble, id="mainstay.W004")] if trouble else []
