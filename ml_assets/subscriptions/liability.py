"""What points that are out are worth: revenue put off, a provision, and breakage.

Points of purchases are a material right (IFRS 15 B39-B43, ASC 606-10-55-41 and after):
part of the price belongs to them. Points of behaviour have no price: their cost is
accrued. An accountant decides which is which; both are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.reading import Floats

__all__ = [
    "PointValue",
    "allocated_to_points",
    "cost_provision",
    "point_value",
    "recognised",
    "ultimate_redemption",
]

MOST_TAIL: Final = 1.1
"""Beyond the oldest age that was seen redemptions grow by a tenth at most."""


@dataclass(frozen=True)
class PointValue:
    """Money per point at the mix that is redeemed, and of the least and best reward."""

    value: Decimal
    least: Decimal
    most: Decimal


def allocated_to_points(
    price: Decimal,
    points: int,
    *,
    value: Decimal,
    redemption: Decimal,
    goods: Decimal | None = None,
) -> Decimal:
    """Part of a price that is put off until points are redeemed.

    ``price * ssp / (goods + ssp)`` with ``ssp = points * value * redemption``.

    Parameters
    ----------
    price, goods
        Money; ``goods`` is the stand-alone selling price, the price itself by default.
    value
        Money per point.
    redemption
        Share (0-1) of points that will be redeemed in the end.

    Raises
    ------
    InvalidSetting
        A share or an amount is out of range.
    """
    _check_share(redemption)
    alone = price if goods is None else goods
    if points < 0 or value < 0 or alone < 0 or price < 0:
        raise InvalidSetting("prices, points and their value are 0 or more.")
    ssp = points * value * redemption
    return price * ssp / (alone + ssp) if ssp else Decimal(0)


def cost_provision(outstanding: int, *, cost: Decimal, redemption: Decimal) -> Decimal:
    """Cost to accrue for points of behaviour: outstanding x cost x redemption.

    An account that owes points is no asset: below 0 nothing is provided.
    """
    _check_share(redemption)
    return max(outstanding, 0) * cost * redemption


def recognised(allocated: Decimal, redeemed: int, expected: int) -> Decimal:
    """Revenue recognised in all so far: ``allocated * redeemed / expected``.

    Breakage is recognised in proportion to what is redeemed. A new ``expected`` changes
    what was recognised in all, so that a period is the difference of two of these.

    Parameters
    ----------
    redeemed, expected
        Points so far, and in the end.

    Raises
    ------
    InvalidSetting
        Nothing is expected, or less than was redeemed.
    """
    if expected <= 0 or not 0 <= redeemed <= expected:
        raise InvalidSetting(
            f"{redeemed} redeemed of {expected} expected: at least as many are "
            "expected as were redeemed, and some."
        )
    return allocated * redeemed / expected


def ultimate_redemption(
    earned: Sequence[float], redeemed: Floats, *, tail: float = 1.0
) -> float:
    """Share (0-1) of points that are redeemed in the end, by a development triangle.

    The chain ladder: what was redeemed by age j + 1 over what was by age j, of all
    cohorts of which both are known, carries each cohort on from its age, and ``tail``
    beyond the oldest. Redeemed over issued to date is too low: young points wait.

    Parameters
    ----------
    earned
        Points of each cohort, shape (n,).
    redeemed
        Cumulated by age, shape (n, m), NaN where a cohort is not as old.
    tail
        From 1 to 1.1.

    Raises
    ------
    InvalidSetting
        Shapes differ, a row is not cumulated, nobody redeemed, or the tail is outside.
    """
    issued = np.asarray(earned, dtype=np.float64)
    _check_triangle(issued, redeemed, tail)
    ages = redeemed.shape[1]
    factors = np.ones(ages)
    for age in range(ages - 1):
        both = ~np.isnan(redeemed[:, age + 1])
        before = redeemed[both, age].sum()
        factors[age] = redeemed[both, age + 1].sum() / before if before else 1.0
    to_come = tail * np.cumprod(factors[::-1])[::-1]
    last = (~np.isnan(redeemed)).sum(axis=1) - 1
    ultimate = redeemed[np.arange(len(issued)), last] * to_come[last]
    return float(np.minimum(ultimate, issued).sum() / issued.sum())


def point_value(
    rewards: Mapping[str, tuple[int, Decimal]], redeemed: Mapping[str, int]
) -> PointValue:
    """Money per point at the observed mix.

    Parameters
    ----------
    rewards
        Of each its points and its value in money.
    redeemed
        Points redeemed on each so far; without any all rewards count alike.

    Raises
    ------
    InvalidSetting
        There are no rewards, or points were redeemed on one that is not there.
    """
    if not rewards or not set(redeemed) <= set(rewards):
        raise InvalidSetting("points are redeemed on rewards that have a value.")
    each = {name: money / points for name, (points, money) in rewards.items()}
    mix = redeemed if sum(redeemed.values()) else dict.fromkeys(rewards, 1)
    total = sum(mix.values())
    value = sum((each[name] * points for name, points in mix.items()), Decimal(0))
    return PointValue(value / total, min(each.values()), max(each.values()))


def _check_share(redemption: Decimal) -> None:
    if not 0 <= redemption <= 1:
        raise InvalidSetting(f"a share of redemption is from 0 to 1, not {redemption}.")


def _check_triangle(issued: Floats, redeemed: Floats, tail: float) -> None:
    known = ~np.isnan(redeemed)
    if redeemed.ndim != 2 or len(redeemed) != len(issued) or not len(issued):
        raise InvalidSetting("a triangle has a row for each cohort.")
    # A hole is an age that is unknown before one that is known.
    if not known[:, 0].all() or (known[:, 1:] & ~known[:, :-1]).any():
        raise InvalidSetting("a cohort is known from its first age on, without a hole.")
    if (np.diff(redeemed, axis=1) < 0).any() or (redeemed > issued[:, None]).any():
        raise InvalidSetting("redemptions are cumulated, and at most what was earned.")
    if not 1 <= tail <= MOST_TAIL or not issued.sum() > 0:
        raise InvalidSetting(f"points were earned, and a tail is 1 to {MOST_TAIL}.")
