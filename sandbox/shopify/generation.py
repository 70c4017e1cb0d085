"""Shapes written out as Python, as `dataclasses` and `namedtuple` do.

A bulk operation applies one shape to a million documents. Walking it for each of them
takes three times as long as running the one expression that it amounts to: attributes
are read in place, objects within objects need no call.
"""

from collections.abc import Callable
from typing import Any

from sandbox.shopify.fields.plain import Amount, Attribute, Gid
from sandbox.shopify.shapes import Fragments, Many, Object, One, Project

__all__ = ["generated"]


def generated(shape: Object) -> Project:
    """A function from a source to the JSON object of its shape."""
    writer = _Writer()
    expression = writer.object(shape, "source")
    # Written from attribute names of our own and from GraphQL names: nothing to inject.
    exec(f"def project(source):\n return {expression}", writer.names)  # noqa: S102
    project: Project = writer.names["project"]
    return project


class _Writer:
    """Writes expressions; what they cannot spell out goes by a name of its own."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self._variables = 0

    def object(self, shape: Object, source: str) -> str:
        """The object of the source in the variable `source`."""
        pairs = ", ".join(
            f"{key!r}: {self.field(field, source)}"
            for key, field in shape.fields.items()
        )
        # A deferred connection returns None, so `or` goes on to what follows.
        effects = "".join(
            f"{self._call(field, source)} or " for field in shape.deferred
        )
        return f"({effects}{{{pairs}}})"

    def field(self, field: Callable[[Any], Any], source: str) -> str:
        """The value of one field."""
        match field:
            case Attribute():
                return f"{source}.{field.path}"
            case Gid():
                return f"f'{field.prefix}{{{source}.{field.path}}}'"
            case One(child=Fragments() as fragments, resolve=Amount() as amount):
                minor = self.field(amount.minor, source)
                return f"{self._name(fragments.of)}({minor}, {source}.{amount.money})"
            case One():
                value = self._variable()
                found = self.field(field.resolve, source)
                child = self._child(field.child, value)
                return f"(None if ({value} := {found}) is None else {child})"
            case Many():
                return self._many(field, source)
            case _:
                return self._call(field, source)

    def _many(self, field: Many, source: str) -> str:
        values, value = self._variable(), self._variable()
        found = self.field(field.resolve, source)
        child = f"None if {value} is None else {self._child(field.child, value)}"
        part = "" if field.first is None else f"[:{int(field.first)}]"
        return (
            f"(None if ({values} := {found}) is None else"
            f" [{child} for {value} in {values}{part}])"
        )

    def _child(self, child: Project, source: str) -> str:
        if isinstance(child, Object):
            return self.object(child, source)
        return self._call(child, source)

    def _call(self, function: Callable[[Any], Any], source: str) -> str:
        return f"{self._name(function)}({source})"

    def _name(self, value: Any) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name

    def _variable(self) -> str:
        self._variables += 1
        return f"v{self._variables}"
