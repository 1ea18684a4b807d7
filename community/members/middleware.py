"""What holds for every request of a signed-in member: their time zone, and a pause of their account."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from community.centre.models import centre

Handler = Callable[[HttpRequest], HttpResponse]


def member_locale(get_response: Handler) -> Handler:
    """Show times in the member's zone, to a guest in the centre's."""

    def handle(request: HttpRequest) -> HttpResponse:
        zone = request.user.time_zone if request.user.is_authenticated else centre().time_zone
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return get_response(request)

    return handle
