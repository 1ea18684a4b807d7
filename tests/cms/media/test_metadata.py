"""Nothing that is stored or served tells who made it, where, by what or when: asked of every kind of file that the library takes."""

import io
import re
import zipfile
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse
from PIL import Image as Canvas
from wagtail.images.utils import get_allowed_image_extensions
from wagtail.models import UploadedFile

from cms.models import LibraryDocument, Picture, Rendition
from community.kit import generation
from community.members.models import User
from tests.cms.articles import with_document, with_picture, write
from tests.cms.media.test_uploads import AJAX, sent
from tests.cms.revealing_files import DOCUMENTS, PICTURES, SIZE, XMP, paper, pdf, photograph, told_by


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def stored(image: Any) -> bytes:
    with default_storage.open(image.file.name) as file:
        return file.read()


def upload(client: Any, kind: str, data: bytes) -> Any:
    """Through the editor's form; the picture or document that came of it."""
    model, door = (Picture, "images") if kind in PICTURES else (LibraryDocument, "documents")
    answer = client.post(f"/cms/{door}/add/", {"title": "A thing", "file": sent(f"garden-of-sam.{kind}", data)})
    assert answer.status_code == 302, answer.context["form"].errors
    return model.objects.latest("pk")


def served(client: Any, image: Picture) -> Any:
    """The answer to what a page that shows the picture asks for."""
    article = write("Open", "public", body=with_picture(image))
    page = client.get(reverse("cms:article", args=[article.slug])).content.decode()
    found = re.search(r'<img src="(/pictures/[^"]+)"', page)
    assert found
    return client.get(found[1])


def test_every_kind_that_is_taken_is_asked_here() -> None:
    """A promise kept by listing formats: a new one must be asked too."""
    assert set(PICTURES) == set(get_allowed_image_extensions())
    assert set(DOCUMENTS) == set(settings.WAGTAILDOCS_EXTENSIONS)


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_tells_nothing_whatever_was_uploaded(clients: dict[str, Any], kind: str) -> None:
    """A place, a device, a profile or a comment that one format hands on to another."""
    data = photograph(kind)
    assert told_by(data), "the picture of this test must tell"
    image = upload(clients["pat"], kind, data)
    answer = served(clients["guest"], image)
    shown = body(answer)
    assert answer["Content-Type"] == "image/webp"
    assert told_by(shown) == [] and told_by(stored(image)) == []
    assert Canvas.open(io.BytesIO(shown)).size == (image.width, image.height) == SIZE


@pytest.mark.parametrize("name", ["tiff", "bmp", *PICTURES])
def test_no_size_of_a_picture_of_an_earlier_release_tells(db: None, name: str) -> None:
    """A picture that lies there as it came, whatever format a template asks for."""
    image = earlier_picture(name)
    for to in ("", "|format-jpeg", "|format-png", "|format-gif", "|format-avif", "|format-webp"):
        assert told_by(stored(image.get_rendition(f"max-100x100{to}"))) == [], to


def earlier_picture(name: str = "webp", data: bytes = b"") -> Picture:
    """As an earlier release stored it: the bytes that were uploaded."""
    image = Picture.objects.create(title="A chair", file=ContentFile(photograph("jpg"), name="chair.jpg"))
    file = default_storage.save(f"original_images/chair.{name}", ContentFile(data or photograph(name)))
    default_storage.delete(image.file.name)
    Picture.objects.filter(pk=image.pk).update(file=file, file_hash="", file_size=None)
    return Picture.objects.get(pk=image.pk)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_a_picture_of_every_mode_is_drawn(clients: dict[str, Any], mode: str) -> None:
    """A palette, ink for a printer or 16 bits, on which drawing fails."""
    kind = "jpg" if mode == "CMYK" else "png"
    canvas = Canvas.new("L", (64, 48), 255)
    buffer = io.BytesIO()
    canvas = canvas.convert("I").point(lambda value: value * 257).convert("I;16") if mode == "I;16" else canvas.convert("RGB").convert(mode)
    canvas.save(buffer, "JPEG" if kind == "jpg" else "PNG")
    image = upload(clients["pat"], kind, buffer.getvalue())
    color = Canvas.open(io.BytesIO(stored(image))).convert("L").getpixel((30, 20))
    assert color > 180, "white became another color"


