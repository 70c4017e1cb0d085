"""Every reading of a connection leaves a row: how much, how it ended, how fresh."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from orchestration.lib.connections.connection_reads import OpenRead
from orchestration.lib.ingestion.ingestion import DateRange
from orchestration.lib.ingestion.singer import Pipeline
from tests.orchestration.conftest import ORDERS, Shop

_READS = """
    select connection_id, outcome, row_count, quarantined_count, error
    from ops.connection_reads order by read_id
"""
BAD = {"id": "9", "updated_at": "2026-01-03T10:00:00Z", "total_price": "dear"}


def test_a_read_counts_its_rows_and_knows_its_newest_event(shop: Shop) -> None:
    shop.connect()
    shop.holds(orders=[*ORDERS, BAD])

    shop.read()

    # Two orders; three days of campaigns that two slices close.
    assert shop.rows(_READS) == [("shop", "succeeded", 7, 1, None)]
    ((size, newest, took),) = shop.rows(
        """select byte_count, newest_event_at, finished_at >= started_at
        from ops.connection_reads"""
    )
    assert size > 100
    assert newest == datetime(2026, 1, 2, 10, tzinfo=UTC)
    assert took
    assert not any("loaded: " in line for line in shop.log)


def test_a_read_that_fails_keeps_its_error_without_the_secret(shop: Shop) -> None:
    shop.connect(secrets={"access_token": "shpat_marker_1"}, is_chatty=True)

    shop.read()

    ((_, outcome, _, _, error),) = shop.rows(_READS)
    assert outcome == "failed"
    assert "refused ***" in error
    assert "shpat_marker_1" not in error


def test_a_read_that_was_killed_is_closed_by_the_next_one(shop: Shop) -> None:
    shop.connect()
    shop.rows(
        """insert into ops.connection_reads
            (company_id, connection_id, source_slug, run_id)
        values ('acme', 'shop', 'shopify', 'killed'),
            ('acme', 'other', 'meta_ads', 'under way') returning 1"""
    )

    shop.read()

    assert [row[1] for row in shop.rows(_READS)] == [
        "interrupted",
        "started",
        "succeeded",
    ]


def test_a_read_that_is_stopped_is_no_failure_of_the_source(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*arguments: Any) -> None:
        raise KeyboardInterrupt

    shop.connect()
    monkeypatch.setattr(Pipeline, "run", stop)

    with pytest.raises(KeyboardInterrupt):
        shop.read()

    assert [row[1] for row in shop.rows(_READS)] == ["interrupted"]


def test_days_that_are_read_again_are_told(shop: Shop) -> None:
    shop.connect()

    shop.read(DateRange(date(2026, 1, 1), date(2026, 1, 2)))

    assert shop.rows("select read_from, read_to from ops.connection_reads") == [
        (date(2026, 1, 1), date(2026, 1, 2))
    ]


def test_counts_of_two_loads_of_one_read_add_up() -> None:
    read = OpenRead()
    line = (
        '2026-01-01 10:00:00 | INFO | target-postgres | loaded: {"row_count": 3, '
        '"quarantined_count": 1, "forgotten_count": 4, "byte_count": 10, '
        '"newest": {"orders": "%s"}}'
    )

    assert read.hear(line % "2026-01-02 10:00:00+00")
    assert read.hear(line % "2026-01-01 10:00:00+00")
    assert not read.hear("orders: 3 rows loaded: fine")

    assert (read.row_count, read.quarantined_count, read.byte_count) == (6, 2, 20)
    assert read.forgotten_count == 8
    assert read.newest == {"orders": "2026-01-02 10:00:00+00"}
