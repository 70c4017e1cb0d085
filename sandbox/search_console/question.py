"""A request body, understood or refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

__all__ = ["Filter", "InvalidRequest", "Question", "understood"]

_DIMENSIONS: Final = ("date", "query", "page", "country", "device")
_TYPES: Final = ("web", "image", "video", "news", "discover", "googlenews")
_WITHOUT_QUERIES: Final = ("discover", "googlenews")
_DEFAULT_ROWS: Final = 1_000
_MOST_ROWS: Final = 25_000


class InvalidRequest(ValueError):
    """The service answers 400 with these words."""


@dataclass(frozen=True)
class Filter:
    """One condition on a dimension."""

    dimension: str
    operator: str
    expression: str

    def holds(self, value: str | None) -> bool:
        """A search without a name meets no condition on its name."""
        return value is not None and _OPERATORS[self.operator](value, self.expression)


@dataclass(frozen=True)
class Question:
    """What was asked, with the defaults filled in."""

    first: date
    last: date
    dimensions: tuple[str, ...]
    search_type: str
    is_final_only: bool
    is_by_page: bool
    filters: tuple[Filter, ...]
    row_limit: int
    start_row: int


_OPERATORS: Final[dict[str, Callable[[str, str], bool]]] = {
    "equals": lambda value, asked: value.lower() == asked.lower(),
    "notEquals": lambda value, asked: value.lower() != asked.lower(),
    "contains": lambda value, asked: asked.lower() in value.lower(),
    "notContains": lambda value, asked: asked.lower() not in value.lower(),
    "includingRegex": lambda value, asked: re.search(asked, value) is not None,
    "excludingRegex": lambda value, asked: re.search(asked, value) is None,
}


def understood(body: Mapping[str, Any]) -> Question:
    """Read the body.

    Raises
    ------
    InvalidRequest
    """
    first, last = _date(body, "startDate"), _date(body, "endDate")
    if first > last:
        raise InvalidRequest("startDate must be before or equal to endDate.")
    dimensions = _dimensions(body)
    search_type = str(body.get("type", body.get("searchType", "web"))).lower()
    if search_type not in _TYPES:
        raise InvalidRequest(f"Invalid value at 'type': \"{search_type}\"")
    if search_type in _WITHOUT_QUERIES and "query" in dimensions:
        raise InvalidRequest(
            f"Requests for {search_type} type cannot be grouped by query."
        )
    filters = _filters(body)
    has_page = "page" in (*dimensions, *(found.dimension for found in filters))
    return Question(
        first=first,
        last=last,
        dimensions=dimensions,
        search_type=search_type,
        is_final_only=_is_final_only(body),
        is_by_page=_is_by_page(body, has_page=has_page),
        filters=filters,
        row_limit=_number(body, "rowLimit", _DEFAULT_ROWS, 1, _MOST_ROWS),
        start_row=_number(body, "startRow", 0, 0, None),
    )


def _date(body: Mapping[str, Any], name: str) -> date:
    if name not in body:
        raise InvalidRequest(f"Request is missing required field: {name}.")
    text = str(body[name])
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise InvalidRequest(f"Invalid value at '{name}': \"{text}\"")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidRequest(f"Invalid value at '{name}': \"{text}\"") from None


def _dimensions(body: Mapping[str, Any]) -> tuple[str, ...]:
    asked = tuple(str(name).lower() for name in body.get("dimensions") or ())
    for name in asked:
        if name == "hour":
            raise InvalidRequest("HOUR dimension requires dataState HOURLY_ALL.")
        if name not in _DIMENSIONS:
            raise InvalidRequest(f"Invalid value at 'dimensions': \"{name}\"")
    if len(set(asked)) < len(asked):
        raise InvalidRequest("Dimensions must not be repeated.")
    return asked


def _is_final_only(body: Mapping[str, Any]) -> bool:
    state = str(body.get("dataState", "final")).lower()
    if state == "hourly_all":
        raise InvalidRequest("dataState HOURLY_ALL requires the HOUR dimension.")
    if state not in ("final", "all"):
        raise InvalidRequest(f"Invalid value at 'dataState': \"{state}\"")
    return state == "final"


def _is_by_page(body: Mapping[str, Any], *, has_page: bool) -> bool:
    kind = str(body.get("aggregationType", "auto")).lower()
    if kind not in ("auto", "bypage", "byproperty"):
        raise InvalidRequest(f"Invalid value at 'aggregationType': \"{kind}\"")
    if kind == "byproperty" and has_page:
        raise InvalidRequest(
            "Requests grouped or filtered by page cannot be aggregated by property."
        )
    return has_page or kind == "bypage"


def _filters(body: Mapping[str, Any]) -> tuple[Filter, ...]:
    found = []
    for group in body.get("dimensionFilterGroups") or ():
        for part in group.get("filters") or ():
            name = str(part.get("dimension", "")).lower()
            operator = part.get("operator", "equals")
            if name not in _DIMENSIONS[1:] or operator not in _OPERATORS:
                raise InvalidRequest("Invalid value at 'dimensionFilterGroups'.")
            found.append(Filter(name, operator, str(part.get("expression", ""))))
    return tuple(found)


def _number(
    body: Mapping[str, Any], name: str, default: int, least: int, most: int | None
) -> int:
    value = body.get(name, default)
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or value < least or (most and value > most):
        limits = f"between {least} and {most}" if most else f"at least {least}"
        raise InvalidRequest(f"'{name}' must be {limits}. Found: {value}")
    return value
