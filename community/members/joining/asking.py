"""Who asks whether somebody is here, by what they cannot change: their account or invitation, and the network that they ask from."""

from contextlib import AbstractContextManager

from community.kit import limits
from community.kit.web import disclosures

from ..models import Invitation, User
from ..people.names import free_name
from ..roles import Right
from ..signing_in.allauth_internals import context, get_ip


def asked_by(asker: User | Invitation) -> AbstractContextManager[None]:
    """Count what is refused within for `asker` (a member, or whoever holds an invitation), where it tells who is here.

    Raises Refused(Refusal.RATE_LIMITED) where they have been told enough in this hour.
    """
    askers = {f"network {get_ip(context.request)}": limits.MAX_DISCLOSURES_PER_NETWORK} if context.request else {}
    if isinstance(asker, Invitation) or not asker.may(Right.INVITE):
        askers[f"person {asker.pk}"] = limits.MAX_DISCLOSURES_PER_PERSON
    return disclosures.counted(askers)


def ask_name(*, invitation: Invitation, name: str) -> str:
    """Return the name, tidied, if who was invited can have it. Raises Refused: bad_name, name_taken, rate_limited."""
    with asked_by(invitation):
        return free_name(name, for_staff=bool(invitation.role))


def count_list(actor: User) -> None:
    """Count that one of the staff has a list of addresses checked. Raises Refused(Refusal.RATE_LIMITED)."""
    disclosures.count({f"lists {actor.pk}": limits.MAX_LISTS_CHECKED})
