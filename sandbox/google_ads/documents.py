"""Rows and answers as the REST interface writes them: camelCase, int64 as text."""

from collections.abc import Iterable
from typing import Any, Final

from sandbox.google_ads.fields import FieldType, type_of
from sandbox.google_ads.gaql import Query
from sandbox.google_ads.rows import Row
from sandbox.page_faults import Change

__all__ = ["answer", "camel_case"]

_NO_CHANGE: Final = Change()


def answer(
    query: Query, rows: list[Row], *, request_id: str, change: Change = _NO_CHANGE
) -> dict[str, Any]:
    """One response or chunk. Without rows there is no `results` at all.

    `change` is what has become of the source: it may not deliver a field any more, or
    say something of each row that nobody asked for.
    """
    fields = [field for field in query.fields if field != change.field]
    added = Change(add_field=change.add_field)
    found: dict[str, Any] = {}
    if rows:
        found["results"] = [added.applied(_document(fields, row)) for row in rows]
    return found | {
        "fieldMask": ",".join(camel_case(field) for field in fields),
        "requestId": request_id,
        "queryResourceConsumption": str(100 + len(rows)),
    }


def camel_case(field: str) -> str:
    """`metrics.cost_micros` as it comes back: `metrics.costMicros`."""
    return ".".join(_camel(part) for part in field.split("."))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _document(fields: Iterable[str], row: Row) -> dict[str, Any]:
    """A row as nested objects; every resource says its resourceName unasked."""
    nested: dict[str, Any] = {}
    for field in _with_resource_names(fields):
        value = row.get(field)
        if value is not None:
            *parents, name = camel_case(field).split(".")
            inner = nested
            for parent in parents:
                inner = inner.setdefault(parent, {})
            inner[name] = _written(type_of(field), value)
    return nested


def _with_resource_names(fields: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for field in fields:
        resource = field.partition(".")[0]
        if resource not in ("metrics", "segments"):
            found[f"{resource}.resource_name"] = None
            if field.startswith("ad_group_ad.ad."):
                found["ad_group_ad.ad.resource_name"] = None
        found[field] = None
    return list(found)


def _written(kind: FieldType, value: Any) -> Any:
    if kind is FieldType.INT64:
        return str(int(value))
    if kind is FieldType.DOUBLE and value == int(value):
        return int(value)
    return value
