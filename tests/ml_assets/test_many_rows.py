"""Rows that go by column: what is written comes back as Postgres itself writes it."""

import datetime as dt
from decimal import Decimal
from typing import Any, Final

import psycopg
import pyarrow as pa
import pytest

from ml_assets.assets import many_rows
from ml_assets.assets.many_rows import add_many, read_many

TOLD: Final = """create table predictions.told (
    place integer, name text, number double precision, whole integer, day date,
    money numeric(18, 2), known_on date, company_id text)"""
MONEY: Final = [
    None,
    "0.00",
    "0.01",
    "-0.01",
    "12345.67",
    "-99999999.99",
    "9999999999999999.99",
]
ROWS: Final = pa.table(
    {
        "place": pa.array(range(7), pa.int64()),
        "name": pa.array(["", None, "ñandú", "a'b,c\n", "{}", "NULL", "x" * 300]),
        "number": pa.array([0.1, None, -1e-300, 1 / 3, 1e15, 0.0, 5e-324]),
        "whole": pa.array([None, 0, 1, -1, 2**31 - 1, None, 7], pa.int32()),
        "day": pa.array(
            [
                dt.date(1969, 12, 31),
                None,
                dt.date(2000, 1, 1),
                *[dt.date(2026, 6, 30)] * 4,
            ]
        ),
        "money": pa.array(
            [each and Decimal(each) for each in MONEY], pa.decimal128(38, 2)
        ),
    }
)


@pytest.fixture
def room(database_url: str) -> Any:
    """A room with a table for it."""
    with psycopg.connect(database_url) as database:
        database.execute("create schema if not exists predictions")
        database.execute(TOLD)
        yield database


@pytest.mark.parametrize("at_once", [1, 3, 50_000])
def test_every_value_is_written_as_it_is(
    room: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(many_rows, "_AT_ONCE", at_once)

    of_all = {"known_on": dt.date(2026, 7, 1), "company_id": "acme"}
    add_many(room, "told", ROWS, of_all)

    found = room.execute("select * from predictions.told order by place").fetchall()
    expected = list(zip(*(each.to_pylist() for each in ROWS.columns), strict=True))
    assert [row[:6] for row in found] == expected
    assert {row[6:] for row in found} == {(dt.date(2026, 7, 1), "acme")}
    assert str(found[1][5]) == "0.00"


@pytest.mark.parametrize(("exponent", "told"), [(0, "1500.00"), (3, "1.50")])
def test_money_of_any_currency_is_rounded_by_the_table(
    room: psycopg.Connection, exponent: int, told: str
) -> None:
    money = Decimal(1500).scaleb(-exponent)
    rows = pa.table({"money": pa.array([money], pa.decimal128(38, exponent))})

    add_many(room, "told", rows, {})

    found = room.execute("select money::text from predictions.told").fetchall()
    assert found == [(told,)]


def test_no_money_is_too_much_without_a_word(room: psycopg.Connection) -> None:
    rows = pa.table({"money": pa.array([Decimal(10) ** 20], pa.decimal128(38, 2))})

    with pytest.raises(pa.ArrowInvalid, match="does not fit"):
        add_many(room, "told", rows, {})


def test_no_rows_are_none(room: psycopg.Connection) -> None:
    add_many(room, "told", ROWS.slice(0, 0), {"company_id": "acme"})

    types = {"name": pa.string(), "whole": pa.int64(), "day": pa.date32()}
    found = read_many(room, "select * from predictions.told", (), types)
    assert found.empty
    assert list(found) == ["name", "whole", "day"]


def test_what_is_read_is_what_was_written(room: psycopg.Connection) -> None:
    add_many(room, "told", ROWS, {"company_id": "acme"})

    query = "select * from predictions.told where company_id = %s order by place"
    types = {
        "name": pa.string(),
        "number": pa.float64(),
        "place": pa.int64(),
        "whole": pa.int64(),
        "day": pa.date32(),
    }
    found = read_many(room, query, ("acme",), types)

    for name in ("name", "number", "day"):
        told = pa.array(found[name], from_pandas=True).to_pylist()
        assert told == ROWS[name].to_pylist()
    assert found["place"].tolist() == list(range(7))
    # Whole numbers of which some are missing are those of numpy, as NaN is none.
    assert found["whole"].isna().tolist() == [True, *[False] * 4, True, False]
    assert found["whole"].dropna().tolist() == [0, 1, -1, 2**31 - 1, 7]
