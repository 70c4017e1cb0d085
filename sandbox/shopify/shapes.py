"""What a selection compiles to: the shape of the JSON, with a field at each leaf."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from sandbox.shopify.fields import Field
from sandbox.shopify.money import Bag

__all__ = ["Children", "Deferred", "Fragments", "Many", "Object", "One", "Project"]

Project = Callable[[Any], Any]

_MOST_FRAGMENTS: Final = 50_000
_ENCODE: Final = msgspec.json.Encoder().encode


class Object:
    """A JSON object of fields, in the order they were asked for."""

    def __init__(
        self,
        fields: Mapping[str, Field],
        generated: Callable[["Object"], Project],
    ) -> None:
        self.fields = {
            key: field
            for key, field in fields.items()
            if not isinstance(field, Deferred)
        }
        self.deferred = [f for f in fields.values() if isinstance(f, Deferred)]
        self._generated = generated
        self._project: Project | None = None

    def __call__(self, source: Any) -> Any:
        """The object of a source; generated when it is first asked for by itself."""
        if self._project is None:
            self._project = self._generated(self)
        return self._project(source)


class One:
    """An object, or null where there is no source for it."""

    def __init__(self, resolve: Field, child: Project) -> None:
        self.resolve = resolve
        self.child = child

    def __call__(self, source: Any) -> Any:
        """The object's JSON."""
        value = self.resolve(source)
        return None if value is None else self.child(value)


class Many:
    """A list of objects, of the `first` sources; a null stays a null."""

    def __init__(self, resolve: Field, child: Project, first: int | None) -> None:
        self.resolve = resolve
        self.child = child
        self.first = first

    def __call__(self, source: Any) -> Any:
        """The list's JSON."""
        values = self.resolve(source)
        if values is None:
            return None
        # `nodes(ids:)` holds a null where an id stands for nothing.
        return [
            None if value is None else self.child(value)
            for value in values[: self.first]
        ]


class Fragments:
    """Amounts of money, encoded and remembered: they repeat."""

    def __init__(self, child: Project) -> None:
        self._child = child
        self._known: dict[tuple[int, str], msgspec.Raw] = {}

    def __call__(self, bag: Bag) -> msgspec.Raw:
        """The JSON of a `MoneyBag`."""
        return self.of(bag.minor, bag.money)

    def of(self, minor: int, money: str) -> msgspec.Raw:
        """The JSON of a `MoneyBag` that need not be made first."""
        fragment = self._known.get((minor, money))
        if fragment is None:
            if len(self._known) >= _MOST_FRAGMENTS:
                self._known.clear()
            fragment = msgspec.Raw(_ENCODE(self._child(Bag(minor, money))))
            self._known[minor, money] = fragment
        return fragment


class Children(NamedTuple):
    """Nodes of a connection that a bulk operation writes on lines of their own."""

    project: Project
    sources: Sequence[Any]


class Deferred:
    """A connection in a bulk operation: no field of its object, but lines to come."""

    def __init__(self, waiting: list[Children], node: Project, resolve: Field) -> None:
        self.node = node
        self.waiting = waiting
        self._resolve = resolve

    def __call__(self, source: Any) -> None:
        """Have the nodes of this source's connection wait for the writer."""
        self.waiting.append(Children(self.node, self._resolve(source)))
