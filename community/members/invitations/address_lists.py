"""Reading addresses out of a pasted list or a table. Of each line only its address is taken; whatever else stands there is left unread.

An address is that of a mailbox or, in a line that has none, the number of a phone. Whether it may be invited is asked in `cohorts`.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.translation import gettext as _

from community.kit import limits
from community.kit.errors import Refused
from community.kit.text.addresses import canonical, plain, readable

from ..texting import numbers

MAX_FIELD_LINES = 5  # lines over which one quoted field may run
SEPARATORS = (";", "\t", ",")
# What the column of addresses is called, in letters alone.
HEADINGS = ("email", "emailaddress", "mail", "mailaddress", "emails", "address", "correo", "correoelectronico")
NUMBER_HEADINGS = (
    "mobile",
    "mobilenumber",
    "mobilephone",
    "cell",
    "cellphone",
    "phone",
    "phonenumber",
    "number",
    "telefono",
    "celular",
    "movil",
)
LIKE_NUMBER = re.compile(r"\+?(?:[\s().\-/\u2010-\u2015]*\d){7,20}\W*")  # whatever digits they are
IN_BRACKETS = re.compile(r"<([^<>]*)>")


class UnreadableList(ValueError):
    """The list as a whole cannot be read; the words say why."""


@dataclass(frozen=True)
class ListRow:
    """One row of a list: the address in it, or the reason why it has none that can be used."""

    number: int
    text: str
    attempt: str = ""  # what in it was meant as an address; nothing else of the row is used
    reason: str = ""

    @property
    def address(self) -> str:
        return "" if self.reason else self.attempt

    @property
    def shown(self) -> str:
        """The address for people to read."""
        return numbers.readable(self.address) if numbers.is_number(self.address) else readable(self.address)


def decode(raw: bytes) -> str:
    """Return the text of a file. Raises UnreadableList where it is too large or not UTF-8."""
    if len(raw) > limits.MAX_LIST_BYTES:
        raise UnreadableList(_("This file is too large. Keep only the addresses, or send it in parts."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableList(_("This file is not plain text in UTF-8. Save it as “CSV UTF-8”, or paste the addresses.")) from None
    if "\0" in text:
        raise UnreadableList(_("This is not a text file. Save it as CSV, or paste the addresses."))
    return text


def read(text: str) -> list[ListRow]:
    """Return the lines of a list that hold anything, a heading left out, each address at its first place only.

    Raises UnreadableList where there are more than limits.MAX_LIST_LINES of them.
    """
    rows = list(_rows(text.removeprefix("\ufeff")))
    columns = _columns(rows[0][2]) if rows else []
    if not columns:
        lines = [_row(number, raw, cells) for number, raw, cells in rows]
    else:
        lines = [_row(number, raw, [cells[at] for at in columns if at < len(cells)]) for number, raw, cells in rows[1:]]
    return _once_each(lines)


def read_numbered(texts: list[tuple[int, str]]) -> list[ListRow]:
    """Return the lines that were corrected one by one, as (number, text)."""
    return _once_each([_row(number, text, _cells(text, None)) for number, text in texts if _holds_anything(text)])


def _once_each(lines: list[ListRow]) -> list[ListRow]:
    if len(lines) > limits.MAX_LIST_LINES:
        raise UnreadableList(_("These are more than %(most)d lines. Send them in parts.") % {"most": limits.MAX_LIST_LINES})
    places: dict[str, int] = {}
    for at, line in enumerate(lines):
        if line.address in places:
            twice = _("This number stands in line %(number)d already.")
            twice = twice if numbers.is_number(line.address) else _("This address stands in line %(number)d already.")
            told = twice % {"number": places[line.address]}
            lines[at] = replace(line, reason=told)
        elif line.address:
            places[line.address] = line.number
    return lines


def _rows(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield (number, text, cells) of every line that is not empty; a quoted field may run over several."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((line for line in plain if _holds_anything(line)), "")
    separator = next((each for each in SEPARATORS if each in first), None)
    at = 0
    while at < len(plain):
        taken = _taken(plain[at : at + MAX_FIELD_LINES])
        raw = "\n".join(plain[at : at + taken])
        if _holds_anything(raw):
            yield at + 1, " ".join(raw.split())[: limits.MAX_LIST_LINE_LENGTH], _cells(raw, separator)
        at += taken


def _holds_anything(line: str) -> bool:
    return bool(line.strip(' \t,;"'))


def _taken(ahead: list[str]) -> int:
    """Return how many of the lines ahead are one: more where a quotation is closed only further down, and is closed at all."""
    open_quote = False
    for count, line in enumerate(ahead, 1):
        open_quote ^= line.count('"') % 2 == 1
        if not open_quote:
            return count
    return 1


def _cells(raw: str, separator: str | None) -> list[str]:
    here = separator if separator and separator in raw else next((each for each in SEPARATORS if each in raw), ",")
    if raw.count('"') % 2:
        raw = raw.replace('"', "")
    try:
        cells = next(csv.reader([raw.replace("\n", " ")], delimiter=here, skipinitialspace=True))
    except csv.Error:  # a field longer than any address
        return [raw]
    return [cell.strip() for cell in cells]


def _columns(cells: list[str]) -> list[int]:
    """Return which column holds the addresses, and which the numbers, where the first line is a heading that says so."""
    if any("@" in cell for cell in cells):
        return []
    names = ["".join(c for c in cell.casefold() if c.isalpha()) for cell in cells]
    known = (HEADINGS, NUMBER_HEADINGS) if settings.SMS_URL else (HEADINGS,)
    found = [next((names.index(heading) for heading in headings if heading in names), None) for headings in known]
    return [column for column in found if column is not None]


def _row(number: int, text: str, cells: list[str]) -> ListRow:
    found = [address for cell in cells for address in _addresses(cell)]
    if not found and settings.SMS_URL and (like := [cell for cell in cells if looks_like_number(cell)]):
        return _row_with_number(number, text, like)
    meant = "; ".join(found) or (cells[0] if len(cells) == 1 else "")
    line = ListRow(number, text, meant[: limits.MAX_LIST_LINE_LENGTH])
    if not found:
        none = _("There is neither an e-mail address nor a phone number in this line.")
        return replace(line, reason=none if settings.SMS_URL else _("There is no e-mail address in this line."))
    if len(found) > 1:
        return replace(line, reason=_("There is more than one address in this line. Keep the one to invite."))
    try:
        return replace(line, attempt=canonical(line.attempt))
    except Refused as refusal:
        return replace(line, reason=refusal.sentence)


def looks_like_number(cell: str) -> bool:
    """Whether somebody means a phone number: digits of whatever script, and what people write between them."""
    return bool(LIKE_NUMBER.fullmatch(plain(cell).strip()))


def _row_with_number(number: int, text: str, cells: list[str]) -> ListRow:
    """Read a line without an address in which these look like numbers. A date does, too, and is none."""
    found, reasons = [], []
    for cell in cells:
        try:
            found.append(numbers.canonical(plain(cell)))
        except Refused as refusal:
            reasons.append(refusal.sentence)
    if len(set(found)) == 1:
        return ListRow(number, text, found[0])
    line = ListRow(number, text, "; ".join(cells)[: limits.MAX_LIST_LINE_LENGTH])
    many = _("There is more than one number in this line. Keep the one to invite.")
    return replace(line, reason=many if found else reasons[0])


def _addresses(cell: str) -> list[str]:
    """Return what in a cell is meant as an address, in lower case: "Name <a@b>", "mailto:a@b", or the words with an "@"."""
    cell = plain(cell)
    inside = [part for part in IN_BRACKETS.findall(cell) if "@" in part]
    words = inside or [word for word in cell.split() if "@" in word]
    if "@" in cell and not inside and len(words) == 1 and len(cell.split()) > 1:
        words = [cell]  # "anna smith@example.org" is a slip of the finger, not an address with a word before it
    return [word.strip(" ,;").removeprefix("mailto:").lower() for word in words]
