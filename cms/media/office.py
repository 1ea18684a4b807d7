"""Office and OpenDocument files, which are zip archives: rewritten without properties and names of people, paths and printers."""

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from lxml import etree

from .embedded import is_picture, stripped

MAX_PARTS, MAX_UNPACKED, MAX_DEPTH = 5_000, 200 * 1024 * 1024, 3
KINDS = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
ANONYMOUS = "Author"  # as Word itself calls who made a note, once names are taken out
# Parts that hold nothing but metadata: properties, labels, signatures, thumbnails, printers.
METADATA_PARTS = re.compile(
    r"docProps/|docMetadata/|customXml/|_xmlsignatures/|Thumbnails/|Configurations2/|layout-cache$"
    r"|META-INF/\w*signatures\.xml$|(.*/)?printerSettings/|(.*/)?revisions/",
    re.I,
)
MACROS = re.compile(r"(.*/)?(vbaProject\.bin|vbaData\.xml|activeX/.*)$|Basic/|Scripts/", re.I)
MEDIA = re.compile(r"(.*/)?media/|Pictures/", re.I)
OLE = b"\xd0\xcf\x11\xe0"  # a document of an older Office, or an encrypted one
META = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    b' office:version="1.2"><office:meta/></office:document-meta>'
)
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
PEOPLE = {"person", "presenceInfo"}
CLEARED_OF_PEOPLE = {"userId": "", "providerId": "None", "displayName": ANONYMOUS}
CLEARED_ATTRIBUTES = {"initials": "A", "userName": "", "docname": "", "export-filename": ""}
DUBLIN = "{http://purl.org/dc/elements/1.1/}"
REPLACED_TEXTS = {f"{DUBLIN}creator": ANONYMOUS, f"{DUBLIN}date": "1980-01-01T00:00:00"}
INITIALS = {"creator-initials", "sender-initials"}
REMOVED_ELEMENTS = {"absPath", "docVars", "{http://www.w3.org/2000/svg}metadata"}
PRINTERS = {"PrinterName", "PrinterSetup", "PrinterPaperFromSetup"}

NOT_THAT = _("This file is not a document of the kind that its name says. Save it again as %(kind)s, and upload that.")
PROTECTED = _("This file cannot be opened: it is protected by a password, or made by an older program. Save it again, and upload that.")
MACROS_INSIDE = _("This file holds macros or other programs. Save it without them, and upload it again.")
UNKNOWN_INSIDE = _("This file holds a part of another program that cannot be cleaned. Take it out, or save all of it as a PDF.")
TOO_MUCH = _("This file unpacks to more than the site can handle. Make it smaller, and upload it again.")

XML = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)


@dataclass
class Budget:
    """How much one upload may still unpack to, documents inside of documents included. `unpacked` is in bytes."""

    parts: int = MAX_PARTS
    unpacked: int = MAX_UNPACKED
    depth: int = MAX_DEPTH

    def spend(self, *, parts: int = 0, unpacked: int = 0, depth: int = 0) -> None:
        """Count what is about to be unpacked. Raises ValidationError where that is more than is left."""
        self.parts, self.unpacked, self.depth = self.parts - parts, self.unpacked - unpacked, self.depth - depth
        if min(self.parts, self.unpacked, self.depth) < 0:
            raise ValidationError(TOO_MUCH)

    def inflated(self, data: bytes) -> bytes:
        """Unpack a deflate stream, up to what is left. Raises ValidationError where it is larger."""
        plain = zlib.decompressobj().decompress(data, self.unpacked + 1)
        self.spend(unpacked=len(plain))
        return plain


def strip_metadata(file: IO[bytes], out: IO[bytes], kind: str) -> None:
    """Write the document in `file` to `out` without metadata.

    `kind` is the ending of its name. Raises ValidationError for a document of another kind, and for one that cannot be cleaned.
    """
    if kind not in KINDS:
        raise ValidationError(_("Choose a PDF, Word, OpenDocument, Excel, text or CSV file."))
    head = file.read(4)
    file.seek(0)
    if head == OLE:
        raise ValidationError(PROTECTED)
    try:
        with zipfile.ZipFile(file) as packed:
            if KINDS[kind] not in _kind_declaration(packed):
                raise ValidationError(NOT_THAT, params={"kind": kind.upper()})
            _rewrite(packed, out, Budget())
    except ValidationError:
        raise
    except NotImplementedError:  # a compression that no Office uses
        raise ValidationError(NOT_THAT, params={"kind": kind.upper()}) from None
    except RuntimeError:  # an encrypted part
        raise ValidationError(PROTECTED) from None
    except Exception as broken:  # each fails with its own exceptions
        raise ValidationError(NOT_THAT, params={"kind": kind.upper()}) from broken


def _kind_declaration(packed: zipfile.ZipFile) -> bytes:
    """The part in which the document declares its kind."""
    name = "mimetype" if "mimetype" in packed.namelist() else "[Content_Types].xml"
    return _read(packed, packed.getinfo(name))


