"""Kinds of fields that are told apart because they are cheap: see `generation`."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from sandbox.shopify.money import Bag

__all__ = ["Amount", "Attribute", "Gid", "bag", "of_order"]


class Attribute:
    """The attribute `path` of the source: "line.sku"."""

    __slots__ = ("_get", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self._get = attrgetter(path)

    def __call__(self, source: Any) -> Any:
        """The attribute's value."""
        return self._get(source)


class Gid:
    """A global id: a type's name and the attribute `path` of the source."""

    __slots__ = ("_get", "path", "prefix")

    def __init__(self, typename: str, path: str = "id") -> None:
        self.prefix = f"gid://shopify/{typename}/"
        self.path = path
        self._get = attrgetter(path)

    def __call__(self, source: Any) -> str:
        """The id as the API writes it."""
        return f"{self.prefix}{self._get(source)}"


class Amount:
    """A `MoneyBag`: `minor` of the source, in the currencies named by `money`."""

    __slots__ = ("_money", "minor", "money")

    def __init__(self, minor: Callable[[Any], int], money: str) -> None:
        self.minor = minor
        self.money = money
        self._money = attrgetter(money)

    def __call__(self, source: Any) -> Bag:
        """The amount."""
        return Bag(self.minor(source), self._money(source))


def bag(minor: str | Callable[[Any], int]) -> Amount:
    """An amount of something that names its own currencies."""
    return Amount(_field(minor), "money")


def of_order(minor: str | Callable[[Any], int]) -> Amount:
    """An amount of something that has an `order`."""
    return Amount(_field(minor), "order.money")


def _field(minor: str | Callable[[Any], int]) -> Callable[[Any], int]:
    return Attribute(minor) if isinstance(minor, str) else minor
