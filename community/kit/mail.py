"""Discreet mail: plain text whose subject, sender and body say nothing about what this site is for.

A room registers each e-mail that it may send, `templates/mail/<template>.subject.txt` and `<template>.txt`, and calls `send()`.
What waits is encrypted; an e-mail that could not leave is tried again by the periodic jobs of community.kit.tasks.
"""

import datetime as dt
import logging
import smtplib
from collections.abc import Callable, Iterable, Mapping, Sequence
from email.utils import formataddr
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q
from django.dispatch import Signal
from django.template import Context, loader
from django.utils import timezone
from django_tasks import task

from .encryption import seal, unseal
from .ids import new_id
from .models import OutboxEmail, QueuedEmail
from .text.addresses import canonical
from .text.seen import one_line, plain_text

log = logging.getLogger("mainstay.mail")

# How long to wait after each try that failed: about two days in all.
PAUSES = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440)]
IN_HAND = dt.timedelta(minutes=5)  # longer than any mail server is waited for

given_up = Signal()  # email: the QueuedEmail that was refused for good, or could not be delivered in all those tries

TEMPLATES: dict[str, frozenset[str]] = {}
_sender: Callable[[], str] = lambda: "Mainstay"  # noqa: E731


def register(template: str, *, fields: Sequence[str] = ()) -> None:
    """Allow the e-mail `template` to be sent; `fields` names all that its two templates get beside the sender's name."""
    TEMPLATES[template] = frozenset(fields)


register("test")


def name_sender(by: Callable[[], str]) -> None:
    """Have every e-mail come from the name that `by` returns."""
    global _sender
    _sender = by


def send(template: str, *, to: str, context: Mapping[str, Any], key: str = "", about: object = "") -> UUID:
    """Queue the e-mail `template` to the address `to` in the caller's transaction; return its id.

    `key` names the occasion: the same key again sends nothing more. `about` is the id of what it concerns.
    Raises Refused(Refusal.BAD_ADDRESS) where `to` is no single address, LookupError for an e-mail or field that is not registered.
    """
    if TEMPLATES[template] != set(context):
        raise LookupError(f"The e-mail {template!r} takes exactly {sorted(TEMPLATES[template])}.")
    content = {"to": canonical(to), "sender": _sender(), "context": dict(context)}
    identity = new_id()
    with transaction.atomic():
        row, made = QueuedEmail.objects.get_or_create(
            key=key or str(identity), defaults={"id": identity, "template": template, "about": str(about), "sealed": seal(content)}
        )
        if made:
            deliver.enqueue(str(row.id))
    return row.id


def forget(*, about: Iterable[object], address: str = "") -> None:
    """Delete the e-mails about any of these ids: queued, sent, and in the outbox.

    With `address`, a mailbox that nobody else has, also whatever is in the outbox for it.
    """
    emails = QueuedEmail.objects.filter(about__in=[str(identity) for identity in about])
    OutboxEmail.objects.filter(Q(pk__in=emails.values("pk")) | Q(to=address)).delete()
    emails.delete()


def compose(template: str, content: Mapping[str, Any], identity: UUID) -> EmailMessage:
    """Return the e-mail as it leaves: plain text, the center's name as sender, one Message-ID for all tries."""
    context = Context({**content["context"], "sender": content["sender"]}, autoescape=False)
    subject, body = (loader.get_template(f"mail/{template}{end}").template.render(context) for end in (".subject.txt", ".txt"))  # type: ignore[attr-defined]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    return EmailMessage(
        subject=one_line(subject),
        body=plain_text(body).strip() + "\n",
        from_email=formataddr((one_line(content["sender"]), settings.DEFAULT_FROM_EMAIL)),
        to=[content["to"]],
        headers={"Message-ID": f"<{identity}@{host}>", "Auto-Submitted": "auto-generated"},
    )


@task()
def deliver(email_id: str) -> None:
    """Send one waiting e-mail. Idempotent; if it is killed in between, the next try has the same Message-ID."""
    now = timezone.now()
    mine = QueuedEmail.objects.filter(id=email_id, state=QueuedEmail.State.WAITING, due__lte=now)
    if not mine.update(state=QueuedEmail.State.LEAVING, due=now + IN_HAND, tries=F("tries") + 1):
        return
    row = QueuedEmail.objects.get(id=email_id)
    try:
        compose(row.template, unseal(row.sealed), row.id).send()
    except Exception as error:
        _put_off(row, error)
    else:
        _close(row, QueuedEmail.State.SENT)


def _put_off(row: QueuedEmail, error: Exception) -> None:
    """Try the e-mail again later, or give it up. What the error says may hold the address, so only its kind is logged."""
    if _is_final(error) or row.tries > len(PAUSES):
        log.error("An e-mail (%s) was given up after %s tries: %s.", row.template, row.tries, type(error).__name__)
        give_up(row)
        return
    log.warning("An e-mail (%s) could not leave and will be tried again: %s.", row.template, type(error).__name__)
    row.state, row.due = QueuedEmail.State.WAITING, timezone.now() + PAUSES[row.tries - 1]
    row.save(update_fields=["state", "due"])


def _is_final(error: Exception) -> bool:
    """True where trying again cannot help: the address is refused for good, or the e-mail cannot be read or written."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, ValueError | LookupError) and not isinstance(error, OSError)


def give_up(row: QueuedEmail) -> None:
    """Stop trying, and tell the room that sent it."""
    with transaction.atomic():
        _close(row, QueuedEmail.State.FAILED)
        given_up.send(sender=QueuedEmail, email=row)


def _close(row: QueuedEmail, state: str) -> None:
    row.state, row.sealed = state, ""
    row.save(update_fields=["state", "sealed"])


class OutboxBackend(BaseEmailBackend):
    """Store e-mails in the database where no mail server is set: each once, under the id of its QueuedEmail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        stored = [
            OutboxEmail(id=_identity(message), to=message.to[0], subject=message.subject[:200], body=str(message.body))
            for message in email_messages
        ]
        return len(OutboxEmail.objects.bulk_create(stored, ignore_conflicts=True))


def _identity(message: EmailMessage) -> UUID:
    """The id of the QueuedEmail that `compose` made this message of."""
    return UUID(message.extra_headers["Message-ID"].strip("<>").partition("@")[0])
