"""Zoom's reports of one webinar, from the files to what each attendee did."""

from __future__ import annotations

from pathlib import Path

from tests.dbt_project.exported_files import load_folder
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.taps.tap_files.test_presets import export


def test_reports_of_attendees_polls_and_questions_are_of_one_webinar(
    warehouse: Warehouse, pair: Pair, tmp_path: Path
) -> None:
    for name in ("zoom_attendees", "zoom_polls", "zoom_questions"):
        (tmp_path / f"{name}.csv").write_text(export(name))
    load_folder(warehouse, pair.acme, tmp_path, time_zone="Europe/Madrid")

    warehouse.build(
        pair.acme, as_of={pair.acme: "2026-01-31"}, only=["webinar_engagements"]
    )

    found = warehouse.rows(
        """select question_count, answered_poll_count, engagement_score::text
        from marts.webinar_engagements where company_id = %s
        order by engagement_score desc""",
        [pair.acme],
    )
    # Of 50 points of presence (all after 55.8 of 62 minutes), 15 of two polls, 10 of
    # a question: Ana 54 minutes, Luis 57, who joined by telephone 20.
    assert [tuple(row.values()) for row in found] == [
        (2, 2, "97.85"),
        (1, 1, "90.00"),
        (0, 0, "23.89"),
    ]
    (webinar,) = warehouse.rows(
        """select poll_count, has_questions from marts.webinar_records
        where company_id = %s""",
        [pair.acme],
    )
    assert webinar == {"poll_count": 2, "has_questions": True}
