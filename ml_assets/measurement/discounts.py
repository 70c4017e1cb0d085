"""Which discount for customers who went quiet earns what it costs.

Of an order that is worth 1 without it a margin of m stays, with a discount of d m - d:
goods cost the same. Whoever would have come back takes the discount, too, so that it
earns its cost once the share r that comes back has become r * m / (m - d). Sizes of
groups: Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions,
section 4.2, one-sided 5 %, power 80 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.measurement.shares import wilson_interval

__all__ = ["QuietCustomers", "weigh_discounts"]

_PERCENTS: Final = (5.0, 10.0, 15.0, 20.0)
_Z: Final = 1.645
"""Intervals are of 90 %, tests one-sided at 5 %."""
_Z_POWER: Final = 0.8416
"""The quantile of 80 %."""
_FEWEST: Final = 100

Floats = npt.NDArray[np.float64]
Tested = Literal["gained", "lost", "no_evidence"]


@dataclass(frozen=True)
class QuietCustomers:
    """Customers who had been quiet for too long 30 days ago.

    ``returned_count`` of ``customer_count`` bought in the 30 days since, unasked or by
    what the company does anyway.
    """

    customer_count: int
    returned_count: int


def weigh_discounts(
    quiet: QuietCustomers,
    margin_rate: float | None,
    tested: Mapping[float, Tested] | None = None,
) -> pd.DataFrame:
    """Hold what each discount gives away against what it has to bring.

    Parameters
    ----------
    margin_rate
        m, share (0-1) of net revenue before the discount; None if nobody told it.
    tested
        By percent, what writing with such a coupon did to the margin of an audience
        against those kept back by lot.

    Returns
    -------
    pandas.DataFrame
        One row per percent, smallest first: ``discount_percent``; ``return_rate`` with
        the ends of its 90 % interval (``_lower``, ``_upper``) and ``needed_rate``,
        shares (0-1), NaN where they are not known or no share would do;
        ``group_size``, the members that a group written to and one kept back need
        each for a difference of this size to be seen 4 times out of 5; ``result``:
        ``too_few`` (fewer than 100 customers), ``no_margin``, ``too_dear`` (nothing
        stays of the margin, or more than everybody had to come), what was tested, else
        ``untested``; ``is_smallest``, of at most one row: the smallest discount that
        could earn its cost and was not seen to lose.
    """
    tested = tested or {}
    percents = np.array(sorted({*_PERCENTS, *tested}), np.float64)
    count = quiet.customer_count
    rate = quiet.returned_count / count if count else np.nan
    lower, upper = wilson_interval([rate], [count], _Z)
    margin = np.nan if margin_rate is None else margin_rate
    left = margin - percents / 100
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(left > 0, rate * margin / left, np.nan)
    needed[needed > 1] = np.nan
    results = [
        _result(quiet, margin_rate, wanted, tested.get(percent))
        for percent, wanted in zip(percents, needed, strict=True)
    ]
    return pd.DataFrame(
        {
            "discount_percent": percents,
            "return_rate": rate,
            "return_rate_lower": lower[0],
            "return_rate_upper": upper[0],
            "needed_rate": needed,
            "group_size": _group_sizes(rate, needed),
            "result": results,
            "is_smallest": _is_smallest(results),
        }
    )


def _result(
    quiet: QuietCustomers, margin: float | None, needed: float, tested: Tested | None
) -> str:
    if tested:
        return tested
    if quiet.customer_count < _FEWEST:
        return "too_few"
    if margin is None:
        return "no_margin"
    return "too_dear" if np.isnan(needed) else "untested"


def _is_smallest(results: list[str]) -> list[bool]:
    could = ("gained", "no_evidence", "untested")
    first = next((place for place, one in enumerate(results) if one in could), None)
    return [place == first for place in range(len(results))]


def _group_sizes(rate: float, needed: Floats) -> Floats:
    """Members of each group, whole ones; NaN where no difference is asked for."""
    middle = (rate + needed) / 2
    spread = _Z * np.sqrt(2 * middle * (1 - middle))
    spread = spread + _Z_POWER * np.sqrt(rate * (1 - rate) + needed * (1 - needed))
    apart = np.where(needed > rate, needed - rate, np.nan)
    return np.asarray(np.ceil((spread / apart) ** 2))
