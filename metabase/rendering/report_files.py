"""The files of a report: which there are, and how they are called."""

from __future__ import annotations

from pathlib import Path

from metabase.rendering.report import Report
from metabase.rendering.report_formats import ReportFormat
from metabase.rendering.report_html import render_report
from metabase.rendering.report_pdf import pdf_of, pictures_of

__all__ = ["write_report"]


def write_report(report: Report, kind: ReportFormat, folder: Path) -> list[Path]:
    """Write a report, in place of the one of its name; the files, by page.

    ``<company>-<template>-<language>`` is its name; pictures have the page behind it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{report.company.company_id}-{report.template}-{report.language}"
    if kind is ReportFormat.html:
        page = folder / f"{name}.html"
        page.write_text(render_report(report), encoding="utf-8")
        return [page]
    if kind is ReportFormat.pdf:
        paper = folder / f"{name}.pdf"
        paper.write_bytes(pdf_of(report))
        return [paper]
    pictures = pictures_of(report)
    # A report that was longer before must not leave its last pages behind.
    for old in folder.glob(f"{name}-[0-9]*.png"):
        old.unlink()
    paths = [
        folder / f"{name}-{number:02d}.png" for number in range(1, len(pictures) + 1)
    ]
    for path, picture in zip(paths, pictures, strict=True):
        path.write_bytes(picture)
    return paths
