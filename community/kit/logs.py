"""Keeps out of the logs what tells of people: paths (an invitation link is a key), and the words of errors."""

import logging
import traceback
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


class DiscreetLine(logging.Formatter):
    """Write where an error arose and of what kind it is, without its words: a database quotes the row that it refuses."""

    def formatException(self, ei: Any) -> str:
        error: BaseException | None = ei[1]
        parts: list[str] = []
        while error is not None:
            where = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"{where}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(reversed(parts))
