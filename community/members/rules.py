"""Who may pause, close, give roles and publish what people agree to. Each question is asked of rows already read."""

from .models import User
from .roles import Right, Role


def is_here(actor: User) -> bool:
    """Has an open account: a right of somebody who is paused rests."""
    return actor.is_active and not actor.is_suspended


def may_pause(actor: User) -> bool:
    """Pauses accounts, and lets people back in."""
    return is_here(actor) and actor.may(Right.PAUSE)


def may_close(actor: User) -> bool:
    """Closes accounts for good, but for their own."""
    return is_here(actor) and actor.may(Right.CLOSE)


def may_appoint(actor: User) -> bool:
    """Gives roles, and takes them away."""
    return is_here(actor) and actor.may(Right.APPOINT)


def may_take(actor: User, member: User, role: Role) -> bool:
    """Takes this role from this person: nobody their own right to give roles, so that somebody is always left who has it."""
    return may_appoint(actor) and not (actor.pk == member.pk and role == Role.ADMIN)


def may_set_up(actor: User) -> bool:
    """Publishes what people agree to."""
    return is_here(actor) and actor.may(Right.SET_UP)
