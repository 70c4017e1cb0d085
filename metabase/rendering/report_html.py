"""A report as one HTML page that needs no network: for a screen, a phone, a printer."""

from __future__ import annotations

from metabase.rendering.page_parts import asset, chart_library, page_templates
from metabase.rendering.report import Report

__all__ = ["render_report"]


def render_report(report: Report) -> str:
    """The report as HTML; the cards look as they do on the dashboards."""
    has_chart = any(card.chart for card in report.cards)
    return (
        page_templates()
        .get_template("report.html.j2")
        .render(
            report=report,
            label=report.labels,
            style=asset("page.css") + asset("report.css"),
            script=asset("page.js"),
            chart_library=chart_library() if has_chart else "",
        )
    )
