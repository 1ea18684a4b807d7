"""Combinations that would fail later, refused at the start in one sentence each."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.files.storage import default_storage
from django.db import DatabaseError

from community.kit.ops.postgresql import log
from community.members.invitations.actions import link_of
from community.members.signing_in.link_keys import new_key
from community.members.texting import wording
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


@register(Tags.security)
def text_has_room(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """An invitation's text message is one: behind a long host there is no room for its link."""
    if not settings.SMS_URL or not wording.is_too_long(link_of(new_key())):
        return []
    sentence = "A text message holds 160 characters, and an invitation's link is longer: shorten MAINSTAY_URL, or unset MAINSTAY_SMS_URL."
    return [Error(sentence, id="mainstay.E009")]


@register(Tags.security, deploy=True)
def push_subject(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Push services refuse what is signed with an address to which they can't write. The site works without push."""
    if condition.is_subject_taken():
        return []
    sentence = f"Push services refuse the address {settings.DEFAULT_FROM_EMAIL}, so no push notifications leave. Set MAINSTAY_MAIL_FROM."
    return [Warning(sentence, id="mainstay.W005")]
