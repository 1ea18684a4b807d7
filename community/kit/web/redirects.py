"""Where a page's address says to go next: only ever to a page of this site."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def own_path(request: HttpRequest, parameter: str) -> str:
    """Return the path that `parameter` of the address names, "" where it is missing or leads to another site."""
    path = request.GET.get(parameter, "")
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
