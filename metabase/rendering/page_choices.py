"""What a reader may choose on a page that has no server: answers for some values.

Each card that takes a parameter is asked once for every value that its page offers, by
the SQL that Metabase would run, so that what the page shows is never an estimate of its
own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metabase.content.entities import (
    Content,
    Dashboard,
    Parameter,
    Placement,
    ValuesList,
)
from metabase.content.warehouse import Result
from metabase.rendering.cards import DrawnCard
from metabase.rendering.formats import write_value

__all__ = ["Choice", "Drawn", "Variant", "choices_of", "variants_of"]

# More make the page heavy without saying more: of numbers, and of names.
_MOST, _MOST_NAMES = 25, 12
_NUMBER = "number/="


@dataclass(frozen=True)
class Choice:
    """A parameter of one page with what it offers.

    ``values`` are pairs of what goes into the SQL and what is read; a slider moves
    along those that were computed, such as budgets.
    """

    slug: str
    title: str
    values: tuple[tuple[Any, str], ...]
    is_slider: bool


@dataclass(frozen=True)
class Variant:
    """A card as it stands for a chosen value; ``points`` are those of its chart."""

    slug: str
    value: str
    card: DrawnCard
    points: list[dict[str, Any]] | None


Drawn = tuple[DrawnCard, list[dict[str, Any]] | None]


def choices_of(
    dashboard: Dashboard,
    content: Content,
    answers: Mapping[str, Result],
    language: str,
) -> tuple[Choice, ...]:
    """What the page offers: parameters with at least one value.

    Parameters
    ----------
    answers : mapping of str to Result
        Of every card, by its entity id, while nothing is chosen.
    """
    found = (
        Choice(
            *(one.slug, one.title, _values(one, content, answers, language)),
            is_slider=one.kind == _NUMBER and isinstance(one.steps, ValuesList),
        )
        for one in dashboard.parameters
    )
    return tuple(choice for choice in found if choice.values)


def _values(
    parameter: Parameter,
    content: Content,
    answers: Mapping[str, Result],
    language: str,
) -> tuple[tuple[Any, str], ...]:
    steps = parameter.steps
    if not isinstance(steps, ValuesList):
        return tuple((value, str(value)) for value in steps)
    column = content.cards[steps.card_id].columns[steps.column]
    told = answers[steps.card_id].column(steps.column)
    values = list(dict.fromkeys(value for value in told if value is not None))
    values = _spread(values)
    return tuple((value, write_value(value, column, language)) for value in values)


def _spread(values: list[Any]) -> list[Any]:
    """Numbers from the first to the last; of names, which come by weight, the first."""
    if not values or not isinstance(values[0], int | float | Decimal):
        return values[:_MOST_NAMES]
    if len(values) <= _MOST:
        return values
    last = len(values) - 1
    places = [round(last * step / (_MOST - 1)) for step in range(_MOST)]
    return [values[place] for place in places]


def variants_of(
    dashboard: Dashboard,
    placement: Placement,
    choices: tuple[Choice, ...],
    draw: Callable[[Mapping[str, Any]], Drawn],
) -> tuple[Variant, ...]:
    """The placed card once for every value of each choice that it takes.

    ``draw`` asks it with values by their names in its SQL, and writes the answer.
    """
    by_id = {one.parameter_id: one.slug for one in dashboard.parameters}
    taken = {by_id[key]: name for key, name in placement.mappings if key in by_id}
    found = []
    for choice in choices:
        if choice.slug not in taken:
            continue
        for value, _ in choice.values:
            drawn = draw({taken[choice.slug]: value})
            found.append(Variant(choice.slug, str(value), *drawn))
    return tuple(found)
