"""Discreet mail: plain text whose subject, sender and body say nothing about what this site is for.

A room registers each e-mail that it may send, `templates/mail/<template>.subject.txt` and `<template>.txt`, and calls `send()`.
What waits is encrypted; an e-mail that could not leave is tried again by the periodic jobs of community.kit.tasks.
"""

import datetime as dt
import logging
import smtplib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from email.utils import formataddr
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, SafeMIMEMultipart, SafeMIMEText, get_connection
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
from .task_queue import LATER
from .text.addresses import canonical
from .text.seen import one_line, plain_text

log = logging.getLogger("mainstay.mail")

# How long to wait after each try that failed: about two days in all.
PAUSES = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440)]
IN_HAND = dt.timedelta(minutes=5)  # longer than any mail server is waited for
LONGEST_LINE = 998  # that may be sent (RFC 5322)

taken = Signal()  # email: the QueuedEmail that the mail server took
given_up = Signal()  # email: the QueuedEmail that could not be delivered; refused: whether its address was refused for good

TEMPLATES: dict[str, frozenset[str]] = {}
ONCE: set[str] = set()  # templates whose e-mails are rather lost than sent twice
_sender: Callable[[], str] = lambda: "Mainstay"  # noqa: E731


def register(template: str, *, fields: Sequence[str] = (), once: bool = False) -> None:
    """Allow the e-mail `template` to be sent; `fields` names all that its two templates get beside the sender's name.

    The address in a field `unsubscribe` is also told to mail services, which ask it to end such e-mails (RFC 8058). An e-mail that leaves
    `once` holds up no others. Where its worker was killed or the mail server fell silent nobody knows whether it left, and it is not sent
    again.
    """
    TEMPLATES[template] = frozenset(fields)
    if once:
        ONCE.add(template)


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
            queue(row)
    return row.id


def queue(row: QueuedEmail) -> None:
    """Have a worker deliver a waiting e-mail."""
    task = deliver.using(queue_name=LATER) if row.template in ONCE else deliver
    task.enqueue(str(row.id))


def forget(*, about: Iterable[object], address: str = "") -> None:
    """Delete the e-mails about any of these ids: queued, sent, and in the outbox.

    With `address`, a mailbox that nobody else has, also whatever is in the outbox for it.
    """
    emails = QueuedEmail.objects.filter(about__in=[str(identity) for identity in about])
    OutboxEmail.objects.filter(Q(pk__in=emails.values("pk")) | Q(to=address)).delete()
    emails.delete()


def withdraw(template: str, *, about: object) -> None:
    """Delete the e-mails of a template about an id that still wait."""
    QueuedEmail.objects.filter(template=template, about=str(about), state=QueuedEmail.State.WAITING).delete()


class UnfoldedEmail(EmailMessage):
    """An e-mail whose headers aren't folded: where the value begins on the next line, many a reader finds no address or Message-ID."""

    def message(self) -> SafeMIMEText | SafeMIMEMultipart:
        made = super().message()
        made.policy = made.policy.clone(max_line_length=LONGEST_LINE)
        return made


def compose(template: str, content: Mapping[str, Any], identity: UUID) -> EmailMessage:
    """Return the e-mail as it leaves: plain text, the center's name as sender, one Message-ID for all tries."""
    context = Context({**content["context"], "sender": content["sender"]}, autoescape=False)
    subject, body = (loader.get_template(f"mail/{template}{end}").template.render(context) for end in (".subject.txt", ".txt"))  # type: ignore[attr-defined]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    return UnfoldedEmail(
        subject=one_line(subject),
        body=plain_text(body).strip() + "\n",
        from_email=formataddr((one_line(content["sender"]), settings.DEFAULT_FROM_EMAIL)),
        to=[content["to"]],
        headers={"Message-ID": f"<{identity}@{host}>", "Auto-Submitted": "auto-generated", **_unsubscribing(content["context"])},
    )


def _unsubscribing(context: Mapping[str, Any]) -> dict[str, str]:
    """The headers by which a mail service offers to end such e-mails."""
    address = context.get("unsubscribe")
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if address else {}


@task()
def deliver(email_id: str) -> None:
    """Send one waiting e-mail. Idempotent; if it is killed in between, the next try, if there is any, has the same Message-ID."""
    now = timezone.now()
    mine = QueuedEmail.objects.filter(id=email_id, state=QueuedEmail.State.WAITING, due__lte=now)
    if not mine.update(state=QueuedEmail.State.LEAVING, due=now + IN_HAND, tries=F("tries") + 1):
        return
    row, connection, is_open = QueuedEmail.objects.get(id=email_id), get_connection(), False
    try:
        message = compose(row.template, unseal(row.sealed), row.id)
        connection.open()
        is_open = True
        connection.send_messages([message])
    except Exception as error:
        if is_open and row.template in ONCE and _is_unanswered(error):
            _close(row, QueuedEmail.State.UNKNOWN)
        else:
            _put_off(row, error)
    else:
        with transaction.atomic():
            _close(row, QueuedEmail.State.SENT)
            taken.send(sender=QueuedEmail, email=row)
    finally:
        with suppress(OSError):
            connection.close()


def _put_off(row: QueuedEmail, error: Exception) -> None:
    """Try the e-mail again later, or give it up. What the error says may hold the address, so only its kind is logged."""
    refused = _is_refusal(error)
    if refused or _is_broken(error) or row.tries > len(PAUSES):
        log.error("An e-mail (%s) was given up after %s tries: %s.", row.template, row.tries, type(error).__name__)
        give_up(row, refused=refused)
        return
    log.warning("An e-mail (%s) could not leave and will be tried again: %s.", row.template, type(error).__name__)
    _change(row, state=QueuedEmail.State.WAITING, due=timezone.now() + PAUSES[row.tries - 1])


def _is_refusal(error: Exception) -> bool:
    """True where the address is refused for good."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(code >= 500 for code, _reason in error.recipients.values())


def _is_unanswered(error: Exception) -> bool:
    """True where the mail server fell silent: nobody can know whether it took the e-mail."""
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected)
    return isinstance(error, OSError) and not isinstance(error, ConnectionRefusedError)


def _is_broken(error: Exception) -> bool:
    """True where the e-mail cannot be read or written, which trying again doesn't help."""
    return isinstance(error, ValueError | LookupError) and not isinstance(error, OSError)


def take_up_dropped() -> None:
    """Decide on what a killed worker had in hand: try it again or, where it leaves once, say that nobody knows whether it left."""
    dropped = QueuedEmail.objects.filter(state=QueuedEmail.State.LEAVING, due__lte=timezone.now())
    dropped.filter(template__in=ONCE).update(state=QueuedEmail.State.UNKNOWN, sealed="")
    for row in dropped.filter(tries__gt=len(PAUSES)):
        give_up(row)
    dropped.update(state=QueuedEmail.State.WAITING)


def give_up(row: QueuedEmail, *, refused: bool = False) -> None:
    """Stop trying, and tell the room that sent it."""
    with transaction.atomic():
        _close(row, QueuedEmail.State.FAILED)
        given_up.send(sender=QueuedEmail, email=row, refused=refused)


def _close(row: QueuedEmail, state: str) -> None:
    _change(row, state=state, sealed="")


def _change(row: QueuedEmail, **values: Any) -> None:
    """Note what became of this try, unless another has begun meanwhile."""
    QueuedEmail.objects.filter(pk=row.pk, tries=row.tries).update(**values)


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
