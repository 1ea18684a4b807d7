"""A file of every kind that the library takes, each telling wherever its format can: who made it, where, by what, when."""

import functools
import io
import struct
import zipfile
from typing import Any

import pikepdf
from PIL import Image as Canvas
from PIL import ImageCms
from PIL.PngImagePlugin import PngInfo

GPS = 0x8825
WHO = "Sam Telltale"
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><creator>{WHO}</creator></x:xmpmeta>'.encode()
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SIZE = (160, 120)  # noise takes long to draw anew, in every format
PICTURES = ("avif", "gif", "heic", "jpeg", "jpg", "png", "webp")
DOCUMENTS = ("csv", "docx", "ods", "odt", "pdf", "txt", "xlsx")
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OPEN = "urn:oasis:names:tc:opendocument:xmlns"


@functools.cache
def photograph(kind: str = "jpg", *, size: tuple[int, int] = SIZE, format: str = "", mode: str = "RGB") -> bytes:
    """A picture with a place, a device, a profile, XMP and a comment, as far as its format holds them."""
    canvas = Canvas.effect_noise(size, 40).convert(mode)
    exif = canvas.getexif()
    exif[0x010F], exif[0x013B] = "Phone of " + WHO, WHO
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    exif.get_ifd(GPS)[4] = (13.0, 24.0, 36.0)
    words = PngInfo()
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    words.add_text("Author", WHO)
    told: dict[str, Any] = {
        "exif": exif,
        "icc_profile": ICC if mode == "RGB" else None,
        "xmp": XMP,
        "comment": WHO.encode(),
        "pnginfo": words,
    }
    buffer = io.BytesIO()
    canvas.save(
        buffer, format or {"heic": "HEIF", "jpg": "JPEG"}.get(kind, kind.upper()), **{name: value for name, value in told.items() if value}
    )
    return buffer.getvalue()


def paper(kind: str) -> bytes:
    """A document whose words are "A plan"."""
    if kind in ("txt", "csv"):
        return "A plan,für Montag\r\n".encode()
    if kind == "pdf":
        return pdf()
    made: dict[str, Any] = {"docx": docx, "xlsx": xlsx, "odt": odt, "ods": ods}
    return packed(made[kind]())


def packed(parts: dict[str, Any]) -> bytes:
    """A zip file of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
        made.comment = WHO.encode()
    return buffer.getvalue()


def pdf(*, change: Any = None, **how: Any) -> bytes:
    """A PDF of one page: properties, XMP, a note in the margin, a photograph, a layer, a signed field. `change` may add to it."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(200, 200))
    made.docinfo["/Author"], made.docinfo["/Producer"] = WHO, "Printer of " + WHO
    with made.open_metadata(set_pikepdf_as_editor=False) as xmp:
        xmp["dc:creator"] = [WHO]
    photo = pikepdf.Stream(made, photograph("jpg"))
    photo.Type, photo.Subtype, photo.Width, photo.Height = pikepdf.Name.XObject, pikepdf.Name.Image, *SIZE
    photo.ColorSpace, photo.BitsPerComponent, photo.Filter = pikepdf.Name.DeviceRGB, 8, pikepdf.Name.DCTDecode
    photo.Metadata = pikepdf.Stream(made, XMP)
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=photo))
    page.Contents = pikepdf.Stream(made, b"q 200 0 0 200 0 0 cm /Im0 Do Q % A plan")
    note = {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name.Text, "Rect": [0, 0, 9, 9], "T": WHO, "Contents": "A plan"}
    seal = pikepdf.Dictionary(Type=pikepdf.Name.Sig, Name=WHO, Location="House of " + WHO, Contents=WHO.encode())
    field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="seal", Subtype=pikepdf.Name.Widget, Rect=[0, 0, 0, 0], V=made.make_indirect(seal))
    page.Annots = [pikepdf.Dictionary(**note), made.make_indirect(field)]
    page.PieceInfo = pikepdf.Dictionary(App=pikepdf.Dictionary(Private=WHO))
    told = pikepdf.Dictionary(CreatorInfo=pikepdf.Dictionary(Creator=WHO))
    layer = {"Type": pikepdf.Name.OCG, "Name": "one", "Usage": told}
    made.Root.OCProperties = pikepdf.Dictionary(OCGs=[made.make_indirect(pikepdf.Dictionary(**layer))], D={})
    made.Root.AcroForm = pikepdf.Dictionary(Fields=[page.Annots[1]])
    if change:
        change(made)
    buffer = io.BytesIO()
    made.save(buffer, **how)
    return buffer.getvalue()