def _read(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with packed.open(part) as stream:
        return stream.read()


def _rewrite(packed: zipfile.ZipFile, out: IO[bytes], left: Budget) -> None:
    parts = [part for part in packed.infolist() if not part.is_dir()]
    left.spend(parts=len(parts), unpacked=sum(part.file_size for part in parts))
    if any(MACROS.match(part.filename) for part in parts):
        raise ValidationError(MACROS_INSIDE)
    removed = {part.filename for part in parts if METADATA_PARTS.match(part.filename)}
    with zipfile.ZipFile(out, "w") as made:
        for part in parts:
            if part.filename not in removed:
                # A new ZipInfo has neither the time of the part nor the operating system.
                compression = zipfile.ZIP_STORED if part.filename == "mimetype" else zipfile.ZIP_DEFLATED
                entry = zipfile.ZipInfo(part.filename)
                made.writestr(entry, _part(packed, part, removed, left), compression)


def _part(packed: zipfile.ZipFile, part: zipfile.ZipInfo, removed: set[str], left: Budget) -> bytes:
    """One part, cleaned."""
    name, data = part.filename, _read(packed, part)
    if name == "meta.xml" or name.endswith("/meta.xml"):
        return META
    if name.endswith((".xml", ".rels", ".rdf", ".svg")):
        return _xml(packed, name, data, removed)
    if is_picture(data):
        return stripped(data)
    if data.startswith(OLE) or name.endswith(".bin") or MEDIA.match(name):  # a film tells more than a picture
        raise ValidationError(UNKNOWN_INSIDE)
    if data.startswith(b"PK\3\4"):
        inner = io.BytesIO()
        left.spend(depth=1)
        with zipfile.ZipFile(io.BytesIO(data)) as within:
            _rewrite(within, inner, left)
        left.depth += 1
        return inner.getvalue()
    return data


def _xml(packed: zipfile.ZipFile, name: str, data: bytes, removed: set[str]) -> bytes:
    tree = etree.fromstring(data, XML).getroottree()
    if tree.docinfo.internalDTD is not None and tree.docinfo.internalDTD.entities():
        raise ValueError("XML entities")
    if b"encryption-data" in data and name == "META-INF/manifest.xml":
        raise ValidationError(PROTECTED)
    removed_ids = _removed_ids(packed, name, removed)
    for element in list(tree.iter(etree.Element)):
        _strip(element, removed_ids)
    if name.endswith(".rels") or name in ("[Content_Types].xml", "META-INF/manifest.xml"):
        _remove_entries(tree.getroot(), _folder(name), removed)
    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _strip(element: Any, removed_ids: set[str]) -> None:
    """Take the names of people, machines and printers from one element."""
    local = etree.QName(element).localname
    _strip_attributes(element, CLEARED_ATTRIBUTES | CLEARED_OF_PEOPLE if local in PEOPLE else CLEARED_ATTRIBUTES)
    for key in [key for key, value in element.attrib.items() if key.startswith(RELATED) and value in removed_ids]:
        del element.attrib[key]
    if {local, element.tag} & REMOVED_ELEMENTS and element.getparent() is not None:
        element.getparent().remove(element)
    elif element.tag in REPLACED_TEXTS:
        element.text = REPLACED_TEXTS[element.tag]
    elif local == "author":
        element.text = ANONYMOUS
    elif local in INITIALS or (local == "config-item" and PRINTERS & set(element.attrib.values())):
        element.text = ""


def _strip_attributes(element: Any, cleared: dict[str, str]) -> None:
    names = {etree.QName(key).localname: key for key in element.attrib}
    for name in cleared.keys() & names.keys():
        element.set(names[name], cleared[name])
    if "author" in names:
        element.set(names["author"], ANONYMOUS)
    for when in {"date", "dateUtc"} & names.keys() if "author" in names else {"dateUtc"} & names.keys():
        del element.attrib[names[when]]


def _folder(name: str) -> str:
    """The folder that the targets in a list of relations are relative to."""
    return posixpath.dirname(posixpath.dirname(name)) if name.endswith(".rels") else ""


def _target(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _removed_ids(packed: zipfile.ZipFile, name: str, removed: set[str]) -> set[str]:
    """The ids by which a part refers to removed parts."""
    folder, file = posixpath.split(name)
    relations = posixpath.join(folder, "_rels", f"{file}.rels")
    if relations not in packed.namelist():
        return set()
    root = etree.fromstring(_read(packed, packed.getinfo(relations)), XML)
    return {one.get("Id") for one in root if _target(folder, one.get("Target", "")) in removed}


def _remove_entries(root: Any, folder: str, removed: set[str]) -> None:
    """Remove the removed parts from a list of parts, and the folders of somebody's machine from links to files outside."""
    for entry in list(root):
        target = entry.get("Target") or entry.get("PartName") or entry.get(f"{MANIFEST}full-path") or ""
        outside = entry.get("TargetMode") == "External"
        if not outside and (_target(folder, target) in removed or (target.endswith("/") and METADATA_PARTS.match(target))):
            root.remove(entry)
        elif outside and (target.startswith("file:") or "\\" in target):
            entry.set("Target", re.split(r"[\\/]", target)[-1])
