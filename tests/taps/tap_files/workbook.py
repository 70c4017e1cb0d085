"""Workbooks written by hand, as Excel saves them: formats, merges, what it hides."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

__all__ = ["Formula", "Sheet", "workbook"]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_QUOTE = {'"': "&quot;"}
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Formula:
    """A formula, and what was saved of its result."""

    text: str
    value: str | None = None
    kind: str = "n"


@dataclass(frozen=True)
class Sheet:
    """Rows of a sheet from its first cell on.

    Attributes
    ----------
    formats : column, from 0 -> the format of its numbers, row by row in turn.
    merged : such as ``A1:A2``.
    """

    rows: Sequence[Sequence[object]]
    name: str = "Hoja1"
    formats: Mapping[int, Sequence[str]] = field(default_factory=dict)
    merged: Sequence[str] = ()
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    is_hidden: bool = False


def workbook(*sheets: Sheet) -> bytes:
    """The bytes of an .xlsx."""
    codes = sorted({c for s in sheets for some in s.formats.values() for c in some})
    ids = {f"rId{n}": sheet for n, sheet in enumerate(sheets, start=1)}
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": _relations({"r1": "officeDocument"}, "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{sheet.name}" sheetId="{n[3:]}" r:id="{n}"'
            + (' state="hidden"/>' if sheet.is_hidden else "/>")
            for n, sheet in ids.items()
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            dict.fromkeys(ids, "worksheet"), "worksheets/{}.xml"
        ),
        "xl/styles.xml": _styles(codes),
        **{f"xl/worksheets/{n}.xml": _sheet(s, codes) for n, s in ids.items()},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _relations(kinds: Mapping[str, str], target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="{n}" Type="{_OFFICE}/{kind}" '
            f'Target="{target.format(n)}"/>'
            for n, kind in kinds.items()
        )
        + "</Relationships>"
    )


def _styles(codes: Sequence[str]) -> str:
    formats = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{escape(code, _QUOTE)}"/>'
        for at, code in enumerate(codes)
    )
    styles = "".join(f'<xf numFmtId="{164 + at}"/>' for at in range(len(codes)))
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts>'
        f'<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>{styles}</cellXfs></styleSheet>'
    )


def _sheet(sheet: Sheet, codes: Sequence[str]) -> str:
    columns = "".join(
        f'<col min="{n}" max="{n}" hidden="1"/>' for n in sheet.hidden_columns
    )
    lines = ""
    for number, row in enumerate(sheet.rows, start=1):
        hidden = ' hidden="1"' if number in sheet.hidden_rows else ""
        cells = ""
        for at, value in enumerate(row):
            some = sheet.formats.get(at)
            style = 2 + codes.index(some[number % len(some)]) if some else 0
            cells += _cell(f"{chr(65 + at)}{number}", value, style)
        lines += f'<row r="{number}"{hidden}>{cells}</row>'
    merged = "".join(f'<mergeCell ref="{each}"/>' for each in sheet.merged)
    return (
        f'<worksheet xmlns="{_MAIN}">'
        + (f"<cols>{columns}</cols>" if columns else "")
        + f"<sheetData>{lines}</sheetData>"
        + (f"<mergeCells>{merged}</mergeCells>" if merged else "")
        + "</worksheet>"
    )


def _cell(place: str, value: object, style: int) -> str:
    if isinstance(value, date):
        value, style = (value - date(1899, 12, 30)).days, 1
    start = f'<c r="{place}" s="{style}"'
    if value is None:
        return f"{start}/>"
    if isinstance(value, Formula):
        saved = "<v></v>" if value.value is None else f"<v>{escape(value.value)}</v>"
        kind = "" if value.kind == "n" else f' t="{value.kind}"'
        return f"{start}{kind}><f>{escape(value.text)}</f>{saved}</c>"
    if isinstance(value, str):
        return f'{start} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"{start}><v>{value}</v></c>"
