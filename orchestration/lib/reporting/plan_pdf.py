"""A saved plan on paper: a PDF, or a picture of each of its pages, set by typst."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import typst

from orchestration.lib.reporting.plan_pages import PlanPage

__all__ = ["pdf_of", "pictures_of"]

_LAYOUT = Path(__file__).with_name("plan_pdf.typ")
_PICTURE_DPI = 110


def pdf_of(page: PlanPage) -> bytes:
    """The plan as a PDF on A4; the same plan gives the same bytes."""
    pages = _set(page, "pdf")
    return pages[0]


def pictures_of(page: PlanPage) -> list[bytes]:
    """The plan as PNG pictures, one per page."""
    return _set(page, "png")


def _set(page: PlanPage, kind: Literal["pdf", "png"]) -> list[bytes]:
    with TemporaryDirectory() as folder:
        layout = shutil.copy(_LAYOUT, folder)
        told = json.dumps(asdict(page))
        (Path(folder) / "plan.json").write_text(told, encoding="utf-8")
        # A list where there are several pages, which the stubs do not know.
        pages: Any = typst.compile(
            layout, root=folder, format=kind, ppi=_PICTURE_DPI, timestamp=0
        )
    return list(pages) if isinstance(pages, list) else [pages]
