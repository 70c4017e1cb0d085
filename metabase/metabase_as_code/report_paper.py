"""A report on paper: PDF, or a picture of each page, set by typst.

Text stays text, so it can be selected and searched; charts are drawn by Vega, as on the
dashboards, and put in as drawings. Nothing is fetched.
"""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
import vl_convert

from metabase.metabase_as_code.draw import Cell, DrawnCard
from metabase.metabase_as_code.page_parts import TEMPLATES, vega_version
from metabase.metabase_as_code.report import Report
from metabase.metabase_as_code.report_layout import GRID_WIDTH, column_widths

__all__ = ["pdf_of", "pictures_of"]

_LAYOUT = "report.typ"
# Pixels of a chart as wide as the page: its text is then as large as that around it.
_PAGE_WIDTH = 700
_ROOM_BETWEEN = 35
_HEIGHT_OF_A_HALF = 220
_PICTURE_DPI = 144
_KINDS = {"scalar": "number", "object": "record"}


def pdf_of(report: Report) -> bytes:
    """The report as a PDF on A4."""
    with TemporaryDirectory() as folder:
        layout = _lay_out(report, Path(folder))
        return typst.compile(layout, root=Path(folder), format="pdf")


def pictures_of(report: Report) -> list[bytes]:
    """The report as PNG pictures, one per page."""
    with TemporaryDirectory() as folder:
        layout = _lay_out(report, Path(folder))
        # A list where there are several pages, which the stubs do not know.
        pages: Any = typst.compile(
            layout, root=Path(folder), format="png", ppi=_PICTURE_DPI
        )
    return list(pages) if isinstance(pages, list) else [pages]


def _lay_out(report: Report, folder: Path) -> Path:
    """Put the layout, what it says and its charts into a folder."""
    told = _told(report, folder)
    (folder / "report.json").write_text(json.dumps(told), encoding="utf-8")
    return Path(shutil.copy(TEMPLATES / _LAYOUT, folder))


def _told(report: Report, folder: Path) -> dict[str, Any]:
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
        "data_through": report.data_through,
        "data_through_label": label["preview.data_through"],
        "facts": [{"name": name, "value": value} for name, value in facts],
        "banner": report.banner and report.banner[:1].upper() + report.banner[1:],
        "sections": [
            {
                "heading": section.heading,
                "rows": [
                    [_card(card, report, folder) for card in row]
                    for row in section.rows
                ],
            }
            for section in report.sections
        ],
        "notes_title": label["preview.notes"],
        "notes": [{"name": one.name, "text": one.description} for one in report.cards],
    }


def _card(card: DrawnCard, report: Report, folder: Path) -> dict[str, Any]:
    empty = card.empty_reason
    if empty == report.why_empty and report.banner == empty:
        empty = report.labels["preview.reason_above"]
    number = card.rows[0][0].text if card.display == "scalar" and not empty else None
    return {
        "kind": "chart" if card.chart else _KINDS.get(card.display, "table"),
        "name": card.name,
        "empty": empty,
        "number": number or report.labels["preview.no_value"],
        "headers": [_cell(cell) for cell in card.headers],
        "rows": [[_cell(cell) for cell in row] for row in card.rows],
        "more": card.more_rows,
        **_columns(card),
        "chart": _draw(card, report, folder) if card.chart else None,
    }


def _columns(card: DrawnCard) -> dict[str, Any]:
    cells = zip(card.headers, *card.rows, strict=True)
    size, widths = column_widths([[one.text for one in column] for column in cells])
    return {"size": size, "widths": widths}


def _cell(cell: Cell) -> dict[str, Any]:
    return {"text": cell.text, "right": cell.is_number, "shade": cell.shade}


def _draw(card: DrawnCard, report: Report, folder: Path) -> str:
    """Draw a chart as wide as its place; the name of its file."""
    share = card.placement.size_x / GRID_WIDTH
    spec = deepcopy(card.chart or {})
    spec["width"] = round(_PAGE_WIDTH * share - (1 - share) * _ROOM_BETWEEN)
    if share < 1:
        spec["height"] = _HEIGHT_OF_A_HALF
    # As in a browser, where the width is that of everything the chart draws.
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
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
