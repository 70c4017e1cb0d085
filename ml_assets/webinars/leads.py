"""Attendees as numbers: what was known of them when they were scored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml_assets.webinars.errors import InvalidLeads, LeakingFeature

__all__ = ["LEAKING", "Floats", "Leads", "leads_of_columns", "leaking_features"]

Floats = NDArray[np.float64]

#: Names, or parts of names, of what is known only with or after the outcome.
LEAKING: Final = (
    r"^duration$",
    r"after_(the_)?offer",
    r"post_offer",
    r"conver(sion|ted)",
    r"purchas",
    r"revenue",
    r"lifetime_value",
    r"order_(count|total|value)",
)


def leaking_features(names: Sequence[str]) -> tuple[str, ...]:
    """Those of the names that know the outcome.

    The length of a sales call predicts the sale because a sale makes a call long, and
    minutes spent after the offer do for the same reason.
    """
    return tuple(
        name
        for name in names
        if any(re.search(pattern, name.lower()) for pattern in LEAKING)
    )


@dataclass(frozen=True)
class Leads:
    """People in the order in which their outcome was to come.

    Attributes
    ----------
    features
        Shape (people, features): numbers, categories as 0 and 1.
    names
        Of the features.
    converted
        Shape (people,): 1 who bought within the days that count, 0 who did not.

    Raises
    ------
    InvalidLeads
        Shapes differ, a value is not finite, an outcome neither 0 nor 1.
    LeakingFeature
        A name is of what only the outcome tells.
    """

    features: Floats
    names: tuple[str, ...]
    converted: Floats

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        _check(self)

    def __len__(self) -> int:
        """How many people."""
        return len(self.converted)

    def part(self, first: int, last: int) -> Leads:
        """Those from ``first`` on, ``last`` not among them."""
        return Leads(self.features[first:last], self.names, self.converted[first:last])


def _check(leads: Leads) -> None:
    shape = (len(leads.converted), len(leads.names))
    if leads.features.shape != shape:
        raise InvalidLeads(
            f"Features of shape {leads.features.shape} for {shape[0]} people and "
            f"{shape[1]} names."
        )
    finite = np.isfinite(leads.features).all(axis=0)
    if not finite.all():
        name = leads.names[int(np.flatnonzero(~finite)[0])]
        raise InvalidLeads(f"{name} has a value that is no number: fill it first.")
    if not np.isin(leads.converted, (0, 1)).all():
        raise InvalidLeads("An outcome is neither 0 nor 1.")
    if leaking := leaking_features(leads.names):
        raise LeakingFeature(
            f"{', '.join(leaking)}: known only with the outcome. Take what was "
            "known before the offer."
        )


def leads_of_columns(
    numbers: Mapping[str, Sequence[float]],
    categories: Mapping[str, Sequence[str]],
    converted: Sequence[float],
) -> Leads:
    """Leads of columns: a category becomes a feature of each of its values but one.

    The most frequent value is the one that has none.
    """
    columns = [np.asarray(each, dtype=np.float64) for each in numbers.values()]
    names = list(numbers)
    for name, values in categories.items():
        texts = np.asarray(values, dtype=object)
        found, counts = np.unique(texts, return_counts=True)
        usual = found[int(counts.argmax())]
        for value in found[found != usual]:
            columns.append((texts == value).astype(np.float64))
            names.append(f"{name}={value}")
    outcome = np.asarray(converted, dtype=np.float64)
    shape = (len(outcome), 0)
    table = np.column_stack(columns) if columns else np.empty(shape)
    return Leads(table, tuple(names), outcome)
