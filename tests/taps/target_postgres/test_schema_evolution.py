"""A table follows its stream where that is safe, and says so where it is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from taps.target_postgres.errors import LoadError
from tests.taps.target_postgres.singer import Loader, record, schema

ID = {"id": {"type": "string"}}
TEXT = {"type": ["string", "null"]}
INTEGER = {"type": ["integer", "null"]}
NUMBER = {"type": ["number", "null"]}
MOMENT = {"type": ["string", "null"], "format": "date-time"}
DATE = {"type": ["string", "null"], "format": "date"}


def _type_of(loader: Loader, column: str) -> str:
    (name,) = loader.column(
        "select format_type(atttypid, atttypmod) from pg_attribute where attrelid ="
        f" 'raw_shop.orders'::regclass and attname = '{column}'"
    )
    return str(name)


def test_a_new_property_becomes_a_nullable_column(loader: Loader) -> None:
    loader.load(schema(ID), record(id="1"))
    loader.load(schema(ID | {"note": TEXT}), record(id="2", note="x"))

    assert loader.column("select note from raw_shop.orders order by id") == [None, "x"]


def test_a_column_the_stream_no_longer_has_stays(loader: Loader) -> None:
    loader.load(schema(ID | {"note": TEXT}), record(id="1", note="x"))
    loader.load(schema(ID), record(id="1"), record(id="2"))

    assert loader.column("select note from raw_shop.orders order by id") == ["x", None]


def test_an_integer_column_widens_to_numeric(loader: Loader) -> None:
    loader.load(schema(ID | {"total": INTEGER}), record(id="1", total=1))
    loader.load(schema(ID | {"total": NUMBER}), record(id="2", total="19.99"))

    assert loader.column("select total from raw_shop.orders order by id") == [
        1,
        Decimal("19.99"),
    ]
    assert _type_of(loader, "total") == "numeric"


def test_a_narrower_stream_loads_into_the_wider_column(loader: Loader) -> None:
    loader.load(schema(ID | {"total": NUMBER}), record(id="1", total="19.99"))
    loader.load(
        schema(ID | {"total": INTEGER}), record(id="2", total=3), company_id="bolt"
    )

    assert loader.column("select total from raw_shop.orders order by id") == [
        Decimal("19.99"),
        3,
    ]
    assert _type_of(loader, "total") == "numeric"


@pytest.mark.parametrize(
    ("given", "property_", "value", "becomes"),
    [
        ("varchar(10)", TEXT, "longer than ten characters", "text"),
        ("numeric(6,2)", NUMBER, "123456.789", "numeric"),
        ("integer", INTEGER, 2**40, "bigint"),
    ],
)
def test_a_limited_column_loses_its_limit(
    loader: Loader,
    given: str,
    property_: dict[str, object],
    value: object,
    becomes: str,
) -> None:
    loader.load(schema(ID))
    loader.execute(f"alter table raw_shop.orders add column x {given}")

    loader.load(schema(ID | {"x": property_}), record(id="1", x=value))

    assert loader.column("select x::text from raw_shop.orders") == [str(value)]
    assert _type_of(loader, "x") == becomes


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        (DATE, MOMENT, "date", "timestamp with time zone"),
        (MOMENT, DATE, "timestamp with time zone", "date"),
        (TEXT, INTEGER, "text", "bigint"),
        (INTEGER, TEXT, "bigint", "text"),
        (TEXT, MOMENT, "text", "timestamp with time zone"),
        ({"type": "object"}, TEXT, "jsonb", "text"),
    ],
)
def test_any_other_change_of_type_is_refused_by_name(
    loader: Loader,
    before: dict[str, object],
    after: dict[str, object],
    old: str,
    new: str,
) -> None:
    loader.load(schema(ID | {"x": before}))

    with pytest.raises(LoadError) as failure:
        loader.load(schema(ID | {"x": after}), record(id="1"))

    message = str(failure.value)
    assert f"raw_shop.orders, column 'x': it is {old}" in message
    assert f"now sends {new}" in message
    assert "Fix the type in the tap, or" in message
    assert loader.column("select count(*) from raw_shop.orders") == [0]


def test_a_refused_change_leaves_the_table_as_it_was(loader: Loader) -> None:
    loader.load(schema(ID | {"x": TEXT}))

    with pytest.raises(LoadError, match="column 'x'"):
        loader.load(schema(ID | {"new": TEXT, "x": INTEGER}))

    assert loader.column(
        "select count(*) from pg_attribute where attname = 'new'"
        " and attrelid = 'raw_shop.orders'::regclass"
    ) == [0]


def test_a_changed_key_is_refused(loader: Loader) -> None:
    both = ID | {"line": {"type": "integer"}}
    loader.load(schema(both))

    with pytest.raises(LoadError, match=r"primary key \(company_id, id\).*id, line\)"):
        loader.load(schema(both, keys=["id", "line"]))


def test_a_table_that_is_not_the_loaders_is_refused(loader: Loader) -> None:
    loader.execute("create schema raw_shop authorization loader")
    loader.execute("create table raw_shop.orders (id text)")

    with pytest.raises(LoadError, match=r"primary key \(none\)"):
        loader.load(schema(ID))


def test_a_view_in_the_way_of_a_wider_type_is_named(loader: Loader) -> None:
    loader.load(schema(ID | {"total": INTEGER}))
    loader.execute("create view staging.orders as select total from raw_shop.orders")

    with pytest.raises(
        LoadError, match=r"column 'total': cannot widen.*staging.orders"
    ):
        loader.load(schema(ID | {"total": NUMBER}))


def test_a_schema_that_changes_in_mid_stream_applies_from_there_on(
    loader: Loader,
) -> None:
    loader.load(
        schema(ID | {"total": INTEGER}),
        record(id="1", total=1),
        schema(ID | {"total": NUMBER, "note": TEXT}),
        record(id="2", total="2.5", note="x"),
        schema(ID | {"total": INTEGER}),
        record(id="3", total=3),
    )

    assert loader.rows("select id, total, note from raw_shop.orders order by id") == [
        {"id": "1", "total": 1, "note": None},
        {"id": "2", "total": Decimal("2.5"), "note": "x"},
        {"id": "3", "total": 3, "note": None},
    ]


def test_a_replication_key_declared_in_mid_stream_guards_from_there_on(
    loader: Loader,
) -> None:
    properties = ID | {"total": INTEGER, "updated_at": MOMENT}
    loader.load(
        schema(properties),
        record(id="1", total=1, updated_at="2024-06-02T00:00:00Z"),
        schema(properties, replication_key="updated_at"),
        record(id="1", total=2, updated_at="2024-06-01T00:00:00Z"),
    )

    assert loader.column("select total from raw_shop.orders") == [1]
