"""Who signs in with a password, by an address or a sign-in name. Sessions hold this module's name, so it stays where it is."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from .models import User
from .signing_in.allauth_internals import PasswordBackend


class Backend(PasswordBackend):
    """Finds them by the canonical address or the skeleton of the sign-in name.

    In a shared mailbox by the password, and first whose address is stored as it was typed.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User:
        user: User | None = super().authenticate(request, **credentials)
        if user is None:  # no other backend is asked: allauth's own is named in the settings for sessions that began under it
            raise PermissionDenied
        return user

    def find(self, **credentials: Any) -> list[User]:
        people = User.objects.signing_in_by(credentials.get("email", ""))
        return sorted(people, key=lambda person: person.email != credentials.get("typed"))
