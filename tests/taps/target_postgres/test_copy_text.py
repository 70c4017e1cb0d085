"""COPY text written by hand is read by Postgres as what was meant."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taps.target_postgres.column_types import Column, ColumnType
from taps.target_postgres.copy_text import (
    NULL,
    encoder_of,
    escaped,
    fields_of,
    timestamp,
)
from taps.target_postgres.errors import RejectedRecordError

_STORABLE = st.text(
    st.one_of(
        st.sampled_from("\\\t\n\r\b\f\v\x01\x1f\x7fN.tnr'\"\u2028\ufeffñ😀"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=30,
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | _STORABLE,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_STORABLE, inner, max_size=4)
    ),
    max_leaves=12,
)
_MINUTES_OF_OFFSET = st.integers(-15 * 60 + 1, 15 * 60 - 1)


@given(st.lists(st.none() | _STORABLE, min_size=1))
def test_a_row_is_read_back_as_it_was_written(values: list[str | None]) -> None:
    row = "\t".join(NULL if value is None else escaped(value) for value in values)

    assert fields_of(row) == values
    assert "\n" not in row
    assert "\r" not in row


@given(st.text(), st.text(), st.sampled_from(["\0", "\ud800", "\udfff"]))
def test_what_postgres_cannot_store_is_refused(
    before: str, after: str, bad: str
) -> None:
    with pytest.raises(RejectedRecordError):
        escaped(before + bad + after)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(_STORABLE, _JSON), min_size=1, max_size=50))
def test_postgres_reads_texts_and_json_as_they_were(
    database_url: str, values: list[tuple[str, object]]
) -> None:
    to_json = encoder_of(Column("j", "j", ColumnType.JSONB))
    rows = [
        f"{number}\t{escaped(text)}\t{NULL if json is None else to_json(json)}\n"
        for number, (text, json) in enumerate(values)
    ]

    with psycopg.connect(database_url) as connection:
        connection.execute("create temporary table t (n int, s text, j jsonb)")
        with connection.cursor().copy("copy t from stdin") as copy:
            copy.write("".join(rows))
        stored = connection.execute("select s, j from t order by n").fetchall()

    assert stored == values


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),
            _MINUTES_OF_OFFSET,
            st.sampled_from(["T", " ", "t"]),
            st.sampled_from(["auto", "minutes", "seconds", "milliseconds"]),
        ),
        min_size=1,
        max_size=50,
    )
)
def test_postgres_reads_the_instant_that_python_reads(
    database_url: str, moments: list[tuple[datetime, int, str, str]]
) -> None:
    texts = [
        moment.replace(tzinfo=timezone(timedelta(minutes=offset))).isoformat(
            separator, precision
        )
        for moment, offset, separator, precision in moments
    ]

    with psycopg.connect(database_url, options="-c timezone=UTC") as connection:
        connection.execute("create temporary table t (n int, at timestamptz)")
        with connection.cursor().copy("copy t from stdin") as copy:
            for number, text in enumerate(texts):
                copy.write(f"{number}\t{timestamp(text)}\n")
        stored = connection.execute("select at from t order by n").fetchall()

    assert [row[0] for row in stored] == [
        datetime.fromisoformat(text) for text in texts
    ]


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("2024-06-02T10:00:00,5Z", "2024-06-02T10:00:00.500000+00:00"),
        ("2024-W01-1T00:00:00Z", "2024-01-01T00:00:00+00:00"),
        ("2024-06-02T10", "2024-06-02T10:00:00"),
        ("2024-06-02", "2024-06-02T00:00:00"),
        ("2024-06-02T10:00:00+02:00", "2024-06-02T10:00:00+02:00"),
    ],
)
def test_an_unusual_date_time_is_written_anew(written: str, field: str) -> None:
    assert timestamp(written) == field


@given(st.text(max_size=30) | st.integers() | st.none() | st.floats() | st.booleans())
def test_a_date_time_is_either_understood_or_refused(value: object) -> None:
    try:
        field = timestamp(value)
    except RejectedRecordError:
        return

    datetime.fromisoformat(field)
    assert "\t" not in field
    assert "\\" not in field