def test_a_picture_stands_upright(clients: dict[str, Any]) -> None:
    """The mark for its turning goes with the rest: it must have been turned."""
    canvas, buffer = Canvas.new("RGB", (64, 48), "navy"), io.BytesIO()
    exif = canvas.getexif()
    exif[0x0112] = 6
    canvas.save(buffer, "JPEG", exif=exif)
    image = upload(clients["pat"], "jpg", buffer.getvalue())
    assert (image.width, image.height) == (48, 64)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_tells_nothing_whatever_was_uploaded(clients: dict[str, Any], kind: str) -> None:
    """A name in the properties, a note's author, a printer, a path, a photograph's place within."""
    data = paper(kind)
    assert kind in ("txt", "csv") or told_by(data), "the document of this test must tell"
    file = upload(clients["pat"], kind, data)
    write("Open", "public", body=with_document(file))
    got = body(clients["guest"].get(file.url))
    assert told_by(got) == [] and got == stored(file)
    assert file.file_size == len(got)
    assert words_of(kind, got) == words_of(kind, data)


def words_of(kind: str, data: bytes) -> bool:
    """True where its own words are still in it."""
    if kind == "pdf":
        with pikepdf.open(io.BytesIO(data)) as opened:
            return b"A plan" in opened.pages[0].Contents.read_bytes()
    if kind in ("txt", "csv"):
        return data == paper(kind)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return any(b"A plan" in parts.read(name) for name in parts.namelist())


def test_what_a_document_needs_stays(clients: dict[str, Any]) -> None:
    """Cleaning that breaks: a table's name, a link, a relation to a part that is gone, a kind that comes first."""
    with zipfile.ZipFile(io.BytesIO(stored(upload(clients["pat"], "docx", paper("docx"))))) as parts:
        names = set(parts.namelist())
        assert not [name for name in names if name.startswith(("docProps", "customXml"))]
        assert b"docProps" not in parts.read("[Content_Types].xml") + parts.read("_rels/.rels")
        links = parts.read("word/_rels/settings.xml.rels")
        assert b"https://www.who.int/" in links and b'Target="plan.dotx"' in links
        assert Canvas.open(io.BytesIO(parts.read("word/media/image1.jpeg"))).convert("RGB").tobytes() == pixels(photograph("jpg"))
        with zipfile.ZipFile(io.BytesIO(parts.read("word/embeddings/sheet.xlsx"))) as sheet:
            assert b'displayName="Table1"' in sheet.read("xl/tables/table1.xml")
            assert b"r0" not in sheet.read("xl/worksheets/sheet1.xml")
            assert b"printerSettings" not in sheet.read("[Content_Types].xml") + sheet.read("xl/worksheets/_rels/sheet1.xml.rels")
    with zipfile.ZipFile(io.BytesIO(stored(upload(clients["pat"], "odt", paper("odt"))))) as parts:
        assert parts.infolist()[0].filename == "mimetype" and parts.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert b"Thumbnails" not in parts.read("META-INF/manifest.xml")


def pixels(data: bytes) -> bytes:
    return Canvas.open(io.BytesIO(data)).convert("RGB").tobytes()


def test_a_photograph_in_a_pdf_keeps_its_pixels(clients: dict[str, Any]) -> None:
    data = stored(upload(clients["pat"], "pdf", paper("pdf")))
    with pikepdf.open(io.BytesIO(data)) as opened:
        photo = opened.pages[0].Resources.XObject.Im0
        assert len(pixels(photo.read_raw_bytes())) == SIZE[0] * SIZE[1] * 3
        assert "/T" in opened.Root.AcroForm.Fields[0], "the name of a field is no author"
        assert opened.pages[0].Annots[0].Contents == "A plan"


def test_what_waits_for_its_title_is_clean_too(clients: dict[str, Any]) -> None:
    """The way round the form: an upload whose title is refused is kept as it came, and becomes a picture later without being asked."""
    pats = clients["pat"]
    for door, kind, name in (("images", "webp", "image"), ("documents", "pdf", "document")):
        data = photograph(kind) if door == "images" else paper(kind)
        many = pats.post(f"/cms/{door}/multiple/add/", {"title": "x" * 300, "files[]": sent(f"of-sam.{kind}", data)}, **AJAX).json()
        waiting = UploadedFile.objects.get()
        assert told_by(stored(waiting)) == []
        fields = {f"uploaded-{name}-{many['uploaded_file_id']}-title": "A thing"}
        done = pats.post(f"/cms/{door}/multiple/create_from_uploaded_{name}/{waiting.pk}/", fields, **AJAX).json()
        assert done["success"] is True
    assert told_by(stored(Picture.objects.get())) == [] and told_by(stored(LibraryDocument.objects.get())) == []


def earlier_document(kind: str, data: bytes) -> LibraryDocument:
    file = LibraryDocument.objects.create(title="A plan", file=ContentFile(b"A plan", name="plan.txt"))
    name = default_storage.save(f"documents/plan-for-sam.{kind}", ContentFile(data))
    LibraryDocument.objects.filter(pk=file.pk).update(file=name, file_hash="", file_size=None)
    return LibraryDocument.objects.get(pk=file.pk)


def earlier_rendition(image: Picture, data: bytes) -> Rendition:
    made = image.sizes()[0]
    Rendition.objects.filter(pk=made.pk).update(file=default_storage.save("images/old.png", ContentFile(data)))
    return Rendition.objects.get(pk=made.pk)


