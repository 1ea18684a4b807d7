"""What a site on a public address must have before it serves anybody."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.checks.security.base import check_secret_key
from django.db import DatabaseError

from community.kit.ops import environ
from community.kit.text import giveaways

from .models import Centre


@register(Tags.security)
def mail_server(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Without one no invitation and no new password would reach anybody."""
    if settings.PRODUCTION and not settings.MAIL_SERVER:
        return [Error("A public site needs a mail server for its invitations: set EMAIL_URL.", id="mainstay.E002")]
    return []


@register(Tags.security)
def long_secret_key(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A key that can be guessed signs in anybody as anybody. What is random enough is what Django's own check takes for it."""
    if settings.PRODUCTION and check_secret_key(None):
        return [Error(environ.WANTED_KEY, id="mainstay.E003")]
    return []


@register(Tags.security, deploy=True)
def neutral_names(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The host stands in every history and certificate, and the sender in every mail list: neither may say what this place is for."""
    given = {"MAINSTAY_URL": settings.SITE_HOST, "MAINSTAY_MAIL_FROM": settings.DEFAULT_FROM_EMAIL}
    told = {name: words for name, text in given.items() if (words := giveaways.found_in(text))}
    sentence = "%s tells strangers what this site is for (%s). Choose a neutral one: it is seen in mails, histories and certificates."
    return [Warning(sentence % (name, ", ".join(words)), id="mainstay.W001") for name, words in told.items()]


@register(Tags.database, deploy=True)
def crisis_lines(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Run by `check --deploy --database default`: Help now must know whom to ring."""
    if not settings.PRODUCTION or not databases:
        return []
    try:
        kept = Centre.objects.first() or Centre()
        kept.own_lines  # noqa: B018  (read here, where a database that is away is expected)
    except DatabaseError:
        kept = Centre()
    if kept.is_demo:
        return [Error("The demo's passwords are known to everybody: it must not be served on a public address.", id="mainstay.E005")]
    if kept.has_lines:
        told = "The help line “%s” hasn't been checked for half a year: call it, then set the day under /cms/."
        return [Warning(told % line, id="mainstay.W002") for line in kept.stale_lines]
    sentence = "A public site must name its help lines before it serves anybody: run manage.py setup, or set them under /cms/."
    return [Error(sentence, id="mainstay.E004")]
