"""Pictures inside documents: their metadata is cut out, without a change to their pixels."""

import io
import struct

from PIL import Image

from .pictures import METADATA_KEYS, pixels_only

JPEG, PNG, JP2 = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x0cjP  \r\n\x87\n"
PILLOW_FORMATS = {b"GIF8": "GIF", b"RIFF": "WEBP", b"II*\0": "TIFF", b"MM\0*": "TIFF"}
EMF, WMF = b" EMF", (b"\xd7\xcd\xc6\x9a", b"\x01\0\x09\0", b"VCLMTF")  # drawings of Windows, and LibreOffice's own
PIXELS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT"}
BARE_MARKERS = {0x01, *range(0xD0, 0xD8)}  # JPEG's markers that stand without a length
ADOBE, COMMENT, SCAN, END = 0xEE, 0xFE, 0xDA, 0xD9


def is_picture(data: bytes) -> bool:
    """True for the kinds of pictures that this module knows."""
    if data.startswith(b"RIFF"):
        return data[8:12] == b"WEBP"
    return data.startswith((JPEG, PNG, JP2, *PILLOW_FORMATS, *WMF)) or data[40:44] == EMF


def stripped(data: bytes) -> bytes:
    """Return a picture without metadata. Raises ValueError for a broken one."""
    try:
        if data.startswith(JPEG):
            return _jpeg(data)
        if data.startswith(PNG):
            return _png(data)
        if data.startswith(JP2):
            return _jp2(data)
        if data[40:44] == EMF:
            return _emf(data)
        for head, format in PILLOW_FORMATS.items():
            if data.startswith(head):
                return _reencoded(data, format)
    except (IndexError, OSError, struct.error) as broken:
        raise ValueError("a broken picture") from broken
    return data


def _jpeg(data: bytes) -> bytes:
    """Keep what decoding needs, with JFIF's and Adobe's markers; drop what follows the end as well (a film, a second picture)."""
    kept, at, scans = [data[:2]], 2, 0
    while at + 1 < len(data):  # inside a PDF, some end without saying so
        if data[at] != 0xFF:
            raise ValueError("a broken picture")
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        end = at + 2 if marker in BARE_MARKERS or marker == END else at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == SCAN:
            end, scans = _end_of_scan(data, end), scans + 1
        is_metadata = marker == COMMENT or 0xE0 <= marker <= 0xEF
        if not is_metadata or marker == ADOBE or data[at + 4 : at + 9] == b"JFIF\0":
            kept.append(data[at:end])
        if marker == END:
            break
        at = end
    if not scans:
        raise ValueError("a broken picture")
    return b"".join(kept)


def _end_of_scan(data: bytes, at: int) -> int:
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] == 0 or data[at + 1] in BARE_MARKERS:
            at += 2
        elif data[at + 1] == 0xFF:
            at += 1
        else:
            return at
    return len(data)


def _png(data: bytes) -> bytes:
    kept, at = [PNG], len(PNG)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if kind in PIXELS:
            kept.append(data[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end
    raise ValueError("a broken picture")


def _jp2(data: bytes) -> bytes:
    """Drop the XML, UUID and UUID info boxes of JPEG 2000."""
    kept, at = [], 0
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, at + 8)
        end = len(data) if length == 0 else at + length
        if end <= at:
            raise ValueError("a broken picture")
        if kind not in (b"uuid", b"uinf", b"xml "):
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def _emf(data: bytes) -> bytes:
    """Blank the description of a Windows drawing: the program that made it, and its title."""
    length, at = struct.unpack_from("<II", data, 60)
    return data[:at] + bytes(2 * length) + data[at + 2 * length :] if length else data


def _reencoded(data: bytes, format: str) -> bytes:
    out = io.BytesIO()
    picture = Image.open(io.BytesIO(data), formats=(format,))
    if METADATA_KEYS & picture.info.keys() or format == "TIFF":
        pixels_only(picture).save(out, format)
        return out.getvalue()
    return data
