"""Which fields each resource has, and of which type.

Names and types as in developers.google.com/google-ads/api/fields/v26; a subset: what
reports of spend, conversions and structure ask for.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

from sandbox.google_ads.gaql import InvalidQuery, Query

__all__ = ["CONVERSION_METRICS", "FieldType", "check_fields", "type_of"]


class FieldType(Enum):
    """How a field is written: int64 as text, double and bool as they are."""

    INT64 = "int64"
    DOUBLE = "double"
    TEXT = "text"
    BOOLEAN = "boolean"


_I, _D, _T, _B = FieldType.INT64, FieldType.DOUBLE, FieldType.TEXT, FieldType.BOOLEAN

_ATTRIBUTES: Final[dict[str, dict[str, FieldType]]] = {
    "customer": {
        "resource_name": _T,
        "id": _I,
        "descriptive_name": _T,
        "currency_code": _T,
        "time_zone": _T,
        "manager": _B,
        "test_account": _B,
        "status": _T,
        "auto_tagging_enabled": _B,
    },
    "customer_client": {
        "resource_name": _T,
        "client_customer": _T,
        "id": _I,
        "descriptive_name": _T,
        "currency_code": _T,
        "time_zone": _T,
        "manager": _B,
        "test_account": _B,
        "hidden": _B,
        "level": _I,
        "status": _T,
    },
    "campaign": {
        "resource_name": _T,
        "id": _I,
        "name": _T,
        "status": _T,
        "serving_status": _T,
        "advertising_channel_type": _T,
    },
    "ad_group": {
        "resource_name": _T,
        "id": _I,
        "name": _T,
        "status": _T,
        "type": _T,
        "campaign": _T,
    },
    "ad_group_ad": {
        "resource_name": _T,
        "status": _T,
        "ad_group": _T,
        "ad.resource_name": _T,
        "ad.id": _I,
        "ad.name": _T,
        "ad.type": _T,
    },
    "conversion_action": {
        "resource_name": _T,
        "id": _I,
        "name": _T,
        "status": _T,
        "type": _T,
        "category": _T,
        "primary_for_goal": _B,
        "counting_type": _T,
        "click_through_lookback_window_days": _I,
        "view_through_lookback_window_days": _I,
    },
}
_METRICS: Final[dict[str, FieldType]] = {
    "cost_micros": _I,
    "impressions": _I,
    "clicks": _I,
    "interactions": _I,
    "average_cpc": _D,
    "ctr": _D,
    "conversions": _D,
    "conversions_value": _D,
    "all_conversions": _D,
    "all_conversions_value": _D,
    "view_through_conversions": _I,
}
_SEGMENTS: Final[dict[str, FieldType]] = {
    "date": _T,
    "week": _T,
    "month": _T,
    "quarter": _T,
    "year": _I,
    "conversion_action": _T,
    "conversion_action_name": _T,
    "conversion_action_category": _T,
}
_CONVERSION_SEGMENTS: Final = (
    "segments.conversion_action",
    "segments.conversion_action_name",
    "segments.conversion_action_category",
)
CONVERSION_METRICS: Final = (
    "metrics.conversions",
    "metrics.conversions_value",
    "metrics.all_conversions",
    "metrics.all_conversions_value",
    "metrics.view_through_conversions",
)
# A report may also select the resources its own resource belongs to.
_ATTRIBUTED: Final[dict[str, tuple[str, ...]]] = {
    "customer": ("customer",),
    "customer_client": ("customer_client", "customer"),
    "campaign": ("campaign", "customer"),
    "ad_group": ("ad_group", "campaign", "customer"),
    "ad_group_ad": ("ad_group_ad", "ad_group", "campaign", "customer"),
    "conversion_action": ("conversion_action", "customer"),
}
_WITHOUT_METRICS: Final = ("customer_client", "conversion_action")


def type_of(field: str) -> FieldType:
    """The type of a field that `check_fields` has let pass."""
    prefix, _, name = field.partition(".")
    return _family(prefix)[name]


def check_fields(query: Query) -> None:
    """Refuse what the real service refuses.

    Raises
    ------
    InvalidQuery
        For an unknown resource or field, and for fields that exclude each other.
    """
    if query.resource not in _ATTRIBUTED:
        raise InvalidQuery(
            "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE",
            f"Error in FROM clause: '{query.resource}' is not a valid resource name.",
        )
    unknown = [field for field in query.mentioned if not _exists(field)]
    if unknown:
        raise InvalidQuery(
            "UNRECOGNIZED_FIELD",
            f"Unrecognized field{'s' if len(unknown) > 1 else ''} in the query: "
            f"{_quoted(unknown)}.",
        )
    _check_resources(query)
    _check_conversion_segments(query)
    _check_references(query)


def _check_resources(query: Query) -> None:
    allowed = {*_ATTRIBUTED[query.resource]}
    if query.resource not in _WITHOUT_METRICS:
        allowed |= {"metrics", "segments"}
    foreign = [name for name in query.mentioned if name.split(".")[0] not in allowed]
    if foreign:
        raise InvalidQuery(
            "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE",
            f"The following fields are incompatible with '{query.resource}', the "
            f"resource in the FROM clause: {_quoted(foreign)}.",
        )


def _check_conversion_segments(query: Query) -> None:
    segments = [name for name in query.mentioned if name in _CONVERSION_SEGMENTS]
    unsupported = [
        name
        for name in query.mentioned
        if name.startswith("metrics.") and name not in CONVERSION_METRICS
    ]
    if segments and unsupported:
        metrics = _quoted(name.partition(".")[2] for name in unsupported)
        raise InvalidQuery(
            "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE",
            "Cannot select the following segments because at least one unsupported "
            "metric is found in SELECT or WHERE clause: "
            f"'{segments[0]}'(unsupported metrics: {metrics}).",
        )


def _check_references(query: Query) -> None:
    """A segment filtered or sorted by must be selected, except the date segments."""
    free = ("segments.date", "segments.week", "segments.month", "segments.year")
    missing = [
        name
        for name in query.mentioned
        if name.startswith("segments.")
        and name not in free
        and name not in query.fields
    ]
    missing += [
        ordering.field
        for ordering in query.orderings
        if ordering.field in free and ordering.field not in query.fields
    ]
    if missing:
        raise InvalidQuery(
            "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
            "The following fields must be present in SELECT clause: "
            f"{_quoted(dict.fromkeys(missing))}.",
        )


def _exists(field: str) -> bool:
    prefix, _, name = field.partition(".")
    return name in _family(prefix)


def _family(prefix: str) -> dict[str, FieldType]:
    if prefix == "metrics":
        return _METRICS
    if prefix == "segments":
        return _SEGMENTS
    return _ATTRIBUTES.get(prefix, {})


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
