"""What a sheet of an .xlsx says of its cells beside their values.

Read from its XML: the currency that a number's format shows, formulas whose result was
never saved, and rows and columns that are hidden, by hand or by a filter.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import unescape

from taps.tap_files.values.currencies import currencies_of_sign

__all__ = ["SheetParts", "sheets_of"]

_MOST_BYTES = 1 << 30
"""A sheet that is larger once unpacked is read for its values alone."""
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b([^>]*)>")
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*\bhidden=\"(?:1|true)\"[^>]*)>")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR = re.compile(
    rb"<(?:\w+:)?c\b([^>]*\bt=\"e\"[^>]*)>.*?<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*\"([^\"]*)\"")
_CELL = re.compile(r"([A-Z]{1,3})(\d+)")
_SHOWN = re.compile(r"\[\$([^\]\-]*)(?:-[^\]]*)?\]")
_QUOTED = re.compile(r"\"([^\"]*)\"|\\(.)")
_SPACE = re.compile(r"[_*].")
"""Room as wide as a letter, or filled with one: ``_€`` shows no euro."""
_SIGN = re.compile(r"(?:US|R)?\$|[€£¥₡₱₲₩₹₽]")

_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError),
    *(NotImplementedError, RuntimeError),
)
"""Of a file that is no .xlsx, has a password, or parts in places of their own."""

Place = tuple[int, int]
"""Row and column of a cell, from 1."""


@dataclass(frozen=True)
class SheetParts:
    """One sheet.

    Attributes
    ----------
    signs : cell -> the currency that the format of its number shows, as written there.
    unsaved : cell -> its formula, where no program saved what it gives.
    errors : cell -> the error that its formula ended with, such as #N/A.
    hidden_rows, hidden_columns : numbers of those that Excel does not show.
    """

    signs: Mapping[Place, str] = field(default_factory=dict)
    unsaved: Mapping[Place, str] = field(default_factory=dict)
    errors: Mapping[Place, str] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def sheets_of(path: Path) -> Mapping[str, SheetParts]:
    """The sheets of a workbook by name; none of a file that is no .xlsx."""
    try:
        with zipfile.ZipFile(path) as book:
            signs = _signs_of_styles(book)
            return {name: _parts(book.read(part), signs) for name, part in _named(book)}
    except _UNREADABLE:
        return {}


def _named(book: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name of a sheet, the part that holds it)."""
    relations = map(
        _attributes, _RELATION.findall(book.read("xl/_rels/workbook.xml.rels"))
    )
    targets = {each["Id"]: each["Target"] for each in relations if "Target" in each}
    for found in _SHEET.findall(book.read("xl/workbook.xml")):
        told = _attributes(found)
        ids = (value for key, value in told.items() if key.endswith(":id"))
        target = next((targets[each] for each in ids if each in targets), "")
        part = target[1:] if target.startswith("/") else f"xl/{target}"
        is_there = part in book.NameToInfo
        if is_there and book.getinfo(part).file_size <= _MOST_BYTES:
            yield told.get("name", ""), part


def _parts(sheet: bytes, styles: Mapping[str, str]) -> SheetParts:
    hidden = (
        range(int(told["min"]), int(told["max"]) + 1)
        for told in map(_attributes, _COLUMN.findall(sheet))
        if told.get("hidden") in {"1", "true"}
    )
    rows = (_attributes(found).get("r") for found in _ROW.findall(sheet))
    return SheetParts(
        signs=dict(_signs(sheet, styles)),
        unsaved=dict(_unsaved(sheet)),
        errors=dict(_errors(sheet)),
        hidden_rows=frozenset(int(row) for row in rows if row),
        hidden_columns=frozenset(number for numbers in hidden for number in numbers),
    )


def _signs(sheet: bytes, styles: Mapping[str, str]) -> Iterator[tuple[Place, str]]:
    if not styles:
        return
    numbers = b"|".join(number.encode() for number in styles)
    cell = re.compile(rb"<(?:\w+:)?c\b([^>]*\bs=\"(?:" + numbers + rb")\"[^>/]*)>")
    for found in cell.findall(sheet):
        told = _attributes(found)
        if place := _place(told.get("r", "")):
            yield place, styles[told["s"]]


def _unsaved(sheet: bytes) -> Iterator[tuple[Place, str]]:
    if b"<f" not in sheet and b":f" not in sheet:
        return
    for attributes, formula in _FORMULA.findall(sheet):
        told = _attributes(attributes)
        # The result of ="" is a text, and saved as one.
        if told.get("t") != "str" and (place := _place(told.get("r", ""))):
            yield place, "=" + unescape(formula.decode("utf-8", "replace"))


def _errors(sheet: bytes) -> Iterator[tuple[Place, str]]:
    for attributes, error in _ERROR.findall(sheet) if b't="e"' in sheet else ():
        if place := _place(_attributes(attributes).get("r", "")):
            yield place, error.decode("utf-8", "replace")


def _signs_of_styles(book: zipfile.ZipFile) -> Mapping[str, str]:
    """Number of a style, as cells name it -> the currency that it shows."""
    if "xl/styles.xml" not in book.NameToInfo:
        return {}
    content = book.read("xl/styles.xml")
    formats = {
        told["numFmtId"]: sign
        for told in map(_attributes, _FORMAT.findall(content))
        if (sign := _sign_of(unescape(told.get("formatCode", ""), {"&quot;": '"'})))
    }
    styles = _STYLES.search(content)
    found = _STYLE.findall(styles[0]) if styles and formats else []
    named = [_attributes(each).get("numFmtId", "") for each in found]
    return {str(at): formats[one] for at, one in enumerate(named) if one in formats}


def _sign_of(code: str) -> str:
    """The currency of a format such as ``[$€-C0A] #,##0.00``; "" when it has none."""
    positive = _SPACE.sub("", code.partition(";")[0])
    for shown in _SHOWN.findall(positive):
        if shown.strip():
            return str(shown.strip())
    said = [(a or b).strip() for a, b in _QUOTED.findall(positive)]
    rest = _QUOTED.sub("", _SHOWN.sub("", positive))
    said += _SIGN.findall(rest)
    return next((each for each in said if each and currencies_of_sign(each)), "")


def _place(cell: str) -> Place | None:
    found = _CELL.fullmatch(cell)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _attributes(found: bytes) -> dict[str, str]:
    pairs = _ATTRIBUTE.findall(found)
    return {k.decode(): unescape(v.decode(), {"&quot;": '"'}) for k, v in pairs}
