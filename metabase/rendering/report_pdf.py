"""A report on paper: PDF, or a picture of each page, set by typst.

A sheet of another width than A4 is as long as what stands on it, and one picture.

Text stays text, so it can be selected and searched; charts are drawn by Vega, as on the
dashboards, and put in as drawings. Nothing is fetched.
"""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
import vl_convert

from metabase.content.logos import Logo
from metabase.content.palette import MEANINGS
from metabase.rendering.cards import Cell, DrawnCard
from metabase.rendering.page_parts import TEMPLATES, vega_version
from metabase.rendering.report import Report
from metabase.rendering.report_layout import GRID_WIDTH, column_widths

__all__ = ["A4", "Sheet", "pdf_of", "pictures_of"]

_LAYOUT = "report.typ"
# Pixels of a chart as wide as an A4 page: its text is then as large as that around it.
_PAGE_WIDTH = 700
_ROOM_BETWEEN = 35
_HEIGHT = 190
_PICTURE_DPI = 144
_KINDS = {"scalar": "number", "object": "record"}


@dataclass(frozen=True)
class Sheet:
    """What a report is set on.

    ``room`` is the width of its text as a share of that of A4; ``is_paper``: cut into
    pages, with the explanations at the end.
    """

    room: float = 1.0
    is_paper: bool = True


A4 = Sheet()


def pdf_of(report: Report) -> bytes:
    """The report as a PDF on A4."""
    with TemporaryDirectory() as folder:
        layout = _lay_out(report, Path(folder))
        return typst.compile(layout, root=Path(folder), format="pdf")


def pictures_of(report: Report, sheet: Sheet = A4) -> list[bytes]:
    """The report as PNG pictures, one per page."""
    with TemporaryDirectory() as folder:
        layout = _lay_out(report, Path(folder), sheet)
        # A list where there are several pages, which the stubs do not know.
        pages: Any = typst.compile(
            layout, root=Path(folder), format="png", ppi=_PICTURE_DPI
        )
    return list(pages) if isinstance(pages, list) else [pages]


def _lay_out(report: Report, folder: Path, sheet: Sheet = A4) -> Path:
    """Put the layout, what it says and its charts into a folder."""
    told = _template_values(report, folder, sheet)
    (folder / "report.json").write_text(json.dumps(told), encoding="utf-8")
    return Path(shutil.copy(TEMPLATES / _LAYOUT, folder))


def _template_values(report: Report, folder: Path, sheet: Sheet) -> dict[str, Any]:
    label = report.labels
    facts = (
        (label["preview.period"], report.period),
        (label["preview.data_through"], report.data_through),
        (label["preview.as_of"], report.as_of),
        (label["preview.currency"], report.company.currency_code),
    )
    return {
        "language": report.language,
        "title": report.title,
        "description": report.description,
        "company": report.company.name,
        "logos": [_logo(one, report, folder) for one in report.logos],
        "data_through": report.data_through,
        "data_through_label": label["preview.data_through"],
        "room": None if sheet.is_paper else sheet.room,
        "facts": [{"name": name, "value": value} for name, value in facts if value],
        "banner": report.banner and report.banner[:1].upper() + report.banner[1:],
        "sections": [
            {
                "heading": section.heading,
                "is_told": section.is_told,
                "rows": [
                    [_card(card, report, folder, sheet) for card in row]
                    for row in section.rows
                ],
            }
            for section in report.sections
        ],
        "notes_title": label["preview.notes"],
        "notes": [
            {"name": one.name, "text": one.description}
            for one in (report.cards if sheet.is_paper else ())
        ],
    }


def _logo(logo: Logo, report: Report, folder: Path) -> dict[str, str]:
    (folder / logo.file_name).write_bytes(logo.content)
    told = f"{report.labels['preview.prepared_by']} {logo.name}"
    return {
        "file": logo.file_name,
        "name": logo.name,
        "told": told if logo.is_agency else "",
    }


def _card(
    card: DrawnCard, report: Report, folder: Path, sheet: Sheet
) -> dict[str, Any]:
    empty = card.empty_reason
    if empty == report.why_empty and report.banner == empty:
        empty = report.labels["preview.reason_above"]
    number = card.rows[0][0].text if card.display == "scalar" and not empty else None
    return {
        "kind": "chart" if card.chart else _KINDS.get(card.display, "table"),
        "name": card.name,
        "empty": empty,
        "number": number or report.labels["preview.no_value"],
        "color": card.number_color or "",
        "under": _under(card),
        "headers": [_cell(cell) for cell in card.headers],
        "rows": [[_cell(cell) for cell in row] for row in card.rows],
        "more": card.more_rows,
        "share": card.placement.size_x,
        **_columns(card, sheet.room * card.placement.size_x / GRID_WIDTH),
        "chart": _draw(card, report, folder, sheet) if card.chart else None,
    }


def _under(card: DrawnCard) -> list[dict[str, str]]:
    """The lines under a number and the colour behind each: better, worse, neither."""
    lines = card.trend.lines if card.trend else ()
    told = [(card.range, ""), *((one.text, one.meaning) for one in lines)]
    return [
        {"text": text, "ground": MEANINGS[meaning or "neutral"][0]}
        for text, meaning in told
        if text
    ]


def _columns(card: DrawnCard, room: float) -> dict[str, Any]:
    cells = zip(card.headers, *card.rows, strict=True)
    size, widths = column_widths(
        [[one.text for one in column] for column in cells], room
    )
    return {"size": size, "widths": widths}


def _cell(cell: Cell) -> dict[str, Any]:
    return {"text": cell.text, "right": cell.is_number, "shade": cell.shade}


def _draw(card: DrawnCard, report: Report, folder: Path, sheet: Sheet) -> str:
    """Draw a chart as wide as its place; the name of its file."""
    share = card.placement.size_x / GRID_WIDTH
    spec = deepcopy(card.chart or {})
    spec["width"] = round(
        _PAGE_WIDTH * sheet.room * share - (1 - share) * _ROOM_BETWEEN
    )
    if share < 1 or card.display in ("line", "bar"):
        spec["height"] = _HEIGHT
    # As in a browser, where the width is that of everything the chart draws.
    spec["autosize"] = {"type": "fit-x", "contains": "padding", "resize": True}
    pdf = vl_convert.vegalite_to_pdf(
        spec,
        vl_version=vega_version(),
        format_locale=report.number_locale,
        time_format_locale=report.time_locale,
        allowed_base_urls=[],
    )
    path = folder / f"chart-{card.placement.entity_id}.pdf"
    path.write_bytes(pdf)
    return path.name
