"""What an editor uploads as a picture is a picture of a size that the site can carry, or is refused at the field."""

import io
import re
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Canvas
from PIL.ImageFile import ImageFile

from cms.models import Picture

MEGABYTE = 1024 * 1024
TOO_MANY_PIXELS = "This picture is too large."
NOT_A_PICTURE = "Upload a valid image."


def png(width: int, height: int) -> bytes:
    """A few bytes of PNG that declare any size; what they hold of it is one row at most."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Canvas.effect_noise((400, 300), 50).save(buffer, "JPEG")
    return buffer.getvalue()


REFUSED = {
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
