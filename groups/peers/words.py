"""What a member's join requests and agreements say, on Today, in the list of groups and in their notifications."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from .models import JoinRequest, Membership


def offer(join_request: JoinRequest) -> str:
    """Say whose idea an offer was, and until when it holds."""
    words = {
        JoinRequest.Origin.INVITED: _("You're invited to this group."),
        JoinRequest.Origin.ASKED: _("You asked to join, and the answer is yes."),
        JoinRequest.Origin.WAITED: _("A place is free for you."),
        JoinRequest.Origin.SUGGESTED: _("This group is suggested to you."),
    }[JoinRequest.Origin(join_request.origin)]
    if join_request.until:
        # Translators: a day as people say it, in Django's date format letters.
        words += " " + _("It's kept for you until %(day)s.") % {"day": date_format(localtime(join_request.until), _("l, F j"))}
    return words


def decision(join_request: JoinRequest) -> str:
    """Say that others, or time, decided on a join request."""
    return {
        JoinRequest.State.REFUSED: _("Your request has an answer."),
        JoinRequest.State.WITHDRAWN: _("You're no longer on the way into this group."),
        JoinRequest.State.LAPSED: _("The place that was kept for you went to the next person on the waiting list."),
    }[JoinRequest.State(join_request.state)]


def agreement(membership: Membership) -> str:
    """Say why somebody is to read the agreement of their group."""
    if membership.agreed_version:
        return _("The agreement has changed. Read it when you can.")
    return _("You look after this group now. Please read its agreement.") if membership.leads else _("Please read the agreement.")
