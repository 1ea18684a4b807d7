"""Documents without metadata. One that is not what its name says is refused, with a sentence for the editor."""

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
from .office import Budget, strip_metadata

CHUNK_SIZE = 1 << 20
PDF_METADATA = ("/Metadata", "/PieceInfo", "/LastModified", "/CreatorInfo", "/Perms", "/DSS")  # who made it, by what, and who signed it
ANNOTATION_METADATA = ("/T", "/M", "/CreationDate", "/NM")  # of a note in the margin: by whom, and when
PROTECTED = _("This file is protected by a password. Save it without one, and upload it again.")
FILES_INSIDE = _("This file holds other files, which may tell who made them. Save it without them, and upload it again.")
NO_TEXT = _("This file is not plain text, whatever its name says. Save it as text, and upload it again.")
NO_PDF = _("This file is not a PDF that can be opened, whatever its name says. Save it as a PDF again, and upload that.")
FORM = _("This PDF is a form of a kind that cannot be cleaned. Print it to a new PDF, and upload that.")


class CleanedDocument(File):
    """A document that `cleaned` made, without metadata."""


def cleaned(file: Any) -> CleanedDocument:
    """Return the document in `file` without metadata, under the same name. Raises ValidationError with a sentence for the editor."""
    kind = PurePath(file.name or "").suffix.lower().lstrip(".")
    out = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as what is returned)
    file.seek(0)
    if kind == "pdf":
        _pdf(file, out)
    elif kind in ("txt", "csv"):
        _text(file, out)
    else:
        strip_metadata(file, out, kind)
    out.seek(0)
    return CleanedDocument(out, name=PurePath(file.name).name)


def _text(file: IO[bytes], out: IO[bytes]) -> None:
    """Copy a text, which has no metadata, and refuse anything else by that name."""
    head = file.read(4)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    file.seek(0)
    decode = codecs.getincrementaldecoder("utf-16" if wide else "latin-1")()
    try:
        while chunk := file.read(CHUNK_SIZE):
            if any(character < " " and character not in "\t\n\r\f" for character in set(decode.decode(chunk))):
                raise ValidationError(NO_TEXT)
            out.write(chunk)
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
            _refuse_uncleanable(pdf)
            left = Budget()
            for item in pdf.objects:
                _strip(item, left)
            for key in ("/Info", "/ID"):
                if key in pdf.trailer:
                    del pdf.trailer[key]
            pdf.save(out, deterministic_id=True)
    except ValidationError:
        raise
    except pikepdf.PasswordError:
        raise ValidationError(PROTECTED) from None
    except Exception as broken:  # each fails with its own exceptions
        raise ValidationError(NO_PDF) from broken


def _refuse_uncleanable(pdf: Pdf) -> None:
    """Raises ValidationError for a PDF that cannot be cleaned without damage."""
    if not len(pdf.pages):
        raise ValidationError(NO_PDF)
    if "/XFA" in pdf.Root.get("/AcroForm", {}):
        raise ValidationError(FORM)
    if pdf.attachments:
        raise ValidationError(FILES_INSIDE)


def _strip(item: Any, left: Budget) -> None:
    """Strip metadata from an object, and from the direct objects inside."""
    if isinstance(item, Dictionary | Stream):
        _strip_keys(item)
    if isinstance(item, Stream) and item.get("/Subtype") == Name.Image:
        _strip_picture(item, left)
    for inner in _within(item):
        if isinstance(inner, Dictionary | Array) and not inner.is_indirect:  # indirect ones are in `pdf.objects`
            _strip(inner, left)


def _within(item: Any) -> list[Any]:
    if isinstance(item, Array):
        return list(item)
    return [item[key] for key in item.keys()] if isinstance(item, Dictionary | Stream) else []  # noqa: SIM118  (PDF's, no dict)


def _strip_keys(item: Any) -> None:
    if "/EF" in item or item.get("/Type") == Name.EmbeddedFile:
        raise ValidationError(FILES_INSIDE)
    is_note = "/Rect" in item and item.get("/Subtype") not in (None, Name.Widget)
    is_signature = item.get("/FT") == Name.Sig
    for key in (*PDF_METADATA, *(ANNOTATION_METADATA if is_note else ()), *(("/V",) if is_signature else ())):
        if key in item:
            del item[key]


def _strip_picture(picture: Stream, left: Budget) -> None:
    """Strip metadata from an image that is stored as JPEG or JPEG 2000."""
    filters: Any = picture.get("/Filter")
    chain = [filters] if isinstance(filters, Name) else list(filters or [])
    if not chain or chain[-1] not in (Name.DCTDecode, Name.JPXDecode):
        return
    data = picture.read_raw_bytes()
    if chain[:-1] == [Name.FlateDecode]:
        data = left.inflated(data)
    elif chain[:-1]:
        raise ValueError("a picture that is packed twice")
    plain = stripped(data)
    if plain != data or len(chain) > 1:
        parameters: Any = picture.get("/DecodeParms") if len(chain) == 1 else None
        picture.write(plain, filter=chain[-1], decode_parms=parameters)
