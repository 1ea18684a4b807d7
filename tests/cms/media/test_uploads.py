"""What an editor uploads is what its name says, of a size that the site can carry and clean of traces, or is refused at the field."""

import io
import re
import struct
import zlib
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Canvas
from PIL.ImageFile import ImageFile

from cms.models import LibraryDocument, Picture
from tests.cms.revealing_files import docx, odt, packed, paper, pdf, photograph, xlsx

AJAX = {"headers": {"X-Requested-With": "XMLHttpRequest"}}
MEGABYTE = 1024 * 1024
TOO_MANY_PIXELS = "This image is too large."
MOVES = "This image moves, and images here stand still."
NOT_A_PICTURE = "Upload a valid image."


def png(width: int, height: int) -> bytes:
    """A few bytes of PNG that declare any size; what they hold of it is one row at most."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Canvas.effect_noise((200, 150), 50).save(buffer, "JPEG")
    return buffer.getvalue()


def moving(format: str) -> bytes:
    """A picture of two frames."""
    frames = [Canvas.new("RGB", (300, 200), color) for color in ("navy", "teal")]
    buffer = io.BytesIO()
    frames[0].save(buffer, format, save_all=True, append_images=frames[1:], duration=200)
    return buffer.getvalue()


REFUSED = {
    **{f"a {kind.upper()} that moves": (f"wave.{kind}", moving(kind.upper()), MOVES) for kind in ("avif", "gif", "png", "webp")},
    "a bomb": ("bomb.png", png(30_000, 30_000), TOO_MANY_PIXELS),
    "a bomb that Pillow only warns of": ("bomb.png", png(12_000, 10_000), TOO_MANY_PIXELS),
    "a little over the limit": ("large.png", png(8_001, 5_000), TOO_MANY_PIXELS),
    "a file over the limit": ("heavy.jpg", jpeg() + bytes(11 * MEGABYTE), "This file is too big"),
    "a file cut off on its way": ("half.jpg", jpeg()[:3000], NOT_A_PICTURE),
    "a head without a body": ("empty.png", png(300, 300), NOT_A_PICTURE),
    "eight right bytes": ("none.png", b"\x89PNG\r\n\x1a\n" + b"x" * 50, NOT_A_PICTURE),
    "no picture": ("none.png", b"words", NOT_A_PICTURE),
}


def sent(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize(("name", "data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_the_site_cannot_carry_is_refused_at_its_field(clients: dict[str, Any], name: str, data: bytes, sentence: str) -> None:
    """Catches a failure (500) in place of a sentence, at each of the three doors for pictures and where a picture is replaced."""
    pats = clients["pat"]
    assert pats.post("/cms/images/add/", {"title": "Chair", "file": sent("good.jpg", jpeg())}).status_code == 302
    good = Picture.objects.get()
    for door in ("/cms/images/add/", f"/cms/images/{good.pk}/"):
        answer = pats.post(door, {"title": "Chair", "file": sent(name, data)})
        assert answer.status_code == 200
        assert [error for error in answer.context["form"].errors["file"] if error.startswith(sentence)], answer.context["form"].errors
    asked = {"headers": {"X-Requested-With": "XMLHttpRequest"}}
    many = pats.post("/cms/images/multiple/add/", {"title": "Chair", "files[]": sent(name, data)}, **asked)
    assert many.json()["success"] is False and many.json()["error_message"].startswith(sentence)
    fields = {"image-chooser-upload-title": "Chair", "image-chooser-upload-file": sent(name, data)}
    chosen = pats.post("/cms/images/chooser/create/", fields, **asked)
    assert chosen.json()["step"] == "reshow_creation_form" and sentence in chosen.json()["htmlFragment"]
    assert list(Picture.objects.values_list("file", flat=True)) == [good.file.name]
    assert pats.get("/cms/images/").status_code == 200


def test_a_bomb_is_refused_before_it_is_unpacked(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a limit that is asked only once the pixels stand in memory: 120 megapixels are 360 MB of it."""
    unpacked = []
    load = ImageFile.load

    def counted(self: Any) -> Any:
        unpacked.append(self.size)
        return load(self)

    monkeypatch.setattr(ImageFile, "load", counted)
    clients["pat"].post("/cms/images/add/", {"title": "Chair", "file": sent("bomb.png", png(12_000, 10_000))})
    assert unpacked == []


def test_the_sentence_says_what_would_be_taken(clients: dict[str, Any], settings: Any) -> None:
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 2_000_000
    answer = clients["pat"].post("/cms/images/add/", {"title": "Chair", "file": sent("large.png", png(2_001, 1_000))})
    assert "at most 2 million pixels" in re.sub(r"\s+", " ", answer.content.decode())


