"""Which browsers of a member get pushes, and whether the one that asks does."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from community.members.models import User

from ..models import PushSubscription

NOTED = "push"  # in the session: its key, and the hash of the address that its browser registered


def browsers_of(member: User) -> QuerySet[PushSubscription]:
    """Return the browsers in which a member is notified, the newest first."""
    return PushSubscription.objects.filter(member=member).order_by("-made_at")


def hash_of_session(key: str) -> str:
    """Return what is stored of a session's key, which opens the account for as long as it lasts: backups hold these rows."""
    return salted_hmac("community.notifications.push.session", key).hexdigest()


def session_hash(request: HttpRequest) -> str:
    """Return that of the session of a request."""
    return hash_of_session(str(request.session.session_key))


def outlives(session_key: str) -> bool:
    """Whether a browser goes on being notified although its session is over: nobody signed out, it ended by itself."""
    return bool(session_key) and PushSubscription.objects.filter(session_hash=hash_of_session(session_key)).exists()


def noted_here(request: HttpRequest) -> str:
    """Return the hash of the address that this browser registered in this session; "" where its page has to register again."""
    noted = request.session.get(NOTED)
    return noted[1] if noted and noted[0] == request.session.session_key else ""


def has_registered(request: HttpRequest) -> bool:
    """Whether this browser registered in this session, under whatever key the session had then."""
    return bool(request.session.get(NOTED))


def note_here(request: HttpRequest, row: PushSubscription) -> None:
    """Note in the session that its browser has registered."""
    request.session[NOTED] = [request.session.session_key, row.endpoint_hash]


def forget_here(request: HttpRequest) -> None:
    """Forget that this session's browser has registered, so that its pages don't do it again."""
    request.session.pop(NOTED, None)
