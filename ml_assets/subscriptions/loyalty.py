"""Which tier of loyalty an account has, what the next asks for, and when it falls."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from ml_assets.sentences import Sentence
from ml_assets.subscriptions.errors import InvalidAccounts, InvalidSetting
from ml_assets.subscriptions.reading import column_of, numbers_of

__all__ = ["GRACE_MONTHS", "TIERS", "Tier", "preview", "tiers_by_rules", "tiers_of"]


@dataclass(frozen=True)
class Tier:
    """Least months active, feature adoption (0-1) and engagement (0-100); 0 is none."""

    name: str
    months: float
    adoption: float = 0.0
    engagement: float = 0.0


TIERS: Final = (
    Tier("bronze", 3),
    Tier("silver", 6, adoption=0.8),
    Tier("gold", 12, engagement=70),
)
"""Of the programme, from the lowest; what high engagement is, nobody agreed to yet."""

GRACE_MONTHS: Final = 3
"""Reviews below its tier after which an account falls, by one tier."""

_COLUMNS: Final = {
    "months": "months_active",
    "adoption": "feature_adoption_ratio",
    "engagement": "engagement_level",
}


def tiers_by_rules(rules: pd.DataFrame) -> tuple[Tier, ...]:
    """`TIERS`, of which a company's own rules change what they ask for.

    Parameters
    ----------
    rules
        ``tier``, ``least_months``, ``least_adoption`` (0-1), ``least_engagement``
        (0-100), as `marts.loyalty_rules` has them; a tier without one stays.

    Raises
    ------
    InvalidSetting
        By the rules a tier asks for no more months than the one below.
    """
    own = {
        row["tier"]: Tier(
            row["tier"],
            float(row["least_months"]),
            float(row["least_adoption"]),
            float(row["least_engagement"]),
        )
        for row in rules.to_dict("records")
    }
    found = tuple(own.get(tier.name, tier) for tier in TIERS)
    months = [tier.months for tier in found]
    if months != sorted(set(months)):
        told = ", ".join(f"{tier.name} {tier.months:g}" for tier in found)
        raise InvalidSetting(
            "each tier has to ask for more months than the one below, and these ask "
            f"for: {told}. Correct least_months in the file loyalty_rules."
        )
    return found


def tiers_of(accounts: pd.DataFrame, tiers: Sequence[Tier] = TIERS) -> pd.DataFrame:
    """The monthly review: up at once, down by one tier after three reviews below.

    A tier is reached where all it asks for is known and there, whatever the tiers below
    it ask. What is unknown lifts nobody and lets nobody fall.

    Parameters
    ----------
    accounts
        One row per account: ``account_id``, ``months_active``,
        ``feature_adoption_ratio``, ``engagement_level``; ``tier`` of the review before
        (missing: none) and ``months_below`` it then.

    Returns
    -------
    pandas.DataFrame
        Same rows: ``account_id``, ``reached_tier``, ``tier`` (None: none),
        ``months_below``, ``next_tier`` (None at the top) and ``lacks``: what that asks
        for and is not there, in sentences.

    Raises
    ------
    InvalidAccounts, InvalidSetting
        A tier before that does not exist; tiers that do not rise in months.
    """
    _check(tiers)
    known = _known(accounts)
    names = [tier.name for tier in tiers]
    before = _places(accounts, names)
    below = numbers_of(accounts, "months_below")
    rows = []
    for row, values in enumerate(known):
        reached, may_fall = _reached(values, tiers, int(before[row]))
        place, months = _moved(reached, int(before[row]), below[row], may_fall)
        following = tiers[place + 1] if place + 1 < len(tiers) else None
        rows.append(
            {
                "account_id": accounts["account_id"].iloc[row],
                "reached_tier": names[reached] if reached >= 0 else None,
                "tier": names[place] if place >= 0 else None,
                "months_below": months,
                "next_tier": following and following.name,
                "lacks": [] if following is None else _lacks(values, following),
            }
        )
    return pd.DataFrame(rows, index=accounts.index)


def preview(accounts: pd.DataFrame, tiers: Sequence[Tier] = TIERS) -> pd.DataFrame:
    """How many accounts would have each tier, and what keeps the others from it.

    Returns
    -------
    pandas.DataFrame
        Per tier, lowest first: ``tier``, ``account_count``, ``reached_count``, and of
        those that do not, how many lack ``months``, ``adoption``, ``engagement`` (an
        account may lack several; unknown is lacking).
    """
    _check(tiers)
    known = _known(accounts)
    rows = []
    for tier in tiers:
        lacking = [_missing(values, tier) for values in known]
        rows.append(
            {
                "tier": tier.name,
                "account_count": len(lacking),
                "reached_count": sum(not one for one in lacking),
                **{name: sum(name in one for one in lacking) for name in _COLUMNS},
            }
        )
    return pd.DataFrame(rows)


def _known(accounts: pd.DataFrame) -> list[dict[str, float]]:
    most = {"adoption": 1.0, "engagement": 100.0}
    read = {
        name: numbers_of(accounts, column, most=most.get(name, float("inf")))
        for name, column in _COLUMNS.items()
    }
    return [
        {name: float(values[row]) for name, values in read.items()}
        for row in range(len(accounts))
    ]


def _missing(values: Mapping[str, float], tier: Tier) -> list[str]:
    """What a tier asks for and is not there, or is not known."""
    asked = {name: getattr(tier, name) for name in _COLUMNS}
    return [
        name for name, least in asked.items() if least and not values[name] >= least
    ]


def _reached(
    values: Mapping[str, float], tiers: Sequence[Tier], before: int
) -> tuple[int, bool]:
    """The highest tier, -1 of none, and whether it is known that less is deserved."""
    there = [at for at, tier in enumerate(tiers) if not _missing(values, tier)]
    reached = max(there, default=-1)
    if before < 0 or reached >= before:
        return reached, False
    short = _missing(values, tiers[before])
    return reached, any(not np.isnan(values[name]) for name in short)


def _moved(
    reached: int, before: int, months_below: float, may_fall: bool
) -> tuple[int, int]:
    if reached >= before:
        return reached, 0
    months = int(np.nan_to_num(months_below)) + may_fall
    if months >= GRACE_MONTHS:
        return before - 1, 0
    return before, months


def _lacks(values: Mapping[str, float], tier: Tier) -> list[Sentence]:
    return [_requirement(name, values[name], tier) for name in _missing(values, tier)]


def _requirement(name: str, value: float, tier: Tier) -> Sentence:
    if np.isnan(value):
        return Sentence("loyalty.unknown", "{what} is not known.", what=_NAMES[name])
    # What is not there yet is not rounded up to what is asked for.
    scale = 100 if name == "adoption" else 1
    facts: dict[str, Any] = {
        "least": getattr(tier, name),
        "value": math.floor(value * scale + 1e-9) / scale,
    }
    if name == "months":
        return Sentence(
            "loyalty.months",
            "{value:.0f} months active, {least:.0f} are asked for.",
            **facts,
        )
    if name == "adoption":
        return Sentence(
            "loyalty.adoption",
            "Uses {value:.0%} of its features, {least:.0%} are asked for.",
            **facts,
        )
    return Sentence(
        "loyalty.engagement",
        "Engagement of {value:.0f} of 100, {least:.0f} are asked for.",
        **facts,
    )


_NAMES: Final = {
    "months": Sentence("loyalty.of_months", "How long it has been active"),
    "adoption": Sentence("loyalty.of_adoption", "How many of its features it uses"),
    "engagement": Sentence("loyalty.of_engagement", "Its engagement"),
}


def _places(accounts: pd.DataFrame, names: Sequence[str]) -> list[int]:
    before = column_of(accounts, "tier")
    wrong = before[before.notna() & ~before.isin(list(names))]
    if len(wrong):
        raise InvalidAccounts(f"column tier: {wrong.iloc[0]} is none of {list(names)}.")
    return [-1 if pd.isna(name) else names.index(name) for name in before]


def _check(tiers: Sequence[Tier]) -> None:
    months = [tier.months for tier in tiers]
    if not tiers or months != sorted(set(months)):
        raise InvalidSetting("tiers rise in months, from the lowest.")
