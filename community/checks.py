"""Combinations that would fail later, refused at the start in one sentence each."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.files.storage import default_storage
from django.db import DatabaseError

from community.kit.ops.postgresql import log
from community.notifications.push import condition


@register(Tags.security)
def one_process_in_memory(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Two processes with the in-memory layer would not hear each other's messages."""
    if settings.PROCESSES > 1 and not settings.REDIS_URL:
        sentence = "Several processes need Redis to hear of each other's messages: set REDIS_URL, or run one process."
        return [Error(sentence, id="mainstay.E001")]
    return []


@register(Tags.database, deploy=True)
def bucket(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Run by `check --deploy --database default`: the object storage answers us, and nobody else."""
    storage: Any = default_storage
    if settings.BUCKET and databases and (trouble := storage.trouble()):
        return [Error(trouble, id="mainstay.E007")]
    return []


@register(Tags.database, deploy=True)
def discreet_database(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Run by `check --deploy --database default`: PostgreSQL's log, which others read and keep, holds no member's words."""
    try:
        wanted = log.missing() if databases else []
    except DatabaseError:
        return []  # that it is away is said by others
    sentence = "PostgreSQL writes what members wrote into its log. Its superuser must run: %s Then start the site's processes again."
    return [Warning(sentence % " ".join(wanted), id="mainstay.W003")] if wanted else []


@register(Tags.security, deploy=True)
def push_subject(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Push services refuse what is signed with an address to which they can't write. The site works without push."""
    if condition.is_subject_taken():
        return []
    sentence = f"Push services refuse the address {settings.DEFAULT_FROM_EMAIL}, so no push notifications leave. Set MAINSTAY_MAIL_FROM."
    return [Warning(sentence, id="mainstay.W005")]