def test_a_picture_within_the_limits_is_taken_and_can_be_named_afterwards(clients: dict[str, Any]) -> None:
    """Catches a check that refuses everything, or a field for a file in the form that has none to ask for."""
    pats = clients["pat"]
    asked = {"headers": {"X-Requested-With": "XMLHttpRequest"}}
    answer = pats.post("/cms/images/multiple/add/", {"title": "Chair", "files[]": sent("good.jpg", jpeg())}, **asked).json()
    number = answer["image_id"]
    assert answer["success"] is True and "image-file" not in answer["form"]
    named = pats.post(f"/cms/images/multiple/{number}/", {f"image-{number}-title": "A chair by a window"}, **asked)
    assert named.json()["success"] is True
    assert Picture.objects.get().title == "A chair by a window"
    assert pats.post(f"/cms/images/{number}/", {"title": "A chair"}).status_code == 302


def test_a_photograph_with_a_second_one_inside_stands_still(clients: dict[str, Any]) -> None:
    """Catches a phone's picture that is refused as one that moves: some hold a smaller one of themselves."""
    sizes = [Canvas.effect_noise(size, 50).convert("RGB") for size in ((400, 300), (80, 60))]
    buffer = io.BytesIO()
    sizes[0].save(buffer, "MPO", save_all=True, append_images=sizes[1:])
    assert clients["pat"].post("/cms/images/add/", {"title": "Chair", "file": sent("phone.jpg", buffer.getvalue())}).status_code == 302


def without(kind: str, part: str, data: Any) -> bytes:
    """A document of that kind with one part in place of its own."""
    return packed({"docx": docx, "xlsx": xlsx, "odt": odt}[kind]() | {part: data})


def with_a_file(made: Any) -> None:
    made.attachments["plan.xlsx"] = b"another"


def with_old_form(made: Any) -> None:
    made.Root.AcroForm.XFA = "<xdp/>"


def with_a_note(made: Any) -> None:
    file = pikepdf.Dictionary(EF=pikepdf.Dictionary(F=made.make_stream(b"another")))
    made.pages[0].Annots.append(pikepdf.Dictionary(Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 1, 1], FS=file))


def with_a_bomb(made: Any) -> None:
    photo = made.pages[0].Resources.XObject.Im0
    photo.write(zlib.compress(bytes(201 * MEGABYTE)), filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode]))


def in_a_table_too(parts: dict[str, bytes]) -> bytes:
    """A Word document that holds `parts`, and with them a table that holds them once more."""
    return packed(docx() | {"word/embeddings/table.xlsx": packed(xlsx() | parts)} | parts)


def within_one_another(tables: int) -> bytes:
    """A Word document with a table in which there is a table, and so on."""
    inner = xlsx()
    for _number in range(tables - 1):
        inner = xlsx() | {"xl/embeddings/table.xlsx": packed(inner)}
    return packed(docx() | {"word/embeddings/table.xlsx": packed(inner)})


