"""Fields that nobody wrote: null, or nothing of their type."""

from collections.abc import Callable
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    get_named_type,
)

__all__ = ["default_field", "is_list"]

_DEFAULTS: Final[dict[str, Any]] = {
    "Boolean": False,
    "Int": 0,
    "Float": 0.0,
    "String": "",
    "UnsignedInt64": "0",
}


def is_list(kind: GraphQLOutputType) -> bool:
    """Whether the type is a list, of objects or of anything."""
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return isinstance(inner, GraphQLList)


def default_field(kind: str, name: str, field: GraphQLField) -> Callable[[Any], Any]:
    """Null, or nothing of the field's type; refuses where that would be a lie."""
    if not isinstance(field.type, GraphQLNonNull):
        return lambda _: None
    if is_list(field.type):
        return lambda _: []
    named = get_named_type(field.type)
    if named.name in _DEFAULTS:
        value = _DEFAULTS[named.name]
        return lambda _: value

    def unknown(_: Any) -> Any:
        raise NotImplementedError(f"the sandbox does not know {kind}.{name}")

    return unknown