def clean_files(capsys: pytest.CaptureFixture[str]) -> str:
    call_command("clean_files")
    return capsys.readouterr().out


def test_what_was_stored_before_is_cleaned_by_a_command(clients: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """An upgrade that protects new pictures alone; a size whose address changes under a page that is open; a focus that shifts."""
    image = earlier_picture("jpg", photograph("jpg", size=(4800, 1200)))
    Picture.objects.filter(pk=image.pk).update(
        uploaded_by_user=User.objects.get(name="Pat"), width=4800, height=1200, focal_point_x=2400, focal_point_y=600, focal_point_width=100
    )
    size = earlier_rendition(image, photograph("png"))
    papers = [earlier_document(kind, paper(kind)) for kind in DOCUMENTS]
    names = {thing.file.name for thing in (image, size, *papers)}
    before = generation.current()
    said = clean_files(capsys)
    assert said == "7 files cleaned, 2 needed nothing.\n", "a picture, its size, and all documents but plain text"
    assert generation.current() != before, "guests' copies of pages name the shape that the picture had"
    image, size = Picture.objects.get(), Rendition.objects.get()
    assert (image.width, image.height, image.focal_point_x, image.focal_point_width) == (2400, 600, 1200, 50)
    assert [told_by(stored(thing)) for thing in (image, size, *LibraryDocument.objects.all())] == [[]] * 9
    assert body(clients["pat"].get(size.url)) == stored(size)
    plain = {paper.file.name for paper in papers if paper.filename.endswith(("csv", "txt"))}
    assert {name for name in names if default_storage.exists(name)} == plain
    assert clean_files(capsys) == "0 files cleaned, 11 needed nothing.\n", "with the sizes that were drawn when one was asked for"


def test_what_cannot_be_cleaned_is_listed_and_stands_in_nobodys_way(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    """A broken file that ends the run before the others, or that nobody hears of."""
    broken = earlier_picture("webp", b"RIFF no picture")
    lost = earlier_picture("webp")
    default_storage.delete(lost.file.name)
    sealed = earlier_document("pdf", pdf(encryption=pikepdf.Encryption(owner="o", user="u")))
    fine = earlier_document("odt", paper("odt"))
    said = clean_files(capsys)
    assert said.startswith("1 files cleaned, 2 needed nothing.\n3 cannot be cleaned"), "the sizes of both pictures are fine"
    for where, why in (
        (f"/cms/images/{broken.pk}/", "cannot be read"),
        (f"/cms/images/{lost.pk}/", "missing"),
        (f"/cms/documents/edit/{sealed.pk}/", "password"),
    ):
        assert re.search(f"{where}: .*{why}", said), said
    assert told_by(stored(LibraryDocument.objects.get(pk=fine.pk))) == []


def test_a_cleaning_that_is_broken_off_goes_on(db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that starts from the beginning, or a file that is neither the old nor the new one."""
    first, second = earlier_document("odt", paper("odt")), earlier_document("ods", paper("ods"))
    monkeypatch.setattr("cms.media.cleaning.hash_filelike", _stop_at_second(second))
    with pytest.raises(KeyboardInterrupt):
        call_command("clean_files")
    monkeypatch.undo()
    assert told_by(stored(LibraryDocument.objects.get(pk=first.pk))) == [] and told_by(stored(second))
    assert clean_files(capsys) == "1 files cleaned, 1 needed nothing.\n"


def _stop_at_second(second: LibraryDocument) -> Any:
    from wagtail.utils.file import hash_filelike

    def hashed(file: Any) -> str:
        if str(file.name).endswith(second.file.name):
            raise KeyboardInterrupt
        return hash_filelike(file)

    return hashed


def test_whatever_stores_a_file_it_is_stored_clean(db: None) -> None:
    """A second way in (a command, an import, the demo) that goes round the form."""
    image = Picture.objects.create(title="A chair", file=ContentFile(photograph("png"), name="chair.png"))
    assert told_by(stored(image)) == [] and (image.width, image.height) == SIZE
    file = LibraryDocument.objects.create(title="A plan", file=ContentFile(paper("docx"), name="plan.docx"))
    assert told_by(stored(file)) == []
    with pytest.raises(ValidationError):
        LibraryDocument.objects.create(title="A plan", file=ContentFile(b"<html>", name="plan.pdf"))


def test_xmp_of_a_page_goes_too(clients: dict[str, Any]) -> None:
    """Metadata that hangs on a page and not on the document."""

    def on_page(made: Any) -> None:
        made.pages[0].Metadata = pikepdf.Stream(made, XMP)

    assert told_by(stored(upload(clients["pat"], "pdf", pdf(change=on_page)))) == []
