"""How the tests ask the editor: the form of an article, and the address of every page of Wagtail."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import URLResolver

ADD = "/cms/pages/add/cms/articlepage/{}/"


def form(**fields: Any) -> dict[str, Any]:
    """What the editor's form of an article posts."""
    paragraph = {"body-0-deleted": "", "body-0-order": "0", "body-0-type": "text", "body-0-id": str(uuid.uuid4()), "body-0-value": "null"}
    words = {
        "blocks": [{"key": "a", "text": "Words", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": [], "data": {}}]
    }
    return {
        "audience": "members", "title": "Evenings", "summary": "What helps", "content_note": "", "body-count": "1", **paragraph,
        "body-0-value": json.dumps(words | {"entityMap": {}}), "sources-count": "0",
        "go_live_at": "", "expire_at": "", "next": "",
    } | fields  # fmt: skip


def linking(page: object) -> dict[str, str]:
    """The body of a form whose only word is a link to the page with this number."""
    block = {"key": "a", "text": "Words", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "data": {}}
    link = {"type": "LINK", "mutability": "MUTABLE", "data": {"id": page, "url": "", "parentId": 1}}
    content = {"blocks": [block | {"entityRanges": [{"offset": 0, "length": 5, "key": 0}]}], "entityMap": {"0": link}}
    return {"body-0-value": json.dumps(content)}


def addresses(patterns: Any, prefix: str = "", space: str = "") -> list[tuple[str, str]]:
    """Every (name, address) below /cms/, ids filled with ones that exist or might."""
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found += addresses(pattern.url_patterns, prefix + str(pattern.pattern), inner)
        else:
            found.append((f"{space}{pattern.name}", prefix + str(pattern.pattern)))
    return found


def filled(address: str, number: int = 1, version: str = "live") -> str:
    """`address` with every number in it filled by `number`, and the versions that it compares by `version` and the latest."""
    address = address.replace("^", "").replace("$", "").replace("(\\d+)/revisions", f"{number}/revisions")
    address = address.replace("(live|earliest|\\d+)", version).replace("(live|latest|\\d+)", "latest")
    address = address.replace("\\.", ".").replace(".*", "none")
    address = re.sub(r"<uuid:\w+>", str(uuid.UUID(int=1)), address)
    address = re.sub(r"<\w+:revision_id>", version, address)
    return "/cms/" + re.sub(r"<[^>]+>", str(number), address)


@contextmanager
def noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Note by which names a view looks into what it was asked."""
    names: set[str] = set()
    with monkeypatch.context() as patched:
        for read in ("__getitem__", "__contains__", "get", "getlist"):
            theirs = getattr(QueryDict, read)

            def reading(self: Any, key: Any, *args: Any, theirs: Any = theirs, **kwargs: Any) -> Any:
                names.add(str(key))
                return theirs(self, key, *args, **kwargs)

            patched.setattr(QueryDict, read, reading)
        yield names
