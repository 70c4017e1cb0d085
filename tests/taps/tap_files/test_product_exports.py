"""Events as Mixpanel, Amplitude and PostHog export them, in JSON lines or a table."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.taps.tap_files.conftest import RunTap

_AT = "2026-03-05T10:30:00+00:00"
_RECEIVED = "2026-03-05T10:31:00+00:00"
_EXPORTS: dict[str, dict[str, Any]] = {
    "Mixpanel, raw events": {
        "event": "Report Exported",
        "properties": {
            "time": 1772706600,
            "mp_processing_time_ms": 1772706660000,
            "distinct_id": "u1",
            "$user_id": "u1",
            "$device_id": "d1",
            "$insert_id": "m1",
            "account_id": "acc1",
            "feature": "export",
        },
    },
    # Moments are in UTC and do not say so; what one group holds is a list of one.
    "Amplitude, raw events": {
        "uuid": "other",
        "$insert_id": "m1",
        "event_type": "Report Exported",
        "event_time": "2026-03-05 10:30:00.000000",
        "server_upload_time": "2026-03-05 10:31:00.000000",
        "user_id": "u1",
        "device_id": "d1",
        "session_id": -1,
        "groups": {"account": ["acc1"]},
        "event_properties": {"feature": "export"},
    },
    # Properties may be a text.
    "PostHog, batch export of events": {
        "uuid": "m1",
        "event": "Report Exported",
        "distinct_id": "u1",
        "timestamp": "2026-03-05T10:30:00.000Z",
        "inserted_at": "2026-03-05 10:31:00.000000",
        "properties": json.dumps(
            {"$device_id": "d1", "$group_0": "acc1", "feature": "export"}
        ),
    },
}


def _csv(told: dict[str, Any]) -> str:
    """A row as a table of events is exported, objects as text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, told)
    writer.writeheader()
    writer.writerow(told)
    return text.getvalue()


def test_properties_may_be_a_column_of_a_table(read_text: RunTap) -> None:
    told = _EXPORTS["PostHog, batch export of events"]

    run = read_text(_csv(told), name="e.csv", time_zone="America/Santiago")

    assert "read as PostHog, batch export of events" in run.file["notes"]
    (event,) = run.records("product_events")
    names = ("message_id", "user_id", "anonymous_id", "account_id", "feature")
    assert [event[name] for name in names] == ["m1", "u1", "d1", "acc1", "export"]


@pytest.mark.parametrize("title", _EXPORTS)
def test_an_event_is_one_person_at_one_moment_of_an_account(
    title: str, read_text: RunTap
) -> None:
    line = json.dumps(_EXPORTS[title]) + "\n"

    # Exported twice, it is read once.
    run = read_text(line * 2, name="e.jsonl", time_zone="America/Santiago")

    assert run.rejects == {"e.jsonl line 2": "duplicate: equal to an earlier row"}
    assert f"read as {title}" in run.file["notes"]
    (event,) = run.records("product_events")
    told = ("message_id", "event", "user_id", "anonymous_id", "account_id", "feature")
    assert [event[name] for name in told] == [
        *("m1", "Report Exported", "u1", "d1", "acc1", "export")
    ]
    assert (event["occurred_at"], event["received_at"]) == (_AT, _RECEIVED)
