"""Every write of announcements."""

from collections.abc import Collection
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.kit import audit, limits
from community.kit.errors import Refusal, Refused
from community.members.models import User
from community.members.roles import Right

from ..actions import forget_about, notify
from ..models import Announcement
from ..verbs import NotificationsVerb
from . import reading
from .audiences import AUDIENCES
from .notifying import ANNOUNCEMENT

TOO_MANY = gettext_lazy("You've published many announcements today. You can publish another one tomorrow.")


def announce(*, actor: User, identity: UUID, title: str, body: str, audience: str, chosen: Collection[UUID] = ()) -> Announcement:
    """Publish an announcement; `identity` is that of its form, so that one which is sent twice is published once.

    Raises Refused: forbidden, invalid, rate_limited; reused where something else was published from that form.
    """
    if not actor.may(Right.ANNOUNCE):
        raise Refused(Refusal.FORBIDDEN, _("You can't publish announcements."))
    if not _may_choose(actor, audience, chosen):
        raise Refused(Refusal.INVALID, _("Choose who it's for."))
    content = {"title": title, "body": body, "audience": audience, "chosen": sorted(map(str, chosen)), "made_by": actor}
    with transaction.atomic():
        # What a form says can be the id of anything here: of another's announcement, or of a group, whose notifications a withdrawal
        # would delete. Together with its author it is an id of nothing else.
        made, is_new = Announcement.objects.get_or_create(pk=uuid5(actor.pk, str(identity)), defaults=content)
        if not is_new and any(getattr(made, name) != value for name, value in content.items()):
            raise Refused(Refusal.REUSED, _("Your earlier announcement was published. To publish this one too, continue from here."))
        if is_new:
            audit.throttle(actor=actor, verbs=(NotificationsVerb.ANNOUNCE,), rate=limits.ANNOUNCEMENT_RATE, sentence=TOO_MANY)
            audit.record(actor=actor, verb=NotificationsVerb.ANNOUNCE, target=made.pk)
            notify(ANNOUNCEMENT.key, made.pk, actor=actor)
    return made


def _may_choose(author: User, audience: str, chosen: Collection[UUID]) -> bool:
    if audience not in AUDIENCES:
        return False
    parts = AUDIENCES[audience].parts
    return bool(chosen) and parts.choices(author).filter(pk__in=chosen).count() == len(set(chosen)) if parts else not chosen


def withdraw(*, actor: User, announcement: Announcement) -> None:
    """Take an announcement back: nobody reads it any more, and nobody is notified of it. Idempotent. Raises Refused: forbidden."""
    if not reading.managed_by(actor).filter(pk=announcement.pk).exists():
        raise Refused(Refusal.FORBIDDEN, _("You can't withdraw this announcement."))
    with transaction.atomic():
        if Announcement.objects.standing().filter(pk=announcement.pk).update(withdrawn_at=timezone.now()):
            forget_about(announcement.pk)
            audit.record(actor=actor, verb=NotificationsVerb.WITHDRAW, target=announcement.pk)
