"""A JSON schema decides the column, and the decision keeps every value."""

from __future__ import annotations

import pytest

from taps.target_postgres.column_types import ColumnType, columns_of

_DECIMAL = {"type": "string", "format": "x-singer.decimal"}


@pytest.mark.parametrize(
    ("definition", "type_"),
    [
        ({"type": "string"}, ColumnType.TEXT),
        ({"type": ["null", "string"], "format": "uuid"}, ColumnType.TEXT),
        ({"type": ["null", "string"], "format": "date-time"}, ColumnType.TIMESTAMPTZ),
        ({"type": "string", "format": "date"}, ColumnType.DATE),
        ({"type": "string", "format": "time"}, ColumnType.TEXT),
        (_DECIMAL, ColumnType.NUMERIC),
        ({"type": "integer"}, ColumnType.BIGINT),
        ({"type": ["integer", "null"]}, ColumnType.BIGINT),
        ({"type": "number"}, ColumnType.NUMERIC),
        ({"type": ["integer", "number"]}, ColumnType.NUMERIC),
        ({"anyOf": [_DECIMAL, {"type": ["null", "number"]}]}, ColumnType.NUMERIC),
        ({"type": "boolean"}, ColumnType.BOOLEAN),
        ({"type": ["null", "object"], "properties": {}}, ColumnType.JSONB),
        ({"type": "array", "items": {"type": "string"}}, ColumnType.JSONB),
        ({"type": ["array", "object", "null"]}, ColumnType.JSONB),
        ({}, ColumnType.JSONB),
        ({"$ref": "#/elsewhere"}, ColumnType.JSONB),
        ({"type": "null"}, ColumnType.TEXT),
        ({"type": ["string", "integer", "null"]}, ColumnType.TEXT),
        ({"type": ["boolean", "integer"]}, ColumnType.JSONB),
        ({"type": ["string", "object"]}, ColumnType.JSONB),
        (
            {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            ColumnType.TIMESTAMPTZ,
        ),
        (
            {"oneOf": [{"type": "string", "format": "date-time"}, {"type": "string"}]},
            ColumnType.TEXT,
        ),
        (True, ColumnType.JSONB),
    ],
)
def test_a_definition_has_its_column_type(
    definition: object, type_: ColumnType
) -> None:
    (column,) = columns_of("orders", {"properties": {"x": definition}}, [])

    assert column.type is type_


@pytest.mark.parametrize(
    ("definition", "allows_null"),
    [
        ({"type": "string"}, False),
        ({"type": ["string", "null"]}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({}, True),
    ],
)
def test_null_is_allowed_where_the_schema_allows_it(
    definition: object, allows_null: bool
) -> None:
    (column,) = columns_of("orders", {"properties": {"x": definition}}, [])

    assert column.allows_null is allows_null


def test_a_key_is_never_null_and_never_absent() -> None:
    properties = {"x": {"type": ["string", "null"]}}

    (column,) = columns_of("orders", {"properties": properties}, ["x"])

    assert (column.allows_null, column.is_required) == (False, True)


def test_the_loaders_own_columns_are_not_taken_from_the_stream() -> None:
    names = ["company_id", "id", "_sdc_run_id", "_sdc_extracted_at", "_sdc_batched_at"]

    columns = columns_of("orders", {"properties": {name: {} for name in names}}, ["id"])

    assert [column.name for column in columns] == ["id"]
