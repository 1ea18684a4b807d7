"""Articles for the tests: one of each audience and state, with words and files by which a leak is recognised."""

import copy
import datetime as dt
import io
import re
from typing import Any

import pikepdf
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Canvas
from wagtail.models import Revision

from cms.models import ArticlePage, LibraryDocument, LibraryPage, Picture

GPS = 0x8825
WORD = "lighthouse"  # in every article, so that a search finds all that it may


def write(
    title: str,
    audience: str = "members",
    *,
    groups: tuple[Any, ...] = (),
    owner: Any = None,
    live: bool = True,
    kind: type[Any] = ArticlePage,
    **fields: Any,
) -> Any:
    """Write an article, or another `kind` of entry, the way the editor does: a draft page, a revision and, if `live`, its publication."""
    body = fields.pop("body", [("text", f"<p>About the {WORD} and {title}.</p>")])
    summary = fields.pop("summary", f"Summary of {title}")
    article = kind(title=title, audience=audience, summary=summary, body=body, owner=owner, live=False, **fields)
    article.groups = list(groups)
    LibraryPage.objects.get().add_child(instance=article)
    revision = article.save_revision()
    if live:
        revision.publish()
    article.refresh_from_db()
    return article


def publish(article: ArticlePage, **changes: Any) -> ArticlePage:
    """Change `article` and publish it again, as an editor would."""
    draft = ArticlePage.objects.get(pk=article.pk)
    for field, value in changes.items():
        setattr(draft, field, value)
    draft.save_revision().publish()
    return ArticlePage.objects.get(pk=article.pk)


def schedule(title: str, audience: str = "members", *, minutes: int = 60, **fields: Any) -> ArticlePage:
    """Write an article that an editor has published for later."""
    return write(title, audience, go_live_at=timezone.now() + dt.timedelta(minutes=minutes), **fields)


def photograph() -> bytes:
    """A JPEG as a phone writes it: with the place where it was taken."""
    canvas = Canvas.new("RGB", (320, 240), "navy")
    exif = canvas.getexif()
    exif[0x010F] = "Phone of Sam"
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    exif.get_ifd(GPS)[4] = (13.0, 24.0, 36.0)
    buffer = io.BytesIO()
    canvas.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def picture(uploader: Any = None) -> Picture:
    return Picture.objects.create(title="A chair", file=ContentFile(photograph(), name="garden-of-sam.jpg"), uploaded_by_user=uploader)


def plan() -> bytes:
    """A PDF of one empty page."""
    buffer = io.BytesIO()
    made = pikepdf.new()
    made.add_blank_page()
    made.save(buffer)
    return buffer.getvalue()


def paper(uploader: Any = None) -> LibraryDocument:
    file = ContentFile(plan(), name="plan-for-sam.pdf")
    return LibraryDocument.objects.create(title="A plan", file=file, uploaded_by_user=uploader)


def shown(image: Picture | None, words: str, *, is_decoration: bool = False) -> dict[str, Any]:
    """A picture as a block takes it: a copy, which gets the description for itself."""
    return {"image": copy.copy(image), "alt_text": words, "decorative": is_decoration}


def with_picture(image: Picture) -> list[Any]:
    return [("picture", {"image": shown(image, "A chair by a window"), "caption": ""})]


def with_document(file: LibraryDocument) -> list[Any]:
    return [("document", {"document": file, "title": "The plan"})]


def plain(response: Any) -> str:
    """The page as text, without what differs at every answer: its tokens, and the seconds that a session has left."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|data-left="\d+"', "", response.content.decode())


def due_now(article: ArticlePage) -> None:
    """Move the schedule of `article` to a moment ago."""
    revision = Revision.objects.get(pk=article.latest_revision_id)
    moment = timezone.now() - dt.timedelta(seconds=1)
    revision.content["go_live_at"] = moment.isoformat()
    revision.approved_go_live_at = moment
    revision.save()


def write_every_block(audience: str = "members") -> ArticlePage:
    """Write an article that holds each kind of block, a content note and a source."""
    body: list[Any] = [
        *[("heading", f"Part {number}") for number in range(6)],
        ("text", f"<p>About the <b>{WORD}</b> and <a href='https://www.who.int/'>where it stands</a>.</p>"),
        *with_picture(picture()),
        *with_document(paper()),
        ("callout", {"tone": "danger", "heading": "Take care", "text": "<p>Call somebody.</p>"}),
        ("steps", {"heading": "", "steps": ["<p>Breathe out.</p>", "<p>Sit down.</p>"]}),
        ("quote", {"text": "One hour.", "source": "A member", "url": ""}),
        ("help_lines", None),
    ]
    source = {"title": "Naloxone", "url": "https://www.who.int/naloxone", "opened": "2026-11-20"}
    return write("Every block", audience, body=body, content_note="loss", sources=[("source", source)])