def relations(*targets: tuple[str, str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/relationships/{kind}" Target="{target}"{mode}/>'
        for n, (kind, target, mode) in enumerate(targets)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def types(*parts: tuple[str, str]) -> str:
    inside = "".join(f'<Override PartName="/{name}" ContentType="application/{kind}"/>' for name, kind in parts)
    first = '<Default Extension="xml" ContentType="application/xml"/>'
    return f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">{first}{inside}</Types>'


def properties() -> dict[str, Any]:
    return {
        "docProps/core.xml": f'<p xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{WHO}</dc:creator></p>',
        "docProps/app.xml": f"<Properties><Company>Center of {WHO}</Company><Manager>{WHO}</Manager></Properties>",
        "docProps/custom.xml": f"<Properties><x>{WHO}</x></Properties>",
        "docProps/thumbnail.jpeg": photograph(),
    }


def docx() -> dict[str, Any]:
    kind = "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    w = f'xmlns:w="{OFFICE}/main" xmlns:r="{OFFICE}/relationships"'
    change = f'<w:ins w:author="{WHO}" w:date="2026-01-01T00:00:00Z"><w:t>A plan</w:t></w:ins>'
    told = f'<w:docVars><w:docVar w:val="{WHO}"/></w:docVars>'
    core = ("docProps/core.xml", "vnd.openxmlformats-package.core-properties+xml")
    return {
        "[Content_Types].xml": types(("word/document.xml", kind), core),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", ""), ("core-properties", "docProps/core.xml", "")),
        **properties(),
        "word/document.xml": f"<w:document {w}><!-- {WHO} -->{change}</w:document>",
        "word/comments.xml": f'<w:comments {w}><w:comment w:author="{WHO}" w:initials="{WHO}"><w:t>Yes</w:t></w:comment></w:comments>',
        "word/people.xml": f'<w:people {w}><w:person w:author="{WHO}"><w:presenceInfo w:userId="{WHO}"/></w:person></w:people>',
        "word/settings.xml": f'<w:settings {w}><w:attachedTemplate r:id="r0"/>{told}</w:settings>',
        "word/_rels/settings.xml.rels": relations(
            ("attachedTemplate", f"file:///C:\\Users\\{WHO}\\plan.dotx", ' TargetMode="External"'),
            ("hyperlink", "https://www.who.int/", ' TargetMode="External"'),
        ),
        "word/media/image1.jpeg": photograph("jpg"),
        "word/media/image2.png": photograph("png"),
        "word/media/image3.gif": photograph("gif"),
        "word/media/image4.tiff": photograph("tiff"),
        "word/media/image5.emf": b"\1\0\0\0"
        + bytes(36)
        + b" EMF"
        + bytes(16)
        + struct.pack("<II", 12, 108)
        + bytes(40)
        + WHO.encode("utf-16-le"),
        "word/embeddings/sheet.xlsx": packed(xlsx()),
        "customXml/item1.xml": f"<x>{WHO}</x>",
    }


def xlsx() -> dict[str, Any]:
    kind = "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    path = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"
    folder = f'<a:absPath url="C:\\Users\\{WHO}\\"/>'
    printer = ("xl/printerSettings/printerSettings1.bin", "vnd.openxmlformats-officedocument.spreadsheetml.printerSettings")
    return {
        "[Content_Types].xml": types(("xl/workbook.xml", kind), printer),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", ""), ("core-properties", "docProps/core.xml", "")),
        **properties(),
        "xl/workbook.xml": f'<workbook xmlns:a="{path}"><fileSharing userName="{WHO}"/>{folder}<a>A plan</a></workbook>',
        "xl/comments1.xml": f"<comments><authors><author>{WHO}</author></authors></comments>",
        "xl/persons/person.xml": f'<personList><person displayName="{WHO}" userId="{WHO}" providerId="AD"/></personList>',
        "xl/tables/table1.xml": '<table displayName="Table1"/>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns:r="{OFFICE}/relationships"><pageSetup r:id="r0"/></worksheet>',
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("printerSettings", "../printerSettings/printerSettings1.bin", "")),
        "xl/printerSettings/printerSettings1.bin": f"Printer of {WHO}".encode("utf-16-le"),
    }


def odt(kind: str = "text") -> dict[str, Any]:
    office = f'xmlns:office="{OPEN}:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="{OPEN}:meta:1.0"'
    config = f'xmlns:config="{OPEN}:config:1.0"'
    listed = "".join(f'<m:file-entry m:full-path="{name}"/>' for name in ("/", "content.xml", "meta.xml", "Thumbnails/thumbnail.png"))
    note = f"<office:annotation><dc:creator>{WHO}</dc:creator><meta:creator-initials>{WHO}</meta:creator-initials></office:annotation>"
    return {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{OPEN}:manifest:1.0">{listed}</m:manifest>',
        "META-INF/documentsignatures.xml": f"<x>{WHO}</x>",
        "content.xml": f"<office:document-content {office}>{note}A plan</office:document-content>",
        "meta.xml": f"<office:document-meta {office}><meta:initial-creator>{WHO}</meta:initial-creator></office:document-meta>",
        "settings.xml": f'<s {config}><config:config-item config:name="PrinterName">Printer of {WHO}</config:config-item></s>',
        "Thumbnails/thumbnail.png": photograph("png"),
        "Pictures/1000.jpg": photograph("jpg"),
    }


def ods() -> dict[str, Any]:
    return odt("spreadsheet")


def told_by(data: bytes) -> list[str]:
    """What a file tells, and where in it; looked for in its bytes, in what it packs, and by the libraries that read it."""
    found = [how for how in ("utf-8", "utf-16-le", "utf-16-be") if WHO.encode(how) in data or b"Telltale" in data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            found += [f"{part.filename}: {told}" for part in parts.infolist() for told in told_by(parts.read(part))]
            found += [part.filename for part in parts.infolist() if part.date_time != (1980, 1, 1, 0, 0, 0)]
    elif data.startswith(b"%PDF"):
        found += _told_by_pdf(data)
    else:
        found += _told_by_picture(data)
    return found


def _told_by_pdf(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as opened:
        plain = io.BytesIO()
        opened.save(plain, qdf=True, static_id=True)
        inside = [stream.read_raw_bytes() for stream in opened.objects if isinstance(stream, pikepdf.Stream)]
        info = [str(key) for key in opened.trailer.get("/Info", {}).keys()]  # noqa: SIM118
    pictures = [told for raw in inside if raw.startswith(b"\xff\xd8") for told in _told_by_picture(raw)]
    return info + pictures + (["its text"] if WHO.encode() in plain.getvalue() or any(WHO.encode() in raw for raw in inside) else [])


def _told_by_picture(data: bytes) -> list[str]:
    try:
        picture = Canvas.open(io.BytesIO(data))
    except Exception:  # no picture, or a drawing without pixels
        return []
    return [key for key in ("exif", "icc_profile", "xmp", "XML:com.adobe.xmp", "comment", "photoshop") if picture.info.get(key)]
