"""Who may do what to an account. Each question is pure: it is asked of rows already read."""

from .models import User
from .roles import Role


def can_close(actor: User, member: User) -> bool:
    """Closes an account: an admin who is here, and never their own, so that one admin always stays."""
    return actor.is_active and not actor.is_suspended and actor.has_role(Role.ADMIN) and actor.pk != member.pk
