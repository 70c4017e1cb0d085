"""One bad record is set aside with its reason; the good ones of its batch load."""

from __future__ import annotations

import hashlib
import random

import pytest

from taps.target_postgres.errors import LoadError
from tests.taps.target_postgres.singer import Loader, record, schema

PROPERTIES = {
    "id": {"type": "string"},
    "count": {"type": ["integer", "null"]},
    "total": {"type": ["number", "null"]},
    "paid": {"type": ["boolean", "null"]},
    "day": {"type": ["string", "null"], "format": "date"},
    "at": {"type": ["string", "null"], "format": "date-time"},
    "note": {"type": ["string", "null"]},
    "items": {"type": ["array", "null"]},
    "strict": {"type": "string"},
}
CONTRACT = schema(PROPERTIES, required=["id"])


# Longer than an index entry may be, even compressed.
_INCOMPRESSIBLE = random.Random(1).randbytes(20_000).hex()


def _raw(body: str) -> bytes:
    return f'{{"type":"RECORD","stream":"orders","record":{body}}}\n'.encode()


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (record(id="x", at="2024-02-30T00:00:00Z"), "property 'at' is not a date-time"),
        (record(id="x", at="yesterday"), "property 'at' is not a date-time"),
        (record(id="x", at=1717200000), "property 'at' is not a date-time"),
        (record(id="x", day="2023-02-29"), "property 'day' is not a date"),
        (record(id="x", day="2024-02-29T00:00:00Z"), "property 'day' is not a date"),
        (record(id="x", count="5"), "property 'count' is not an integer"),
        (record(id="x", count=True), "property 'count' is not an integer"),
        (record(id="x", count=1.5), "property 'count' is not an integer"),
        (record(id="x", count=2**63), "property 'count' is an integer out of range"),
        (record(id="x", total="12,50"), "property 'total' is not a number"),
        (record(id="x", total=True), "property 'total' is not a number"),
        (record(id="x", total=""), "property 'total' is not a number"),
        (
            _raw('{"id":"x","total":1e200000}'),
            "property 'total' is a number out of range",
        ),
        (
            _raw('{"id":"x","total":"1e99999999999999999999"}'),
            "property 'total' is a number out of range",
        ),
        (
            _raw('{"id":"x","total":1e99999999999999999999}'),
            "property 'total' is not a finite number",
        ),
        (_raw('{"id":"x","total":NaN}'), "property 'total' is not a finite number"),
        (
            _raw('{"id":"x","total":-Infinity}'),
            "property 'total' is not a finite number",
        ),
        (record(id="x", paid="yes"), "property 'paid' is not true or false"),
        (record(id="x", paid=1), "property 'paid' is not true or false"),
        (record(id="x", note=5), "property 'note' is not a string"),
        (
            record(id="x", note="a\0b"),
            "property 'note' holds a character Postgres cannot store (NUL)",
        ),
        (
            record(id="x", note="\ud800"),
            "property 'note' holds a character Postgres cannot store (NUL)",
        ),
        (
            record(id="x", items=["a\0b"]),
            "property 'items' holds a character Postgres cannot store (NUL)",
        ),
        (record(id="x", items="a,b"), "property 'items' is not an object or array"),
        (record(id="x", strict=None), "property 'strict' is null"),
        (record(id=None), "property 'id' is null"),
        (record(id=""), "property 'id' is blank"),
        (record(id=" \t"), "property 'id' is blank"),
        (record(note="x"), "property 'id' is missing"),
        (
            record(id="x", company_id="bolt"),
            "property 'company_id' names another company than the one this run loads",
        ),
        (
            record(id="x") | {"time_extracted": "noon"},
            "time_extracted is not a date-time",
        ),
        # Only Postgres itself can tell these.
        (record(id=_INCOMPRESSIBLE), "Postgres refused it: ProgramLimitExceeded"),
        (
            _raw('{"id":"x","items":[1e200000]}'),
            "Postgres refused it: NumericValueOutOfRange",
        ),
    ],
)
def test_a_bad_record_is_quarantined_and_its_neighbours_load(
    loader: Loader, bad: dict[str, object] | bytes, reason: str
) -> None:
    loader.load(CONTRACT, record(id="1"), bad, record(id="2"), record(id="3"))

    assert loader.column("select id from raw_shop.orders order by id") == [
        "1",
        "2",
        "3",
    ]
    (entry,) = loader.quarantined()
    assert entry["reason"] == reason
    assert (entry["company_id"], entry["source"], entry["stream"]) == (
        "acme",
        "shop",
        "orders",
    )
    assert entry["record"]


def test_values_that_only_look_odd_are_loaded(loader: Loader) -> None:
    loader.load(
        CONTRACT,
        record(id="-", note=r"\u0000 \N \x", items=[r"\u0000"], company_id="acme"),
        record(id=r"\N", note="tab\tline\nreturn\r", count=5.0, company_id=None),
        record(id="😀", note="\u2028 \u00a0"),
    )

    rows = loader.rows("select id, note, count, items from raw_shop.orders")

    assert sorted(rows, key=lambda row: row["id"]) == [
        {"id": "-", "note": r"\u0000 \N \x", "count": None, "items": [r"\u0000"]},
        {"id": r"\N", "note": "tab\tline\nreturn\r", "count": 5, "items": None},
        {"id": "😀", "note": "\u2028 \u00a0", "count": None, "items": None},
    ]
    assert loader.quarantined() == []


