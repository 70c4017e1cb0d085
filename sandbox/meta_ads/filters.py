"""The `filtering` parameter: [{"field", "operator", "value"}, ...]."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.meta_ads.errors import invalid_parameter
from sandbox.meta_ads.parameters import Parameters, structure_of

__all__ = ["Filter", "requested_filters"]


@dataclass(frozen=True)
class Filter:
    """One condition; `field` may name a level: "campaign.effective_status"."""

    field: str
    operator: str
    value: Any

    @property
    def attribute(self) -> str:
        """The field without its level."""
        return self.field.rpartition(".")[2]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the value under `field`, or else under its attribute, meets it."""
        found = values.get(self.field, values.get(self.attribute))
        return found is not None and _OPERATORS[self.operator](found, self.value)


def _listed(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one).upper() for one in values]


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise invalid_parameter(f"filtering value {value!r} is no number.") from None


_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "IN": lambda found, asked: str(found).upper() in _listed(asked),
    "NOT_IN": lambda found, asked: str(found).upper() not in _listed(asked),
    "EQUAL": lambda found, asked: str(found).upper() in _listed(asked),
    "NOT_EQUAL": lambda found, asked: str(found).upper() not in _listed(asked),
    "GREATER_THAN": lambda found, asked: _number(found) > _number(asked),
    "GREATER_THAN_OR_EQUAL": lambda found, asked: _number(found) >= _number(asked),
    "LESS_THAN": lambda found, asked: _number(found) < _number(asked),
    "LESS_THAN_OR_EQUAL": lambda found, asked: _number(found) <= _number(asked),
    "CONTAIN": lambda found, asked: str(asked).lower() in str(found).lower(),
    "NOT_CONTAIN": lambda found, asked: str(asked).lower() not in str(found).lower(),
}


def requested_filters(parameters: Parameters) -> tuple[Filter, ...]:
    """The filters of a call, with `effective_status` as one of them."""
    found = []
    for part in structure_of(parameters, "filtering") or []:
        operator = str(part.get("operator", "")).upper()
        if "field" not in part or operator not in _OPERATORS:
            raise invalid_parameter(
                "param filtering must be an array of {field, operator, value}."
            )
        found.append(Filter(str(part["field"]), operator, part.get("value")))
    statuses = structure_of(parameters, "effective_status")
    if statuses:
        found.append(Filter("effective_status", "IN", statuses))
    return tuple(found)
