"""Documents without what they tell of who made them, where and by what. What is not what its name says is refused, in words."""

import codecs
import tempfile
from pathlib import PurePath
from typing import IO, Any

import pikepdf
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext_lazy as _
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from .embedded import stripped
from .office import Budget, without_traces

PIECE = 1 << 20
BARE = ("/Metadata", "/PieceInfo", "/LastModified", "/CreatorInfo", "/Perms", "/DSS")  # who made it, by what, and who signed it
NOTE = ("/T", "/M", "/CreationDate", "/NM")  # of a note in the margin: by whom, and when
PROTECTED = _("This file is protected by a password. Save it without one, and upload it again.")
FILES_INSIDE = _("This file holds other files, which may tell who made them. Save it without them, and upload it again.")
NO_TEXT = _("This file is not plain text, whatever its name says. Save it as text, and upload it again.")
NO_PDF = _("This file is not a PDF that can be opened, whatever its name says. Save it as a PDF again, and upload that.")
FORM = _("This PDF is a form of a kind that cannot be cleaned. Print it to a new PDF, and upload that.")


class Cleaned(File):
    """A document that was cleaned here."""


def cleaned(file: Any) -> Cleaned:
    """Return the document in `file` without metadata, under the same name. Raises ValidationError with a sentence for the editor."""
    kind = PurePath(file.name or "").suffix.lower().lstrip(".")
    out = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as what is returned)
    file.seek(0)
    if kind == "pdf":
        _pdf(file, out)
    elif kind in ("txt", "csv"):
        _text(file, out)
    else:
        without_traces(file, out, kind)
    out.seek(0)
    return Cleaned(out, name=PurePath(file.name).name)


def _text(file: IO[bytes], out: IO[bytes]) -> None:
    """Text tells nothing beside its words. It must be text: anything else may tell, and may be more than it says."""
    head = file.read(4)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    file.seek(0)
    decode = codecs.getincrementaldecoder("utf-16" if wide else "latin-1")()
    try:
        while piece := file.read(PIECE):
            if any(letter < " " and letter not in "\t\n\r\f" for letter in set(decode.decode(piece))):
                raise ValidationError(NO_TEXT)
            out.write(piece)
        decode.decode(b"", final=True)
    except UnicodeDecodeError:
        raise ValidationError(NO_TEXT) from None
    if head.startswith(b"%PDF"):
        raise ValidationError(NO_TEXT)


def _pdf(file: Any, out: Any) -> None:
    if b"%PDF-" not in file.read(1024):
        raise ValidationError(NO_PDF)
    file.seek(0)
    try:
        with pikepdf.open(file) as pdf:
            _refuse(pdf)
            left = Budget()
            for thing in pdf.objects:
                _bare(thing, left)
            for told in ("/Info", "/ID"):
                if told in pdf.trailer:
                    del pdf.trailer[told]
            pdf.save(out, deterministic_id=True)
    except ValidationError:
        raise
    except pikepdf.PasswordError:
        raise ValidationError(PROTECTED) from None
    except Exception as broken:  # each breaks in a way of its own
        raise ValidationError(NO_PDF) from broken


def _refuse(pdf: Pdf) -> None:
    """Raise ValidationError for what cannot be cleaned without harm."""
    if not len(pdf.pages):
        raise ValidationError(NO_PDF)
    if "/XFA" in pdf.Root.get("/AcroForm", {}):
        raise ValidationError(FORM)
    if pdf.attachments:
        raise ValidationError(FILES_INSIDE)


def _bare(thing: Any, left: Budget) -> None:
    """Take from an object, and from those that stand within it, what it tells."""
    if isinstance(thing, Dictionary | Stream):
        _bare_keys(thing)
    if isinstance(thing, Stream) and thing.get("/Subtype") == Name.Image:
        _bare_picture(thing, left)
    for inner in _within(thing):
        if isinstance(inner, Dictionary | Array) and not inner.is_indirect:  # those that are come by themselves
            _bare(inner, left)


def _within(thing: Any) -> list[Any]:
    if isinstance(thing, Array):
        return list(thing)
    return [thing[key] for key in thing.keys()] if isinstance(thing, Dictionary | Stream) else []  # noqa: SIM118  (PDF's, no dict)


def _bare_keys(thing: Any) -> None:
    if "/EF" in thing or thing.get("/Type") == Name.EmbeddedFile:
        raise ValidationError(FILES_INSIDE)
    is_note = "/Rect" in thing and thing.get("/Subtype") not in (None, Name.Widget)
    is_signature = thing.get("/FT") == Name.Sig
    for key in (*BARE, *(NOTE if is_note else ()), *(("/V",) if is_signature else ())):
        if key in thing:
            del thing[key]


def _bare_picture(picture: Stream, left: Budget) -> None:
    """Cut what a photograph tells out of the JPEG in which it stands here."""
    filters: Any = picture.get("/Filter")
    chain = [filters] if isinstance(filters, Name) else list(filters or [])
    if not chain or chain[-1] not in (Name.DCTDecode, Name.JPXDecode):
        return
    data = picture.read_raw_bytes()
    if chain[:-1] == [Name.FlateDecode]:
        data = left.inflated(data)
    elif chain[:-1]:
        raise ValueError("a picture that is packed twice")
    kept = stripped(data)
    if kept != data or len(chain) > 1:
        parameters: Any = picture.get("/DecodeParms") if len(chain) == 1 else None
        picture.write(kept, filter=chain[-1], decode_parms=parameters)
