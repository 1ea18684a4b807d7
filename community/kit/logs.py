"""Keeps paths out of the logs: an invitation link is a key, and a group's page tells who belongs to it."""

import logging
from typing import Any


class Discreet(logging.Filter):
    """Replace the path that Django puts into a request's log line by the name of its route."""

    def filter(self, record: logging.LogRecord) -> bool:
        request: Any = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple) and record.args:
            match = getattr(request, "resolver_match", None)
            name = (match and match.view_name) or "unknown route"
            path = getattr(request, "path", None)
            record.args = tuple(name if arg == path else arg for arg in record.args)
        return True
