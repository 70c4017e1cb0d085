"""A rejected record is tried again under today's rules, or given up with a reason."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from orchestration.lib.connections.connections import add_connection, files_connection
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.core.settings import Settings
from orchestration.lib.data_quality.quarantine import (
    RetryFailed,
    Selection,
    UnknownRecord,
    drop_records,
    list_groups,
    list_records,
    load_record,
)
from orchestration.lib.data_quality.quarantine_files import Retried
from orchestration.lib.data_quality.quarantine_retries import Retrier
from orchestration.lib.ingestion.ingestion import SourceReader
from orchestration.lib.tenancy.companies import Company, add_company

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
NOT_A_NUMBER = "property 'usage_count' is not an integer"
HEADER = "order_id,customer_id,date,amount,currency\n"
GOOD = "A-1,7,2026-01-05,10.00,EUR\n"
LATER: dict[str, Any] = {
    "id": "1",
    "usage_count": 9,
    "updated_at": "2026-02-01T00:00:00Z",
}


class Desk:
    """Two companies and their quarantine."""

    def __init__(self, url: str, settings: Settings, folder: Path) -> None:
        self.url, self.settings, self.folder = url, settings, folder

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as database:
            return database.execute(query.encode(), values).fetchall()

    def reject(
        self,
        reason: str,
        company: str = "acme",
        stream: str = "discount_codes",
        **r: Any,
    ) -> str:
        text = json.dumps(r)
        digest = hashlib.sha256(f"{stream}{text}".encode()).hexdigest()
        self.rows(
            """insert into ops.quarantined_records (company_id, source, stream,
                record_hash, reason, record)
            values (%s, 'shopify', %s, %s, %s, %s) returning 1""",
            *(company, stream, digest, reason, text),
        )
        return digest

    def retry(self, **selection: Any) -> Retried:
        retrier = Retrier(self.url, self.settings, "ana", lambda line: None)
        return retrier.retry("acme", Selection("acme", **selection))

    def read_files(self) -> None:
        reader = SourceReader(
            self.url, self.settings, SOURCES["files"], "r", lambda line: None
        )
        reader.read(ACME, None)

    def waiting(self) -> list[tuple[Any, ...]]:
        return self.rows(
            """select reason, review from ops.quarantined_records
            where company_id = 'acme' order by 1, 2"""
        )


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Desk:
    add_company(database_url, ACME)
    add_company(database_url, Company("bolt", "Bolt", "CLP", "America/Santiago"))
    return Desk(database_url, Settings(tmp_path / "home", database_url), tmp_path)


def test_what_todays_rules_accept_is_loaded_and_leaves(desk: Desk) -> None:
    # It was refused by an earlier version of the rules; another still is.
    desk.reject("an old rule", id="1", code="WELCOME", amount=12.345678901234567)
    desk.reject("an old rule", id="2", usage_count="many")
    desk.reject("an old rule", company="bolt", id="3")

    done = desk.retry()

    assert (done.offered_count, done.accepted_count) == (2, 1)
    assert dict(done.refusals) == {NOT_A_NUMBER: 1}
    assert desk.rows("select company_id, id, code from raw_shopify.discount_codes") == [
        ("acme", "1", "WELCOME")
    ]
    # A refused one stays with today's reason; another company's is not touched.
    assert desk.waiting() == [(NOT_A_NUMBER, "retried")]
    assert desk.rows(
        """select company_id, record_count, accepted_count, reviewed_by
        from ops.quarantine_reviews"""
    ) == [("acme", 2, 1, "ana")]


def test_what_is_accepted_makes_the_next_run_due(desk: Desk) -> None:
    desk.reject("an old rule", id="1")

    desk.retry()

    assert desk.rows(
        "select source_slug, revision > 0, is_reading from ops.source_landings"
    ) == [("shopify", True, False)]


def test_a_record_older_than_its_row_leaves_the_row_alone(desk: Desk) -> None:
    desk.reject("an old rule", **LATER)
    desk.retry()
    old = {**LATER, "usage_count": 1, "updated_at": "2026-01-01T00:00:00Z"}
    desk.reject("an old rule", **old)

    done = desk.retry()

    assert done.accepted_count == 1
    assert desk.rows("select usage_count from raw_shopify.discount_codes") == [(9,)]


def test_what_postgres_refused_is_offered_as_it_came(desk: Desk) -> None:
    # Kept as the texts of a row: numbers are numbers again before they are offered.
    desk.reject(
        "Postgres refused it: ProgramLimitExceeded",
        id="1",
        usage_count="5",
        amount="1.50",
        _sdc_extracted_at="2026-01-01T00:00:00+00:00",
    )

    assert desk.retry().accepted_count == 1
    assert desk.rows(
        "select usage_count, amount::text, id from raw_shopify.discount_codes"
    ) == [(5, "1.50", "1")]


def test_a_stream_that_is_gone_is_said(desk: Desk) -> None:
    desk.reject("an old rule", stream="carrier_pigeons", id="1")

    done = desk.retry()

    assert done.accepted_count == 0
    assert "no stream 'carrier_pigeons'" in next(iter(done.refusals))


def test_only_what_was_chosen_is_offered(desk: Desk) -> None:
    first = desk.reject("one reason", id="1")
    desk.reject("another reason", id="2")
    dropped = desk.reject("a third", id="3")
    drop_records(desk.url, Selection("acme", ids=(dropped[:12],)), "ana", "a test")

    assert desk.retry(ids=(first[:12],)).offered_count == 1
    assert desk.retry(reason="ANOTHER").offered_count == 1
    # What was given up is not tried unless somebody says so.
    assert desk.retry().offered_count == 0


def test_dropping_keeps_the_record_with_who_and_why(desk: Desk) -> None:
    id_ = desk.reject("a reason", id="1")
    desk.reject("a reason", company="bolt", id="1")

    assert drop_records(desk.url, Selection("acme"), "ana", "test orders") == 1
    assert drop_records(desk.url, Selection("acme"), "eva", "again") == 0

    record = load_record(desk.url, "acme", id_[:12])
    assert (record.review, record.reviewed_by, record.review_note) == (
        *("dropped", "ana"),
        "test orders",
    )
    assert desk.rows(
        "select company_id, review, record_count, note from ops.quarantine_reviews"
    ) == [("acme", "dropped", 1, "test orders")]
    assert list_groups(desk.url, Selection("acme"), 9) == []
    groups = list_groups(desk.url, Selection(has_dropped=True), 9)
    assert [(each.company_id, each.review) for each in groups] == [
        ("acme", "dropped"),
        ("bolt", None),
    ]


def test_a_record_that_is_not_there_or_not_alone_is_said(desk: Desk) -> None:
    with pytest.raises(UnknownRecord, match=r"No record of acme.*--records"):
        load_record(desk.url, "acme", "ab%")
    desk.reject("a reason", id="1")
    desk.reject("a reason", id="2")

    with pytest.raises(UnknownRecord, match="Several records"):
        load_record(desk.url, "acme", "")


def log_of(desk: Desk, *lines: str) -> Path:
    file = desk.folder / "log.csv"
    file.write_text("".join([HEADER, GOOD, *lines]))
    return file


def test_rows_of_a_file_are_tried_by_reading_it_again(desk: Desk) -> None:
    file = log_of(desk, "A-2,7,2026-01-06,10.00\n", "A-3,7,2026-01-07,ten,EUR\n")
    add_connection(desk.url, files_connection("acme", file))
    desk.read_files()
    reasons = {record.reason for record in list_records(desk.url, Selection("acme"))}
    assert len(reasons) == 2
    # As if the rules of the day had refused the good row, too.
    desk.rows(
        """insert into ops.quarantined_records (company_id, source, stream,
            record_hash, batch_id, location, reason, last_seen_at)
        select company_id, source, stream, 'h', batch_id, 'log.csv line 2', 'old rule',
            now() from ops.quarantined_records limit 1 returning 1"""
    )

    done = desk.retry()

    assert (done.offered_count, done.accepted_count) == (3, 1)
    assert {reason for reason, _ in desk.waiting()} == reasons
    assert {review for _, review in desk.waiting()} == {"retried"}
    # And once more: the same rows are refused, and nothing is counted twice.
    again = desk.retry()
    assert (again.offered_count, again.accepted_count) == (2, 0)
    assert desk.rows(
        """select count(*) from raw_files.purchases
        join raw_files.files using (company_id, file_sha256)"""
    ) == [(1,)]


def test_a_file_that_is_gone_keeps_its_rows_in_quarantine(desk: Desk) -> None:
    file = log_of(desk, "A-3,7,2026-01-07,ten,EUR\n")
    add_connection(desk.url, files_connection("acme", file))
    desk.read_files()
    before = desk.waiting()
    file.unlink()

    with pytest.raises(RetryFailed, match=r"Not read again: log\.csv"):
        desk.retry()

    assert desk.waiting() == before != []