NO_PDF = "This file is not a PDF that can be opened"
NOT_THAT = "This file is not a document of the kind that its name says."
NO_TEXT = "This file is not plain text"
PROTECTED = "This file is protected by a password."
SEALED = "This file cannot be opened"
MACROS = "This file holds macros"
INSIDE = "This file holds other files"
UNKNOWN = "This file holds a part of another program"
TOO_MUCH = "This file unpacks to more than the site can handle."
OLD_OFFICE = b"\xd0\xcf\x11\xe0" + bytes(600)
REFUSED_DOCUMENTS = {
    "more than ten megabytes": ("plan.txt", b"A plan. " * (11 * MEGABYTE // 8), "This file is too big"),
    "a page of the web": ("a.pdf", b"<!doctype html><script>alert(1)</script>", NO_PDF),
    "a page of the web that begins like a PDF": ("a.pdf", b"%PDF-1.7\n<script>alert(1)</script>", NO_PDF),
    "an empty PDF": ("a.pdf", b" ", NO_PDF),
    "a PDF under a password": ("a.pdf", pdf(encryption=pikepdf.Encryption(owner="o", user="u")), PROTECTED),
    "a PDF with a file in it": ("a.pdf", pdf(change=with_a_file), INSIDE),
    "a PDF with a file in a note": ("a.pdf", pdf(change=with_a_note), INSIDE),
    "a PDF that is a form of the old kind": ("a.pdf", pdf(change=with_old_form), "This PDF is a form"),
    "a page of the web as Word": ("a.docx", b"<!doctype html>", NOT_THAT),
    "an older Word": ("a.docx", OLD_OFFICE, SEALED),
    "Excel as Word": ("a.docx", paper("xlsx"), NOT_THAT),
    "a text as a table": ("a.ods", paper("odt"), NOT_THAT),
    "half a file": ("a.docx", paper("docx")[:5000], NOT_THAT),
    "a file whose parts are no XML": ("a.docx", without("docx", "word/document.xml", "<p>"), NOT_THAT),
    "a file whose words stand for others": ("a.odt", without("odt", "content.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"), NOT_THAT),
    "a broken photograph in it": ("a.docx", without("docx", "word/media/image1.jpeg", photograph()[:500]), NOT_THAT),
    "a sealed OpenDocument": ("a.odt", without("odt", "META-INF/manifest.xml", "<m><encryption-data/></m>"), SEALED),
    "macros": ("a.xlsx", without("xlsx", "xl/vbaProject.bin", b"x"), MACROS),
    "a part of an older program": ("a.docx", without("docx", "word/embeddings/oleObject1.bin", OLD_OFFICE), UNKNOWN),
    "a film": ("a.docx", without("docx", "word/media/film.mp4", b"\0\0\0\x18ftypmp42"), UNKNOWN),
    "macros in a table in a text": (
        "a.docx",
        without("docx", "word/embeddings/a.xlsm", without("xlsx", "xl/vbaProject.bin", b"x")),
        MACROS,
    ),
    "a bomb": ("a.odt", without("odt", "content.xml", bytes(201 * MEGABYTE)), TOO_MUCH),
    "a bomb in two halves": ("a.docx", in_a_table_too({"plan": bytes(105 * MEGABYTE)}), TOO_MUCH),
    "too many parts in two halves": ("a.docx", in_a_table_too({f"word/{number}": b"" for number in range(2_600)}), TOO_MUCH),
    "tables in tables in tables": ("a.docx", within_one_another(9), TOO_MUCH),
    "a bomb of a photograph in a PDF": ("a.pdf", pdf(change=with_a_bomb), TOO_MUCH),
    "a picture as text": ("a.txt", photograph("png"), NO_TEXT),
    "a PDF as text": ("a.csv", b"%PDF-1.7\nA plan", NO_TEXT),
    "a program": ("a.exe", b"MZ", "Choose a PDF, Word, OpenDocument, Excel, text or CSV file."),
    "no kind at all": ("plan", b"A plan", "Choose a PDF"),
}


@pytest.mark.parametrize(("name", "data", "sentence"), REFUSED_DOCUMENTS.values(), ids=REFUSED_DOCUMENTS)
def test_a_document_that_cannot_be_kept_is_refused_at_its_field(clients: dict[str, Any], name: str, data: bytes, sentence: str) -> None:
    """A file that is not what its name says, tells what nobody can take out, or is too large: at each of the doors for documents."""
    pats = clients["pat"]
    assert pats.post("/cms/documents/add/", {"title": "A plan", "file": sent("plan.txt", b"A plan")}).status_code == 302
    good = LibraryDocument.objects.get()
    for door in ("/cms/documents/add/", f"/cms/documents/edit/{good.pk}/"):
        answer = pats.post(door, {"title": "Typed title", "file": sent(name, data)})
        assert answer.status_code == 200 and "Typed title" in answer.content.decode()
        assert [error for error in answer.context["form"].errors["file"] if error.startswith(sentence)], answer.context["form"].errors
    many = pats.post("/cms/documents/multiple/add/", {"title": "A plan", "files[]": sent(name, data)}, **AJAX)
    assert many.json()["success"] is False and many.json()["error_message"].startswith(sentence)
    fields = {"document-chooser-upload-title": "A plan", "document-chooser-upload-file": sent(name, data)}
    chosen = pats.post("/cms/documents/chooser/create/", fields, **AJAX)
    assert chosen.json()["step"] == "reshow_creation_form" and sentence in chosen.json()["htmlFragment"]
    assert list(LibraryDocument.objects.values_list("file", flat=True)) == [good.file.name]


def test_a_document_can_be_named_without_its_file(clients: dict[str, Any]) -> None:
    """A field for a file in the form that has none to ask for, or one that wants it again."""
    pats = clients["pat"]
    many = pats.post("/cms/documents/multiple/add/", {"title": "Plan", "files[]": sent("plan.odt", paper("odt"))}, **AJAX).json()
    number = many["doc_id"]
    named = pats.post(f"/cms/documents/multiple/{number}/", {f"doc-{number}-title": "A plan for a week"}, **AJAX)
    assert named.json()["success"] is True and LibraryDocument.objects.get().title == "A plan for a week"
    assert pats.post(f"/cms/documents/edit/{number}/", {"title": "A plan"}).status_code == 302
    assert "10.0" in pats.get("/cms/documents/add/").content.decode(), "the limit is said before"
