"""Every declared source against the sandbox: right rows, twice the same, or words."""

from __future__ import annotations

from typing import Any

import pytest

from taps.api_source.errors import AccessDenied, SourceError, TokenExpired
from tests.taps.declared.conftest import Vendor
from tests.taps.tap_processes import bookmarks, name_of, rows
from tests.taps.tap_runs import sync

#: What passes by itself: the run must end with exactly the right rows.
PASSING: tuple[dict[str, Any], ...] = (
    {"kind": "truncated_body", "times": 2},
    {"kind": "throttle", "retry_after": 0},
    {"kind": "server_error", "status": 503, "times": 2},
    {"kind": "schema_change", "add_field": "brand_new", "times": None},
    {"kind": "page_repeated"},
    {"kind": "duplicate_ids"},
)


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taps.api_source.http._wait", lambda _: 0)
    monkeypatch.setattr("taps.declared.pages.Pace.wait", lambda _: None)


def test_every_stream_has_rows_and_every_column_a_value(vendor: Vendor) -> None:
    output = vendor.read()

    for name, told in vendor.tap.told.streams.items():
        records = output.records(name)
        assert records, name
        for column, declared in told.columns.items():
            assert any(record[column] is not None for record in records), column
            assert declared.description
        keys = [tuple(record[part] for part in told.key) for record in records]
        assert len(keys) == len(set(keys))


def test_a_connection_can_be_tried(vendor: Vendor) -> None:
    found = vendor.tap(config=vendor.settings()).check()

    assert found["warnings"] == []
    assert {"account", "currency_code", "time_zone", "api_version"} <= set(found)


@pytest.mark.parametrize("fault", PASSING, ids=name_of)
def test_a_passing_fault_changes_no_row(vendor: Vendor, fault: dict[str, Any]) -> None:
    undisturbed = vendor.read()
    vendor.faults.switch_on({"path_contains": vendor.source.slug, **fault})

    disturbed = vendor.read()

    assert rows(disturbed) == rows(undisturbed)
    assert bookmarks(disturbed) == bookmarks(undisturbed)


def test_a_second_run_reads_the_look_back_and_moves_no_bookmark(vendor: Vendor) -> None:
    first = vendor.read()

    second = vendor.read(first.state)

    assert bookmarks(second) == bookmarks(first)
    for stream, records in rows(second).items():
        assert set(records) <= set(rows(first)[stream]), stream
    for name, told in vendor.tap.told.streams.items():
        if told.changes or told.days:
            assert len(second.records(name)) < len(first.records(name)), name


def test_a_field_that_is_gone_is_named_and_no_bookmark_moves(vendor: Vendor) -> None:
    told = next(iter(vendor.tap.told.streams.values()))
    field = (told.columns[told.key[0]].path or told.key[0]).split(".")[0]
    vendor.faults.switch_on({"kind": "schema_change", "field": field, "times": None})

    with pytest.raises(SourceError, match=f"documented shape: no field '{field}"):
        vendor.read()


def test_a_bad_secret_ends_with_words_and_no_secret(vendor: Vendor) -> None:
    auth = vendor.source.auth
    if auth["kind"] == "none":
        pytest.skip("it asks for no credentials")
    name: str = auth.get("password") or auth.get("secret") or "client_secret"
    kind = AccessDenied if "token_url" in auth else TokenExpired

    with pytest.raises(kind) as failure:
        sync(vendor.tap, vendor.settings() | {name: "planted-secret"})

    assert "planted-secret" not in str(failure.value)
    assert "onnect" in str(failure.value)
