"""The mail that a report is sent with: its numbers to read at once, and who is written.

Charts and long tables stay in the attachment: mail programs draw neither.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from metabase.rendering.cards import DrawnCard
from metabase.rendering.page_parts import page_templates
from metabase.rendering.report import Report

__all__ = ["mail_of", "write_mail"]

_ROWS, _COLUMNS = 5, 4


def mail_of(report: Report, recipients: tuple[str, ...]) -> dict[str, Any]:
    """Subject and HTML of the mail, the day of its numbers, and its recipients.

    ``as_of_date`` is None while nothing was computed: there is nothing to send then.
    """
    label = report.labels
    subject = (
        f"{report.title} · {report.company.name} · {label['preview.data_through']} "
        f"{report.data_through}"
    )
    html = (
        page_templates()
        .get_template("mail.html.j2")
        .render(
            report=report,
            label=label,
            chapters=[
                (section.heading, _numbers(section.cards), _tables(section.cards))
                for section in report.sections
            ],
            row_count=_ROWS,
            column_count=_COLUMNS,
        )
    )
    day = report.as_of_date
    return {
        # A name with a line break must not become a header of the mail.
        "subject": " ".join(subject.split()),
        "html": html,
        "as_of_date": day.isoformat() if day else None,
        "template": report.template,
        "language": report.language,
        "recipients": list(recipients),
    }


def write_mail(report: Report, recipients: tuple[str, ...], path: Path) -> None:
    """Write it as JSON, for the program that sends."""
    told = json.dumps(mail_of(report, recipients), ensure_ascii=False)
    path.write_text(told, encoding="utf-8")


def _numbers(cards: tuple[DrawnCard, ...]) -> list[DrawnCard]:
    found = (card for card in cards if card.display == "scalar")
    return [card for card in found if not card.empty_reason]


def _tables(cards: tuple[DrawnCard, ...]) -> list[DrawnCard]:
    found = (card for card in cards if card.display == "table")
    return [card for card in found if not card.empty_reason]
