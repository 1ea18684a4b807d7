"""Agreeing to a policy, and publishing its next version."""

from django.db import transaction
from django.utils.translation import gettext as _

from community.centre import policies
from community.kit import audit
from community.kit.errors import Refusal, Refused

from .. import rules, seams
from ..models import Consent, ConsentText, User
from ..verbs import MembersVerb


def agree(*, member: User, version: int) -> None:
    """Record that a member agrees to the newest version. Raises Refused: changed, where `version` is not the newest anymore."""
    with transaction.atomic():
        newest = ConsentText.objects.latest()
        if newest.version != version:
            raise Refused(Refusal.CHANGED, _("A newer version was published meanwhile. Please read that one."))
        Consent.objects.get_or_create(member=member, text=newest)


def publish_policy(*, actor: User, policy: policies.Policy, fingerprint: str) -> None:
    """Publish the draft of a policy as its next version, if it still has this `fingerprint`. Raises Refused: forbidden, changed, empty."""
    if not rules.may_set_up(actor):
        raise Refused(Refusal.FORBIDDEN, _("Only an admin can publish this."))
    with transaction.atomic():
        draft, newest = policy.draft._default_manager.select_for_update().get(), policy.newest()
        if draft.fingerprint != fingerprint:
            raise Refused(Refusal.CHANGED, _("Somebody has changed the draft meanwhile. Read it again, then publish it."))
        if not draft.is_new(newest):
            raise Refused(Refusal.EMPTY, _("There is nothing new to publish."))
        made = policy.versions._default_manager.create(version=newest.version + 1 if newest else 1, body=draft.body)
        audit.record(actor=actor, verb=MembersVerb.PUBLISH_TEXT, target=f"{policy.key} {made.version}")
        seams.policy_published.send(sender=policy.versions, version=made, actor=actor)
