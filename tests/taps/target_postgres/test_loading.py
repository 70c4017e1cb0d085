"""What arrives in a raw table is what the source said, once, for one company."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from taps.target_postgres.errors import LoadError
from taps.target_postgres.target import LOADED
from tests.taps.target_postgres.singer import ORDERS, Loader, record, schema


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2024-06-02T00:00:00+02:00", datetime(2024, 6, 1, 22, tzinfo=UTC)),
        ("2024-06-01T17:30:00.25-04:30", datetime(2024, 6, 1, 22, 0, 0, 250_000, UTC)),
        ("2024-06-01T22:00:00Z", datetime(2024, 6, 1, 22, tzinfo=UTC)),
        ("2024-06-01T22:00:00", datetime(2024, 6, 1, 22, tzinfo=UTC)),
        ("2024-06-01 22:00:00", datetime(2024, 6, 1, 22, tzinfo=UTC)),
        ("20240601T220000Z", datetime(2024, 6, 1, 22, tzinfo=UTC)),
        (
            "2024-02-29T23:59:59.999999-00:30",
            datetime(2024, 3, 1, 0, 29, 59, 999_999, UTC),
        ),
        # The hour that daylight saving time repeats, once each.
        ("2024-10-27T02:30:00+02:00", datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),
        ("2024-10-27T02:30:00+01:00", datetime(2024, 10, 27, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_date_time_keeps_its_instant(
    loader: Loader, written: str, instant: datetime
) -> None:
    loader.load(schema(ORDERS), record(id="1", updated_at=written))

    assert loader.column("select updated_at from raw_shop.orders") == [instant]


def test_a_servers_time_zone_does_not_move_a_naive_date_time(loader: Loader) -> None:
    loader.execute("alter role loader set timezone to 'Asia/Tokyo'")
    loader.execute("alter role postgres set timezone to 'Asia/Tokyo'")
    try:
        loader.load(schema(ORDERS), record(id="1", updated_at="2024-06-01T22:00:00"))
    finally:
        loader.execute("alter role loader reset timezone")
        loader.execute("alter role postgres reset timezone")

    assert loader.column("select updated_at from raw_shop.orders") == [
        datetime(2024, 6, 1, 22, tzinfo=UTC)
    ]


@pytest.mark.parametrize(
    "digits",
    ["19.99", "0.1", "-0.30", "12345678901234567890.123456789", "1e3", "7", "19.990"],
)
def test_a_number_keeps_its_digits(loader: Loader, digits: str) -> None:
    as_json = b'{"type":"RECORD","stream":"orders","record":{"id":"%d","total":%s}}\n'
    loader.load(
        schema(ORDERS),
        as_json % (1, digits.encode()),
        as_json % (2, f'"{digits}"'.encode()),
    )

    stored = loader.column("select total::text from raw_shop.orders order by id")

    assert stored == [f"{Decimal(digits):f}"] * 2


def test_every_json_type_has_its_column_type(loader: Loader) -> None:
    loader.load(
        schema(
            {
                "id": {"type": "integer"},
                "paid_on": {"type": ["null", "string"], "format": "date"},
                "is_test": {"type": ["null", "boolean"]},
                "address": {"type": ["null", "object"]},
                "tags": {"type": ["null", "array"]},
                "anything": {},
            }
        ),
        record(
            id=2**63 - 1,
            paid_on="2024-02-29",
            is_test=False,
            address={"city": "Málaga", "lat": 36.72},
            tags=["a\tb", "c\\d", "\n"],
            anything="x",
        ),
        record(id=-(2**63)),
        record(
            id=0, paid_on=None, is_test=None, address=None, tags=None, anything=None
        ),
    )

    full, *empty = loader.rows("select * from raw_shop.orders order by id desc")
    assert full["id"] == 2**63 - 1
    assert full["paid_on"] == date(2024, 2, 29)
    assert full["is_test"] is False
    assert full["address"] == {"city": "Málaga", "lat": 36.72}
    assert full["tags"] == ["a\tb", "c\\d", "\n"]
    assert full["anything"] == "x"
    for row in empty:
        assert [row[name] for name in ("paid_on", "is_test", "address", "tags")] == [
            None
        ] * 4
    assert loader.column(
        "select format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = 'raw_shop.orders'::regclass and attnum > 0 order by attnum"
    ) == [
        "text",
        "bigint",
        "date",
        "boolean",
        "jsonb",
        "jsonb",
        "jsonb",
        "timestamp with time zone",
        "timestamp with time zone",
        "text",
    ]


def test_a_decimal_inside_an_object_keeps_its_digits(loader: Loader) -> None:
    line = b'{"type":"RECORD","stream":"orders","record":{"id":"1","o":{"p":19.990}}}\n'
    loader.load(schema({"id": {"type": "string"}, "o": {"type": "object"}}), line)

    assert loader.column("select o ->> 'p' from raw_shop.orders") == ["19.990"]


def test_two_companies_with_the_same_key_keep_their_own_rows(loader: Loader) -> None:
    loader.load(schema(ORDERS), record(id="7", total=10), company_id="acme")
    loader.load(schema(ORDERS), record(id="7", total=4), company_id="bolt")
    loader.load(schema(ORDERS), record(id="7", total=11), company_id="acme")

    rows = loader.rows("select company_id, id, total from raw_shop.orders order by 1")

    assert rows == [
        {"company_id": "acme", "id": "7", "total": 11},
        {"company_id": "bolt", "id": "7", "total": 4},
    ]


def test_the_company_comes_first_in_the_table_and_in_its_key(loader: Loader) -> None:
    loader.load(
        schema(
            {
                "amount": {"type": "number"},
                "b": {"type": "string"},
                "a": {"type": "string"},
            },
            keys=["a", "b"],
        )
    )

    assert loader.column(
        "select pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = 'raw_shop.orders'::regclass and contype = 'p'"
    ) == ["PRIMARY KEY (company_id, a, b)"]
    assert loader.column(
        "select attname::text from pg_attribute"
        " where attrelid = 'raw_shop.orders'::regclass and attnum = 1"
    ) == ["company_id"]


def test_an_older_record_never_overwrites_a_newer_one(loader: Loader) -> None:
    contract = schema(ORDERS, replication_key="updated_at")
    loader.load(
        contract, record(id="1", total=2, updated_at="2024-06-02T00:00:00+02:00")
    )

    # Later on the clock on the wall, earlier in time.
    loader.load(contract, record(id="1", total=1, updated_at="2024-06-01T21:59:59Z"))
    loader.load(contract, record(id="1", total=0, updated_at=None))

    assert loader.column("select total from raw_shop.orders") == [2]


def test_a_record_as_new_as_the_stored_one_overwrites_it(loader: Loader) -> None:
    contract = schema(ORDERS, replication_key="updated_at")
    loader.load(contract, record(id="1", total=1, updated_at="2024-06-01T22:00:00Z"))
    loader.load(
        contract, record(id="1", total=2, updated_at="2024-06-02T00:00:00+02:00")
    )

    assert loader.column("select total from raw_shop.orders") == [2]


def test_without_a_replication_key_the_last_one_wins(loader: Loader) -> None:
    loader.load(schema(ORDERS), record(id="1", total=1), record(id="1", total=3))
    loader.load(schema(ORDERS), record(id="1", total=2))

    assert loader.column("select total from raw_shop.orders") == [2]


def test_of_duplicates_in_a_batch_the_newest_is_kept_and_ties_go_to_the_last(
    loader: Loader,
) -> None:
    newest = "2024-06-03T00:00:00Z"
    loader.load(
        schema(ORDERS, replication_key="updated_at"),
        record(id="1", total=1, updated_at="2024-06-01T00:00:00Z"),
        record(id="1", total=2, updated_at=newest),
        record(id="1", total=3, updated_at=newest),
        record(id="1", total=4, updated_at="2024-06-02T00:00:00Z"),
        record(id="1", total=5, updated_at=None),
    )

    assert loader.column("select total from raw_shop.orders") == [3]


def test_a_record_that_changes_nothing_keeps_the_run_that_brought_it(
    loader: Loader,
) -> None:
    same = record(id="1", total=1)
    loader.load(schema(ORDERS), same, record(id="2", total=1), run_id="first")
    loader.load(schema(ORDERS), same, record(id="2", total=2), run_id="second")

    runs = loader.column("select _sdc_run_id from raw_shop.orders order by id")

    assert runs == ["first", "second"]


def test_rows_say_when_they_were_extracted_and_loaded(loader: Loader) -> None:
    message = record(id="1") | {"time_extracted": "2024-06-01T10:00:00+02:00"}
    loader.load(schema(ORDERS), message, record(id="2"))

    first, second = loader.rows("select * from raw_shop.orders order by id")

    assert first["_sdc_extracted_at"] == datetime(2024, 6, 1, 8, tzinfo=UTC)
    assert first["_sdc_batched_at"] is not None
    assert len(first["_sdc_run_id"]) == 36
    assert second["_sdc_extracted_at"] is None


def test_activate_version_deletes_nothing_and_is_logged(
    loader: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        loader.load(
            schema(ORDERS),
            record(id="1"),
            {"type": "ACTIVATE_VERSION", "stream": "orders", "version": 2},
        )

    assert loader.column("select id from raw_shop.orders") == ["1"]
    assert "ACTIVATE_VERSION ignored" in caplog.text


def test_names_are_quoted_and_lower_case(loader: Loader) -> None:
    loader.load(
        schema(
            {
                "Id": {"type": "string"},
                "discount %": {"type": ["string", "null"]},
                'a"; drop table x; --': {"type": ["string", "null"]},
                "select": {"type": ["string", "null"]},
            },
            stream="Shop-Orders",
            keys=["Id"],
        ),
        record(
            "Shop-Orders",
            **{
                "Id": "1",
                "discount %": "5",
                'a"; drop table x; --': "b",
                "select": "c",
            },
        ),
    )

    (row,) = loader.rows('select * from raw_shop."shop-orders"')

    assert row["id"] == "1"
    assert row["discount %"] == "5"
    assert row['a"; drop table x; --'] == "b"
    assert row["select"] == "c"


def test_a_batch_larger_than_the_limit_arrives_whole(loader: Loader) -> None:
    records = [record(id=str(number), total=number) for number in range(95)]

    loader.load(schema(ORDERS), *records, batch_rows=10)

    assert loader.rows("select count(*), sum(total) from raw_shop.orders") == [
        {"count": 95, "sum": 4465}
    ]


def test_the_log_counts_each_row_once_in_however_many_batches(
    loader: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    good = [record(id=str(number), total=number) for number in range(25)]
    bad = [record(id=f"bad {number}", total="lots") for number in range(3)]

    with caplog.at_level("INFO"):
        loader.load(schema(ORDERS), *good, *bad, batch_rows=10)

    (said,) = [line for line in caplog.messages if line.startswith(LOADED)]
    counted = json.loads(said.removeprefix(LOADED))
    assert (counted["row_count"], counted["quarantined_count"]) == (25, 3)


def test_a_property_that_the_schema_lacks_is_named_in_the_log(
    loader: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    loader.load(schema(ORDERS), record(id="1", colour="secret red"))

    assert "colour" in caplog.text
    assert "secret red" not in caplog.text


def test_dbts_role_may_read_what_was_created_and_dashboards_may_not(
    loader: Loader,
) -> None:
    loader.load(schema(ORDERS), record(id="1"))

    assert loader.rows(
        "select has_schema_privilege('transformer', 'raw_shop', 'usage') as usage,"
        " has_table_privilege('transformer', 'raw_shop.orders', 'select') as reads,"
        " has_table_privilege('transformer', 'raw_shop.orders', 'update') as writes,"
        " has_schema_privilege('bi_reader', 'raw_shop', 'usage') as dashboards,"
        " (select tableowner from pg_tables where tablename = 'orders') as owner"
    ) == [
        {
            "usage": True,
            "reads": True,
            "writes": False,
            "dashboards": False,
            "owner": "loader",
        }
    ]


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (schema(ORDERS, keys=[]), "no key_properties"),
        (schema(ORDERS, keys=["nr"]), "key property 'nr' is not in its schema"),
        (schema(ORDERS, replication_key="seen"), "replication key 'seen' is not"),
        (
            schema(ORDERS) | {"bookmark_properties": ["id", "total"]},
            "2 bookmark_properties",
        ),
        (schema({"Id": {}, "iD": {}, "id": {}}), "both become column 'id'"),
        (schema({"id": {}, "Company_ID": {}}), "which the loader stamps"),
        (schema({"id": {}, "x" * 64: {}}), "longer than 63 bytes"),
        (schema({}), "no properties"),
        (record(id="1"), "whose SCHEMA message came before"),
        ({"type": "BATCH", "stream": "orders"}, "BATCH messages are not supported"),
        ({"type": "HELLO"}, "Unknown message type 'HELLO'"),
        ({"type": "STATE"}, "needs a 'value'"),
        ({"no": "type"}, "Not a Singer message"),
        ({"type": "SCHEMA", "stream": "orders"}, "needs 'stream' and 'schema'"),
    ],
)
def test_a_broken_contract_names_the_line_and_the_remedy(
    loader: Loader, message: dict[str, object], complaint: str
) -> None:
    with pytest.raises(LoadError, match=complaint) as failure:
        loader.load(b"\n", message)

    assert str(failure.value).startswith("Line 2 of the input: ")
