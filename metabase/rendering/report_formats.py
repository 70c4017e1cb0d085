"""As what a report is written; told without loading what draws it."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ReportFormat"]


class ReportFormat(StrEnum):
    """Kinds of files that a report is written as."""

    html = "html"
    pdf = "pdf"
    png = "png"
