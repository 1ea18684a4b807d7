"""Writes of downloads: a member asks and fetches, a worker makes, and what is over is deleted.

A worker's claim is a lease that it prolongs at each step. Where it is killed, another begins anew within a minute; where it wakes up late,
it changes nothing. A file bears the name of the claim that made it, so none replaces another, and one without a row is swept up.
"""

import datetime as dt
import logging
from contextlib import suppress
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.kit import audit, limits
from community.kit.encryption import seal_file, unseal_file
from community.kit.errors import Refusal, Refused
from community.kit.ids import new_id
from community.members.models import User
from community.members.verbs import MembersVerb

from . import making, seams
from .models import Download

log = logging.getLogger("mainstay.downloads")
FOLDER = "downloads"
LEASE = dt.timedelta(seconds=60)  # longer than any step takes
PAUSE = dt.timedelta(minutes=1)  # times the tries so far, until what failed is tried again
MAX_TRIES = 10
TOO_MANY = gettext_lazy("You have asked for your things several times this week. You can ask again on %(moment)s.")


class Lost(Exception):
    """The claim is another's by now, or nobody waits for this download anymore."""


def ask(*, member: User) -> None:
    """Ask for one's things. Whoever waits for them already goes on waiting. Raises Refused: rate_limited.

    What was made before is gone with it.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=member.pk)
        before = Download.objects.filter(member=member).first()
        if before and before.is_under_way:
            return
        audit.throttle(actor=member, verbs=(MembersVerb.ASK_THINGS,), rate=limits.DOWNLOAD_RATE, sentence=TOO_MANY)
        audit.record(actor=member, verb=MembersVerb.ASK_THINGS, target=member.pk)
        if before:
            _take_away(before)
        now = timezone.now()
        asked = {"state": Download.State.ASKED, "asked_at": now, "due": now, "claim": None, "tries": 0, "until": None, "fetched_at": None}
        Download.objects.update_or_create(member=member, defaults=asked | {"file": "", "size": 0})


def fetch(*, member: User) -> bytes:
    """Return the ZIP, and note that it was fetched. Raises Refused: run_out."""
    with transaction.atomic():
        download = Download.objects.ready().select_for_update(no_key=True).filter(member=member).first()
        content = _content(download) if download else None
        if download and content is None:
            _end(download)
        elif download:
            Download.objects.filter(pk=download.pk).update(fetched_at=timezone.now())
            audit.record(actor=member, verb=MembersVerb.FETCH_THINGS, target=member.pk)
    if content is None:
        raise Refused(Refusal.RUN_OUT, _("It's no longer here. You can ask for it again."))
    return content


def _content(download: Download) -> bytes | None:
    """The ZIP; None where its file is gone, or was made under a secret key that no longer counts."""
    with suppress(FileNotFoundError, ValueError), default_storage.open(download.file) as file:
        return unseal_file(file.read())
    return None


def make_anew(member: User) -> None:
    """Have what a member's download holds looked at again, as they may read less than when it was made. In the caller's transaction."""
    _make_anew(Download.objects.filter(member=member))


def make_all_anew() -> None:
    """The same of everybody's, as any of them may hold the name of somebody who has none anymore."""
    _make_anew(Download.objects.all())


def _make_anew(downloads: QuerySet[Download]) -> None:
    """One that nobody has begun is locked, too: a worker that began it now would read what the caller's transaction is changing."""
    states = (*Download.UNDER_WAY, Download.State.READY)
    for download in downloads.select_for_update(no_key=True).filter(state__in=states).order_by("pk"):
        if download.state == Download.State.ASKED:
            continue
        _take_away(download)
        now = timezone.now()
        Download.objects.filter(pk=download.pk).update(state=Download.State.ASKED, due=now, claim=None, tries=0, file="", until=None)


def forget(member: User) -> None:
    """Delete what was made for a member, and that they asked for it. In the caller's transaction."""
    for download in Download.objects.select_for_update(no_key=True).filter(member=member):
        _take_away(download)
        download.delete()


def end_run_out() -> None:
    """Delete what has been there for its time, and the files that no download names: those of killed workers."""
    for download in Download.objects.run_out():
        with transaction.atomic():
            if locked := Download.objects.run_out().select_for_update(no_key=True).filter(pk=download.pk).first():
                _end(locked)
    # The files first, and then both of a row at once: one that becomes ready meanwhile has the name of its claim.
    stored = _stored()
    rows = Download.objects.values_list("file", "claim")
    for name in stored - {_name(claim) if claim else file for file, claim in rows}:
        default_storage.delete(name)


def _end(download: Download) -> None:
    """Say of a locked one that it is gone, and delete its file once the caller's transaction holds."""
    Download.objects.filter(pk=download.pk).update(state=Download.State.GONE, file="", size=0)
    _take_away(download)


def _stored() -> set[str]:
    with suppress(FileNotFoundError):  # nobody has ever asked
        return {f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]}
    return set()


def _name(claim: UUID) -> str:
    return f"{FOLDER}/{claim}"


def _take_away(download: Download) -> None:
    """Delete its file once the caller's transaction holds, and tell the rooms above that nobody can fetch it anymore."""
    if download.file:
        transaction.on_commit(partial(default_storage.delete, download.file))
    seams.gone.send(sender=Download, download=download)


# ------------------------------------------------------------------- making


def make_due() -> None:
    """Make what is due, one after another, until nothing is."""
    while download := claim():
        make(download)


def claim() -> Download | None:
    """Claim the download that has waited longest; None where nobody waits. What was tried MAX_TRIES times is given up here.

    So it is given up as well where each try ended its worker, which has nobody left to count it.
    """
    if not Download.objects.due().exists():
        return None
    if given_up := Download.objects.due().filter(tries__gte=MAX_TRIES).update(state=Download.State.FAILED, claim=None):
        log.error("What could not be made for %d members is tried no more: it is given up.", given_up)
    with transaction.atomic():
        download = Download.objects.due().order_by("due").select_for_update(skip_locked=True, no_key=True).first()
        if download:
            download.state, download.claim, download.due = Download.State.MAKING, new_id(), timezone.now() + LEASE
            download.tries += 1
            download.save(update_fields=["state", "claim", "due", "tries"])
    return download


def _mine(download: Download) -> QuerySet[Download]:
    return Download.objects.filter(pk=download.pk, claim=download.claim)


def _prolong(download: Download) -> None:
    if not _mine(download).update(due=timezone.now() + LEASE):
        raise Lost


def make(download: Download) -> None:
    """Make a claimed download. What fails is tried again later."""
    assert download.claim
    name = _name(download.claim)
    try:
        content = making.make(User.objects.get(pk=download.member_id), partial(_prolong, download))
        default_storage.save(name, ContentFile(seal_file(content)))
        _finish(download, name, len(content))
    except Lost:
        default_storage.delete(name)
    except Exception:
        log.exception("A member's download could not be made, at try %d of %d.", download.tries, MAX_TRIES)
        _mine(download).update(state=Download.State.ASKED, claim=None, due=timezone.now() + PAUSE * download.tries)


def _finish(download: Download, name: str, size: int) -> None:
    with transaction.atomic():
        until = timezone.now() + limits.DOWNLOAD_LIFETIME
        if not _mine(download).update(state=Download.State.READY, claim=None, file=name, size=size, until=until):
            raise Lost
        seams.ready.send(sender=Download, download=download)