def test_a_required_property_may_be_null_but_not_absent(loader: Loader) -> None:
    contract = schema(
        {"id": {"type": "string"}, "note": {"type": ["string", "null"]}},
        required=["note"],
    )
    loader.load(contract, record(id="1", note=None), record(id="2"))

    assert loader.column("select id from raw_shop.orders") == ["1"]
    assert [entry["reason"] for entry in loader.quarantined()] == [
        "property 'note' is missing"
    ]


def test_a_property_that_is_never_null_may_be_absent(loader: Loader) -> None:
    loader.load(CONTRACT, record(id="1"))

    assert loader.column("select strict from raw_shop.orders") == [None]


def test_the_quarantined_record_can_be_read(loader: Loader) -> None:
    loader.load(CONTRACT, record(id="x", total=1.10, note="a\0\ud800", count="many"))

    (entry,) = loader.quarantined()

    assert entry["record"] == {
        "id": "x",
        "total": 1.1,
        "note": r"a\u0000\ud800",
        "count": "many",
    }


def test_many_bad_records_among_good_ones_are_all_found(loader: Loader) -> None:
    records = [
        record(id=f"{number:03}" + _INCOMPRESSIBLE * (number % 17 == 0))
        for number in range(60)
    ]
    loader.load(CONTRACT, *records)

    assert loader.column("select count(*) from raw_shop.orders") == [56]
    assert len(loader.quarantined()) == 4


def test_a_second_run_adds_nothing_to_the_quarantine(loader: Loader) -> None:
    messages = (CONTRACT, record(id="x", count="many"), record(id="x", count="many"))
    loader.load(*messages)
    before = loader.quarantined()
    loader.load(*messages)

    assert loader.quarantined() == before
    assert len(before) == 1


def test_a_record_seen_again_keeps_what_people_decided_of_it(loader: Loader) -> None:
    loader.load(CONTRACT, record(id="x", count="many"))
    loader.execute(
        "update ops.quarantined_records set review = 'dropped',"
        " last_seen_at = last_seen_at - interval '1 day'"
    )

    loader.load(CONTRACT, record(id="x", count="many"))

    seen = "select review, last_seen_at > quarantined_at from ops.quarantined_records"
    assert list(loader.rows(seen)[0].values()) == ["dropped", True]


def test_two_companies_quarantine_the_same_record_apart(loader: Loader) -> None:
    loader.load(CONTRACT, record(id="x", count="many"), company_id="acme")
    loader.load(CONTRACT, record(id="x", count="many"), company_id="bolt")

    assert [entry["company_id"] for entry in loader.quarantined()] in (
        ["acme", "bolt"],
        ["bolt", "acme"],
    )


def test_counts_are_logged_by_reason_and_no_value_is(
    loader: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    loader.load(
        CONTRACT,
        record(id="ana@example.com", at="ana's birthday"),
        record(id="eva@example.com", at="eva's birthday"),
        record(id="x", count="many"),
    )

    assert "orders: 2 in quarantine: property 'at' is not a date-time" in caplog.text
    assert "orders: 1 in quarantine: property 'count' is not an integer" in caplog.text
    assert "ana" not in caplog.text.replace("quarantine", "")
    assert "birthday" not in caplog.text


def test_without_a_quarantine_the_first_bad_record_stops_the_load(
    loader: Loader,
) -> None:
    with pytest.raises(LoadError) as failure:
        loader.load(
            CONTRACT, record(id="1"), record(id="x", count="many"), quarantine_table=""
        )

    message = str(failure.value)
    assert message.startswith("Line 3 of the input: stream 'orders': property 'count'")
    assert "many" not in message
    assert loader.column("select count(*) from raw_shop.orders") == [0]


TAPS_OWN = schema(
    {
        "stream_name": {"type": "string"},
        "batch_id": {"type": "string"},
        "location": {"type": "string"},
        "reason": {"type": "string"},
        "record": {"type": "object"},
    },
    stream="quarantined_records",
    keys=["stream_name", "batch_id", "location"],
)


def _rejected(**changes: object) -> dict[str, object]:
    return record(
        "quarantined_records",
        **{
            "stream_name": "purchases",
            "batch_id": "ab12",
            "location": "orders.csv line 17",
            "reason": "amount is not a number",
            "record": {"amount": "diez\0"},
        }
        | changes,
    )


def test_what_the_tap_rejected_goes_to_the_quarantine_and_to_no_raw_table(
    loader: Loader,
) -> None:
    loader.load(TAPS_OWN, _rejected(), schema="raw_files", source="csv")

    (entry,) = loader.quarantined()
    del entry["quarantined_at"]
    assert entry == {
        "company_id": "acme",
        "source": "csv",
        "stream": "purchases",
        "record_hash": hashlib.sha256(b"purchases|ab12|orders.csv line 17").hexdigest(),
        "batch_id": "ab12",
        "location": "orders.csv line 17",
        "reason": "amount is not a number",
        "record": {"amount": r"diez\u0000"},
    }
    assert loader.column("select to_regclass('raw_files.quarantined_records')") == [
        None
    ]


def test_what_the_tap_rejects_again_for_another_reason_is_updated(
    loader: Loader,
) -> None:
    loader.load(TAPS_OWN, _rejected())
    loader.load(TAPS_OWN, _rejected(reason="amount is negative"))

    assert [entry["reason"] for entry in loader.quarantined()] == ["amount is negative"]


def test_a_reject_without_a_reason_is_itself_quarantined(loader: Loader) -> None:
    loader.load(TAPS_OWN, _rejected(reason=None), _rejected(location="line 18"))

    assert sorted(entry["stream"] for entry in loader.quarantined()) == [
        "purchases",
        "quarantined_records",
    ]
