"""Whether a row's value meets a condition of WHERE."""

import re
from collections.abc import Callable
from typing import Any, Final

from sandbox.google_ads.gaql import Condition

__all__ = ["holds"]

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": lambda found, asked: bool(found == asked),
    "!=": lambda found, asked: bool(found != asked),
    ">": lambda found, asked: bool(found > asked),
    ">=": lambda found, asked: bool(found >= asked),
    "<": lambda found, asked: bool(found < asked),
    "<=": lambda found, asked: bool(found <= asked),
}


def holds(condition: Condition, value: Any) -> bool:
    """True when `value` meets it; a missing value meets only negations."""
    operator = condition.operator.removeprefix("NOT ")
    is_negated = operator != condition.operator or operator == "!="
    if value is None:
        return is_negated
    if operator in _COMPARE:
        return _COMPARE[operator](value, _like(value, condition.values[0]))
    return _matches(condition, operator, value) is not is_negated


def _matches(condition: Condition, operator: str, value: Any) -> bool:
    if operator == "BETWEEN":
        first, last = (_like(value, text) for text in condition.values)
        return bool(first <= value <= last)
    if operator == "IN":
        return any(value == _like(value, text) for text in condition.values)
    if operator == "LIKE":
        return re.fullmatch(_pattern(condition.values[0]), str(value)) is not None
    return re.fullmatch(condition.values[0], str(value)) is not None


def _like(value: Any, text: str) -> Any:
    """The condition's text as the type of the value it is compared with."""
    if isinstance(value, bool):
        return text.upper() == "TRUE"
    if isinstance(value, int | float):
        try:
            return float(text)
        except ValueError:
            return float("nan")
    return text


def _pattern(text: str) -> str:
    """A LIKE pattern as a regular expression: % any text, _ one character."""
    pieces = {"%": ".*", "_": "."}
    return "(?is)" + "".join(pieces.get(letter, re.escape(letter)) for letter in text)
