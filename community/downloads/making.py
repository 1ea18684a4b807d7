"""Makes the ZIP of a member's things: pages that open in any browser without the site, and the same as JSON with its schema.

No name in it says what the site is, nor does the ZIP's own. It is made in memory, so that nothing readable ever lies on a disk here.
"""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from community.centre.zones import zone_named
from community.members.models import User

from . import chapters, pages

STYLE = Path(__file__).with_name("style.css")
ROWS_AT_ONCE = 500


def make(member: User, go_on: Callable[[], None]) -> bytes:
    """Return the ZIP. `go_on` is called after each step, which takes a second or so, and may raise to stop it."""
    made, out = timezone.now(), io.BytesIO()
    data: dict[str, Any] = {"format": chapters.FORMAT, "made": made}
    contents = []
    with timezone.override(zone_named(member.time_zone)), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for chapter in chapters.in_order():
            data[chapter.key] = _rows(chapter, member, go_on)
            found = pages.pages_of(chapter, data[chapter.key])
            contents.append((chapter, found))
            for page in found:
                archive.writestr(page.file, render_to_string("downloads/zip/chapter.html", {"page": page}))
                go_on()
        archive.writestr("index.html", render_to_string("downloads/zip/index.html", {"contents": contents, "made": made, "member": member}))
        archive.writestr("style.css", STYLE.read_text())
        archive.writestr("data.json", json.dumps(data, default=chapters.as_json, ensure_ascii=False, indent=1))
        archive.writestr("schema.json", json.dumps(chapters.schema(), indent=1))
    return out.getvalue()


def _rows(chapter: chapters.Chapter, member: User, go_on: Callable[[], None]) -> list[chapters.Row]:
    rows = []
    for row in chapter.rows(member):
        rows.append(chapters.said(chapter, row))
        if not len(rows) % ROWS_AT_ONCE:
            go_on()
    return rows
