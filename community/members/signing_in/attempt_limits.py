"""How many wrong passwords and codes are allowed, so that none can be guessed, and so that no stranger can lock a member out.

Strangers are counted by network (of IPv6 its /64), by network and account, and by account over the day: after a hundred attempts by all
of them together, a device that the account does not know needs a link from an e-mail. The devices that it knows, and each open session,
have counts of their own, which no stranger can use up. A passkey cannot be guessed.

Who signs in by a name has no mailbox for such a link, so at a sign-in name passwords are not counted over the day: only its owner knows
that name, and whoever guesses has to find both. Codes are, as six digits are soon guessed; who has no mailbox needs a way back then.
"""

import time

from allauth.account.adapter import get_adapter
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from community.kit import limits
from community.kit.errors import Refusal, Refused

from ..models import User
from . import devices
from .allauth_internals import RateLimitUsage, consume, consume_or_429, get_ip

RATES = {
    "own": limits.KNOWN_DEVICE_TRIES,
    "network": limits.NETWORK_TRIES,
    "network_and_account": limits.NETWORK_AND_ACCOUNT_TRIES,
    "code": limits.CODE_TRIES,
    "day": limits.ACCOUNT_TRIES,
    "link": limits.RESET_REQUESTS,
    "card": limits.CARD_TRIES,
    "all_cards": limits.CARD_TRIES_BEFORE_DELAY,
}


def count_password(request: HttpRequest, login: str) -> RateLimitUsage:
    """Count an attempt at the password of `login`, an address or a sign-in name; roll what it returns back if the password was right.

    Raises ValidationError where there were too many.
    """
    if session := _session_key(request):
        return _count(request, own=f"{session} {login}")
    is_known = devices.is_known(request, lambda: User.objects.signing_in_by(login))
    key = f"known {login}" if is_known else login
    over_the_day = {"day": key} if "@" in login else {}
    if is_known:
        return _count(request, own=key, **over_the_day)
    return _count(request, network="", network_and_account=f"{get_ip(request)} {login}", **over_the_day)


def count_code(request: HttpRequest, member: User) -> RateLimitUsage:
    """The same for a code, which is asked for after a right password."""
    needed = "link_needed" if member.email else "way_back_needed"
    if session := _session_key(request):
        return _count(request, own=f"{session} code")
    if devices.is_known(request, lambda: [member]):
        return _count(request, needed, own=f"known {member.pk} code", day=f"known {member.pk} code")
    return _count(request, needed, network="", code=f"{member.pk} code", day=f"{member.pk} code")


def count_way_back(request: HttpRequest, login: str) -> RateLimitUsage:
    """The same for a way back of `login`. Over the day they aren't counted: none is guessed, and who uses one may have no mailbox."""
    if session := _session_key(request):
        return _count(request, own=f"{session} way back")  # whoever is signed in means another account, and may go on to the next
    if devices.is_known(request, lambda: User.objects.signing_in_by(login)):
        return _count(request, own=f"known {login} way back")
    return _count(request, network="", network_and_account=f"{get_ip(request)} {login} way back")


def count_reset(request: HttpRequest, email: str) -> HttpResponse | None:
    """Count a request for a link to a new password. Return the answer if there were too many from this network, for `email` or at all."""
    return consume_or_429(request, app="mainstay", action="link", config=RATES, key=f"{get_ip(request)} {email}")


def before_card(request: HttpRequest) -> None:
    """Ask whether the code of a card may be looked at now. Raises Refused: rate_limited.

    A network that tried too often waits, and its codes are not looked at. All networks together are not shut out: each try takes longer.
    Only then is it known which codes are wrong, and those alone are counted: a group whose people press at once has one network.
    """
    if consume(request, app="mainstay", action="card", config=RATES, dry_run=True) is None:
        sentence = _("Too many wrong codes were typed on this connection. Please try again later, after an hour at most.")
        raise Refused(Refusal.RATE_LIMITED, sentence, retry_after=3600)
    if consume(request, app="mainstay", action="all_cards", config=RATES, key="", dry_run=True) is None:
        close_old_connections()  # nobody else waits for it meanwhile
        time.sleep(limits.CARD_TRY_DELAY.total_seconds())


def count_wrong_card(request: HttpRequest) -> None:
    """Count a code that was on no card that works."""
    consume(request, app="mainstay", action="card", config=RATES)
    consume(request, app="mainstay", action="all_cards", config=RATES, key="")


def _session_key(request: HttpRequest) -> str:
    """The key of a session in which somebody is signed in."""
    return str(request.session.session_key) if request.user.is_authenticated else ""


def _count(request: HttpRequest, needed: str = "link_needed", **keys: str) -> RateLimitUsage:
    """Count an attempt for each of `keys`. `needed` is the error of who had enough for the day: what lets them in all the same."""
    counted = RateLimitUsage([])
    for action, key in keys.items():
        usage = consume(request, app="mainstay", action=action, config=RATES, key=key)
        if usage is None:
            raise get_adapter().validation_error(needed if action == "day" else "too_many_login_attempts")
        counted.usage += usage.usage
    return counted
