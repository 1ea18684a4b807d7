"""Who may pause and close accounts, give roles and publish policies. All questions are about rows already read."""

from .models import User
from .roles import Right, Role


def is_here(actor: User) -> bool:
    """Has an account that is open and not paused."""
    return actor.is_active and not actor.is_suspended


def may_pause(actor: User) -> bool:
    """Pauses accounts, and lets people back in."""
    return is_here(actor) and actor.may(Right.PAUSE)


def may_close(actor: User) -> bool:
    """Closes accounts for good, except their own."""
    return is_here(actor) and actor.may(Right.CLOSE)


def may_appoint(actor: User) -> bool:
    """Gives roles, and takes them away."""
    return is_here(actor) and actor.may(Right.APPOINT)


def may_invite_as(actor: User | None, role: str) -> bool:
    """Invites somebody with this role ("": none), sends that invitation again and takes it back; None is who sets up the site."""
    return not role or actor is None or may_appoint(actor)


def may_take(actor: User, member: User, role: Role) -> bool:
    """Takes this role from this person. Nobody takes their own right to give roles, so that somebody always has it."""
    return may_appoint(actor) and not (actor.pk == member.pk and role == Role.ADMIN)


def may_be_given_code(member: User) -> bool:
    """Is let in again by a code in person: who has no mailbox for a link, and is none of the staff."""
    return member.is_active and member.email is None and not member.is_staff


def may_set_up(actor: User) -> bool:
    """Publishes policies."""
    return is_here(actor) and actor.may(Right.SET_UP)


def may_moderate(actor: User, author: User | None) -> bool:
    """Decides on what `author` wrote or did: a moderator, and on a moderator an admin too; nobody on themselves."""
    if author == actor:
        return False
    is_a_moderators = author is not None and author.may(Right.MODERATE)
    return actor.may(Right.MODERATE) or (is_a_moderators and actor.may(Right.MODERATE_MODERATORS))
