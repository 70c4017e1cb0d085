"""A line of what is counted by day: a day that nothing tells of is 0."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest

from metabase.content.card_settings import columns_of
from metabase.content.errors import ContentError
from metabase.content.page_files import read_pages
from metabase.content.queries import query_of

_TOLD = """select * from (values
    (date '2026-03-28', 'a', 4), (date '2026-03-31', 'a', 2),
    (date '2026-03-30', 'b', 7)
) as told (told_day, name, n)
where {chosen}
order by told_day"""


def read(url: str, more: dict[str, Any], chosen: str = "true") -> list[Any]:
    card = {"kind": "line", "x": "told_day", "metrics": ["n"], "every": "day"}
    card |= {"sql": _TOLD.format(chosen=chosen)} | more
    with psycopg.connect(url) as database:
        asked = query_of(card, columns_of(card))
        return [
            (row[0].day, *row[1:])
            for row in database.execute(asked.encode()).fetchall()
        ]


def test_a_day_without_a_row_is_nothing_and_not_between_its_neighbours(
    reporting_url: str,
) -> None:
    found = read(reporting_url, {}, "name = 'a'")
    assert found == [(28, 4), (29, 0), (30, 0), (31, 2)]


def test_a_series_begins_when_it_was_first_told_of(reporting_url: str) -> None:
    assert read(reporting_url, {"by": "name"}) == [
        *((28, "a", 4), (29, "a", 0), (30, "a", 0), (31, "a", 2)),
        *((30, "b", 7), (31, "b", 0)),
    ]


def test_months_are_as_long_as_they_are(reporting_url: str) -> None:
    months = f"""select to_date('2026-' || n, 'YYYY-MM') as told_day, n
    from ({_TOLD.format(chosen="name = 'a'")}) as told"""
    with psycopg.connect(reporting_url) as database:
        card = {"kind": "line", "x": "told_day", "metrics": ["n"], "sql": months}
        asked = query_of({**card, "every": "month"}, columns_of(card))
        rows = database.execute(asked.encode()).fetchall()
    assert rows == [(date(2026, 2, 1), 2), (date(2026, 3, 1), 0), (date(2026, 4, 1), 4)]


def test_of_what_was_never_told_there_is_no_line(reporting_url: str) -> None:
    assert read(reporting_url, {}, "false") == []


def test_any_other_step_is_refused(tmp_path: Any) -> None:
    folder = tmp_path / "pages" / "core"
    folder.mkdir(parents=True)
    (folder / "one.yml").write_text(
        """id: p0_XPAPAWKRIN6PzP3OFx
cards:
  c: {kind: line, x: a, metrics: [n], every: hour, from: r, place: [0, 0, 1, 1]}
""",
        encoding="utf-8",
    )
    with pytest.raises(ContentError, match="every is 'hour', not one of day, month"):
        read_pages(tmp_path)
