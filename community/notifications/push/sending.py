"""Sends what is due to the push services: one push for each of a member's browsers, and the same words in every one.

Several threads post, the database is asked by this one alone. A member is told once one of their browsers has taken it: what the others
couldn't take isn't sent again, since the first would then show it twice.
"""

import datetime as dt
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from community.centre.zones import zone_named
from community.kit.encryption import unsealed
from community.kit.ids import new_id
from community.members.models import User

from .. import deliveries
from ..deliveries import Claim
from ..expansion import chosen_by
from ..kinds import Transport
from ..models import Delivery, PushKey, PushSubscription
from ..preferences import hours
from . import condition
from .endpoints import Endpoint

if TYPE_CHECKING:
    from .posting import Answer, Push

THREADS = 8
LIFETIME = dt.timedelta(days=1)  # for which a push service keeps what a phone that is off can't take
PATIENCE = 25.0  # seconds in which pushes are begun: each takes 13 at most, and a lease is 45
PAUSES = [dt.timedelta(minutes=each) for each in (1, 5, 30)]  # before the tries after the first
MAX_REFUSALS = 5  # in a row, of one browser
MANY = 3  # members whose browsers were all refused are no chance: it is us
LENGTH = 512  # of every payload, so that its size says nothing
# What a phone or computer shows of every push. They stand in the worker too (community/static/community/js/worker.js).
TITLE = "Something new for you"
BODY = "Open it whenever you like."

_refused: set[UUID] = set()  # members whose browsers were refused since any was taken, as this process saw it

Answered = list[tuple[PushSubscription, "Answer"]]


def send_due() -> None:
    """Send the pushes that are due."""
    if condition.rests():
        return
    claims = deliveries.claim(Transport.PUSH)
    if not claims:
        return
    people = [claim.member.pk for claim in claims]
    browsers = PushSubscription.objects.filter(member__in=people).select_related("member__notification_preferences")
    answered = send(browsers, {claim.member.pk: claim.deliveries[0].pk for claim in claims})
    is_us = note(answered)
    mine: dict[UUID, list[Answer]] = defaultdict(list)
    for row, answer in answered:
        mine[row.member_id].append(answer)
    for claim in claims:
        _close(claim, mine[claim.member.pk], is_us)


def send_test(row: PushSubscription) -> str:
    """Send a push to one browser at once, and return a word for what became of it: a value of `posting.PushResult`, or "off"."""
    if not condition.is_subject_taken():
        return "off"
    answered = send([row], {row.member_id: new_id()})
    note(answered, is_test=True)
    return answered[0][1].result.value if answered else "gone"


def payload(identity: UUID) -> bytes:
    """Return what a browser is sent: an id, and the words that it shows (declarative web push), which are the same for everything."""
    shown = {"title": TITLE, "body": BODY, "navigate": settings.SITE_URL + reverse("notifications:inbox")}
    return json.dumps({"web_push": 8030, "notification": shown, "id": str(identity)}).ljust(LENGTH).encode()


def send(browsers: Iterable[PushSubscription], ids: dict[UUID, UUID]) -> Answered:
    """Send a push to each of these browsers, with the id that is its member's, and return what was answered."""
    from .posting import post  # its libraries take long to load, and few processes send

    pushes = list(_pushes(browsers, ids))
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(post, [push for _row, push in pushes]))
    return [(row, answer) for (row, _push), answer in zip(pushes, answers, strict=True)]


def _pushes(browsers: Iterable[PushSubscription], ids: dict[UUID, UUID]) -> "Iterator[tuple[PushSubscription, Push]]":
    from .posting import Push

    keys = {key.pk: unsealed(key.sealed) for key in PushKey.objects.all()}
    until = time.monotonic() + PATIENCE
    for row in browsers:
        address, private = unsealed(row.sealed), keys.get(row.key_id)
        if not address or not private:
            row.delete()  # sealed under a secret key that is lost
            continue
        topic = salted_hmac("community.notifications.push", str(row.pk)).hexdigest()[:32]
        yield row, Push(Endpoint(*address), private, topic, payload(ids[row.member_id]), _lifetime(row.member), until)


def _lifetime(member: User) -> int:
    """Return for how many seconds a push service may keep it: a phone that is turned on in its member's quiet hours stays silent."""
    now = timezone.now()
    quiet = hours.next_quiet(chosen_by(member), zone_named(member.time_zone), now)
    return int(min(LIFETIME, quiet - now).total_seconds())


def note(answered: Answered, *, is_test: bool = False) -> bool:
    """Note with the browsers what was answered; return whether the services refuse this site, which is then no browser's fault.

    Tests, which anybody may ask for, are no sign of that.
    """
    from .posting import PushResult

    by: dict[PushResult, list[PushSubscription]] = defaultdict(list)
    for row, answer in answered:
        by[answer.result].append(row)
    PushSubscription.objects.filter(pk__in=[row.pk for row in by[PushResult.GONE]]).delete()
    if taken := by[PushResult.TAKEN]:
        _refused.clear()
        PushSubscription.objects.filter(pk__in=[row.pk for row in taken]).exclude(refusals=0).update(refusals=0)
        PushKey.objects.exclude(refused_at=None).update(refused_at=None)
    elif not is_test and _are_all_refused(by[PushResult.REFUSED]):
        PushKey.objects.filter(pk__in={row.key_id for row in by[PushResult.REFUSED]}).update(refused_at=timezone.now())
        return True
    refusing = PushSubscription.objects.filter(pk__in=[row.pk for row in [*by[PushResult.REFUSED], *by[PushResult.FAILED]]])
    refusing.update(refusals=F("refusals") + 1)
    refusing.filter(refusals__gte=MAX_REFUSALS).delete()
    return False


def _are_all_refused(rows: list[PushSubscription]) -> bool:
    """Whether it is our key, subject or clock: one browser alone, such as one that somebody made up, is no sign of it among many."""
    _refused.update(row.member_id for row in rows)
    members = PushSubscription.objects.values("member").distinct().count()
    return bool(rows) and len(_refused) >= min(MANY, members)


def _close(claim: Claim, answers: "list[Answer]", is_us: bool) -> None:
    """Say what became of what a member was to be told."""
    from .posting import PushResult

    found = {answer.result for answer in answers}
    if PushResult.TAKEN in found:
        claim.close(Delivery.State.SENT)
    elif PushResult.LATER in found and claim.tries <= len(PAUSES):
        asked = [answer.wait for answer in answers if answer.wait]
        claim.put_off(timezone.now() + max([PAUSES[claim.tries - 1], *asked]))
    elif PushResult.UNKNOWN in found:
        claim.close(Delivery.State.UNKNOWN)
    elif PushResult.REFUSED in found and is_us:
        claim.put_off(timezone.now() + condition.TRY_AGAIN)
    else:
        claim.close(Delivery.State.FAILED)
