"""Discreet mail: plain text whose subject, sender and body say nothing about what this site is for.

A room registers each letter it may send, `templates/mail/<letter>.subject.txt` and `<letter>.txt`, and calls `send()`.
What waits is sealed; a letter that could not leave is tried again by the sweeps of community.kit.tasks.
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
from .models import KeptLetter, Letter
from .text.addresses import canonical
from .text.seen import one_line, plain_text

log = logging.getLogger("mainstay.mail")

# How long to wait after each try that failed: about two days in all.
PAUSES = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440)]
IN_HAND = dt.timedelta(minutes=5)  # longer than any mail server is waited for

given_up = Signal()  # letter: refused for good, or not to be delivered in all those tries

LETTERS: dict[str, frozenset[str]] = {}
_sender: Callable[[], str] = lambda: "Mainstay"  # noqa: E731


def register(letter: str, *, fields: Sequence[str] = ()) -> None:
    """Allow `letter` to be sent; `fields` names all that its templates get beside the sender's name."""
    LETTERS[letter] = frozenset(fields)


register("test")


def name_sender(by: Callable[[], str]) -> None:
    """Have every letter come from the name that `by` returns."""
    global _sender
    _sender = by


def send(letter: str, *, to: str, context: Mapping[str, Any], key: str = "", about: object = "") -> UUID:
    """Queue `letter` to the address `to` in the caller's transaction; return its id.

    `key` names the occasion: the same key again sends nothing more. `about` is the id of what it concerns.
    Raises Refused(Refusal.BAD_ADDRESS) where `to` is no single address, LookupError for a letter or field that is not registered.
    """
    if LETTERS[letter] != set(context):
        raise LookupError(f"The e-mail {letter!r} takes exactly {sorted(LETTERS[letter])}.")
    content = {"to": canonical(to), "sender": _sender(), "context": dict(context)}
    identity = new_id()
    with transaction.atomic():
        row, made = Letter.objects.get_or_create(
            key=key or str(identity), defaults={"id": identity, "letter": letter, "about": str(about), "sealed": seal(content)}
        )
        if made:
            deliver.enqueue(str(row.id))
    return row.id


def forget(*, about: Iterable[object], address: str = "") -> None:
    """Delete the letters about any of these ids, those that have not left yet and those that were kept.

    With `address`, a mailbox that nobody else has, also whatever was kept for it.
    """
    letters = Letter.objects.filter(about__in=[str(identity) for identity in about])
    KeptLetter.objects.filter(Q(pk__in=letters.values("pk")) | Q(to=address)).delete()
    letters.delete()


def compose(letter: str, content: Mapping[str, Any], identity: UUID) -> EmailMessage:
    """Return the letter as it leaves: plain text, the centre's name as sender, one id for all tries."""
    context = Context({**content["context"], "sender": content["sender"]}, autoescape=False)
    subject, body = (loader.get_template(f"mail/{letter}{end}").template.render(context) for end in (".subject.txt", ".txt"))  # type: ignore[attr-defined]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    return EmailMessage(
        subject=one_line(subject),
        body=plain_text(body).strip() + "\n",
        from_email=formataddr((one_line(content["sender"]), settings.DEFAULT_FROM_EMAIL)),
        to=[content["to"]],
        headers={"Message-ID": f"<{identity}@{host}>", "Auto-Submitted": "auto-generated"},
    )


@task()
def deliver(letter_id: str) -> None:
    """Send one waiting letter. Run twice, it sends once; killed in between, it is tried again under the same Message-ID."""
    now = timezone.now()
    mine = Letter.objects.filter(id=letter_id, state=Letter.State.WAITING, due__lte=now)
    if not mine.update(state=Letter.State.LEAVING, due=now + IN_HAND, tries=F("tries") + 1):
        return
    row = Letter.objects.get(id=letter_id)
    try:
        compose(row.letter, unseal(row.sealed), row.id).send()
    except Exception as error:
        _put_off(row, error)
    else:
        _close(row, Letter.State.SENT)


def _put_off(row: Letter, error: Exception) -> None:
    """Have the letter tried again later, or give it up. What the error says may hold the address, so only its kind is logged."""
    if _is_final(error) or row.tries > len(PAUSES):
        log.error("A letter (%s) was given up after %s tries: %s.", row.letter, row.tries, type(error).__name__)
        give_up(row)
        return
    log.warning("A letter (%s) could not leave and will be tried again: %s.", row.letter, type(error).__name__)
    row.state, row.due = Letter.State.WAITING, timezone.now() + PAUSES[row.tries - 1]
    row.save(update_fields=["state", "due"])


def _is_final(error: Exception) -> bool:
    """True where trying again cannot help: the address is refused for good, or the letter cannot be read or written."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, ValueError | LookupError) and not isinstance(error, OSError)


def give_up(row: Letter) -> None:
    """Try a letter no more, and tell the room that sent it."""
    with transaction.atomic():
        _close(row, Letter.State.FAILED)
        given_up.send(sender=Letter, letter=row)


def _close(row: Letter, state: str) -> None:
    row.state, row.sealed = state, ""
    row.save(update_fields=["state", "sealed"])


class OutboxBackend(BaseEmailBackend):
    """Keep letters in the database, where no mail server is set: each once, under its own id, by which `forget` finds whose it is."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        kept = [
            KeptLetter(id=_identity(message), to=message.to[0], subject=message.subject[:200], body=str(message.body))
            for message in email_messages
        ]
        return len(KeptLetter.objects.bulk_create(kept, ignore_conflicts=True))


def _identity(message: EmailMessage) -> UUID:
    """The id of the letter that `compose` has made this message of."""
    return UUID(message.extra_headers["Message-ID"].strip("<>").partition("@")[0])
