"""Who signs in with an address and a password."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from .models import User


class Backend(AuthenticationBackend):
    """Finds them by the canonical address; among twins by the password, and first whose address is stored as it was typed."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User:
        user: User | None = super().authenticate(request, **credentials)
        if user is None:  # no other backend is asked: allauth's own is named in the settings for sessions that began under it
            raise PermissionDenied
        return user

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        people = User.objects.reached_at(credentials.get("email", ""))
        people.sort(key=lambda person: person.email != credentials.get("typed"))
        return next((person for person in people if self._check_password(person, credentials["password"])), None)
