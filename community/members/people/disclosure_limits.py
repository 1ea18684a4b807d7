"""Limits on answers that tell whether somebody is here, counted by what they cannot change: account or invitation, and network."""

from contextlib import AbstractContextManager

from community.kit import limits
from community.kit.web import disclosures

from ..models import Invitation, User
from ..roles import Right
from ..signing_in.allauth_internals import context, get_ip
from .names import free_name, free_sign_in_name


def limit_disclosures(to: User | Invitation) -> AbstractContextManager[None]:
    """Count refusals raised within that tell whether somebody is here, for `to`: a member, or whoever holds an invitation.

    Raises Refused: rate_limited where they were told enough in this hour.
    """
    most = {f"network {get_ip(context.request)}": limits.MAX_DISCLOSURES_PER_NETWORK} if context.request else {}
    if isinstance(to, Invitation) or not to.may(Right.INVITE):
        most[f"person {to.pk}"] = limits.MAX_DISCLOSURES_PER_PERSON
    return disclosures.counted(most)


def free_name_for(invitation: Invitation, name: str) -> str:
    """Return `name`, tidied, if whoever holds the invitation can have it. Raises Refused: bad_name, name_taken, rate_limited."""
    with limit_disclosures(invitation):
        return free_name(name, for_staff=bool(invitation.role))


def free_sign_in_name_for(to: User | Invitation, name: str, *, shown: str) -> str:
    """Return a sign-in name, tidied, if it is free. Raises Refused: bad_sign_in_name, sign_in_name_taken, rate_limited."""
    with limit_disclosures(to):
        return free_sign_in_name(name, shown=shown)


def count_list(actor: User) -> None:
    """Count that one of the staff has a list of addresses checked. Raises Refused: rate_limited."""
    disclosures.count({f"lists {actor.pk}": limits.MAX_LISTS_CHECKED})
