"""Answers that say what was wrong with a request, in Shopify's words."""

import re
from collections.abc import Iterable
from typing import Any, Final

from graphql import GraphQLError, GraphQLSyntaxError

from sandbox.shopify.cost import MOST_COST, Status

__all__ = [
    "bad_page",
    "bad_variables",
    "invalid",
    "no_such_field",
    "syntax_error",
    "throttled",
    "too_dear",
]

_LIMITS: Final = "https://shopify.dev/api/usage/limits#rate-limits"
_UNKNOWN_FIELD: Final = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
_UNKNOWN_ARGUMENT: Final = re.compile(
    r"Unknown argument '(\w+)' on field '(?:\w+\.)?(\w+)'"
)


def syntax_error(error: GraphQLSyntaxError) -> dict[str, Any]:
    """The text is not GraphQL."""
    return {"errors": [{"message": error.message, "locations": _locations(error)}]}


def invalid(errors: Iterable[GraphQLError]) -> dict[str, Any]:
    """The text is GraphQL, but not of this schema."""
    return {"errors": [_error_payload(error) for error in errors]}


def no_such_field(kind: str, name: str) -> dict[str, Any]:
    """A field is gone from the schema."""
    return {"errors": [_undefined_field(kind, name)]}


def bad_variables(messages: list[str]) -> dict[str, Any]:
    """The variables do not fit the query."""
    return {
        "errors": [
            {"message": message, "extensions": {"code": "INVALID_VARIABLE"}}
            for message in messages
        ]
    }


def bad_page(message: str) -> dict[str, Any]:
    """A connection was asked for too many objects, or for no number of them."""
    return {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}


def throttled(requested: int, status: Status) -> dict[str, Any]:
    """The bucket is too empty for the query; it fills with time."""
    return {
        "errors": [
            {
                "message": "Throttled",
                "extensions": {"code": "THROTTLED", "documentation": _LIMITS},
            }
        ],
        "extensions": {
            "cost": {
                "requestedQueryCost": requested,
                "actualQueryCost": None,
                "throttleStatus": status.told(),
            }
        },
    }


def too_dear(requested: int) -> dict[str, Any]:
    """No bucket will ever hold enough for the query."""
    message = (
        f"Query cost is {requested}, which exceeds the single query max cost limit "
        f"({MOST_COST})."
    )
    extensions = {
        "code": "MAX_COST_EXCEEDED",
        "cost": requested,
        "maxCost": MOST_COST,
        "documentation": _LIMITS,
    }
    return {"errors": [{"message": message, "extensions": extensions}]}


def _error_payload(error: GraphQLError) -> dict[str, Any]:
    if found := _UNKNOWN_FIELD.search(error.message):
        name, kind = found.groups()
        return {**_undefined_field(kind, name), "locations": _locations(error)}
    told: dict[str, Any] = {"message": error.message, "locations": _locations(error)}
    if found := _UNKNOWN_ARGUMENT.search(error.message):
        name, field = found.groups()
        told["message"] = f"Field '{field}' doesn't accept argument '{name}'"
        told["extensions"] = {"code": "argumentNotAccepted", "argumentName": name}
    return told


def _undefined_field(kind: str, name: str) -> dict[str, Any]:
    return {
        "message": f"Field '{name}' doesn't exist on type '{kind}'",
        "extensions": {"code": "undefinedField", "typeName": kind, "fieldName": name},
    }


def _locations(error: GraphQLError) -> list[dict[str, int]]:
    return [
        {"line": location.line, "column": location.column}
        for location in error.locations or []
    ]
