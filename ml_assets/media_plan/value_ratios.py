"""What a channel's first sales become in 12 months: the one rule that weighs by value.

A channel c brought n customers whose first purchases add up to F and whose first 12
months add up to V, bought or predicted. Its ratio V / F turns what a response curve
brings in revenue into 12-month value. Few customers say little, so the logarithm of the
ratio is drawn to that of all channels together, R (normal around normal: Gelman et al.,
Bayesian Data Analysis, chapter 5):

    ln r = ln R + Z (ln(V / F) - ln R),    Z = t² n / (t² n + s²)

t is how far channels differ before anything is seen. s² is the variance of one
customer's share in a ratio, the same for all channels: from what the days of a channel
are off its ratio (a ratio estimator: Cochran, Sampling Techniques, chapter 6), and from
the variance of the predictions. A channel without customers gets R, never 1: it would
be one whose customers do not come back, which nobody saw. Where value is not known at
all every ratio is 1, which is revenue, and `basis` says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["ValueRatios", "ratio_rows", "value_ratios"]

Floats = npt.NDArray[np.float64]

# sd of ln r between channels: of three, two within a third of their common ratio.
_BETWEEN: Final = 0.3
# Customers of all channels together below which nothing is said of their value.
_FEWEST: Final = 30
# Share of the customers won whose purchases to come must be predicted.
_PREDICTED: Final = 0.9
_NORMAL_90: Final = 1.6448536269514722
_TINY: Final = 1e-300
_SUMMED: Final = (
    *("customer_count", "first_order_revenue", "observed_value", "value_12m"),
    *("independent_variance", "shared_error"),
)


@dataclass(frozen=True, eq=False)
class ValueRatios:
    """12-month value per unit of first sales, of c channels.

    Parameters
    ----------
    basis
        "value_12m", or "revenue" where value is not known: then all ratios are 1.
    reason
        Why it is not: "no_values" or "few_customers"; None where it is.
    ratio, error, shared_error : ndarray, shape (c,)
        Mean; sd of its logarithm by itself, and of what all channels are off together.
    customer_count : ndarray, shape (c,)
    maturity : ndarray, shape (c,)
        What is bought already of all that comes after first purchases (0 to 1), 1 where
        nothing comes after them, NaN without customers.
    """

    channels: tuple[str, ...]
    basis: str
    reason: str | None
    ratio: Floats
    error: Floats
    shared_error: Floats
    customer_count: Floats
    maturity: Floats

    @property
    def is_known(self) -> bool:
        """Whether there is value to weigh by."""
        return self.basis == "value_12m"

    def drawn(self, draws: int) -> Floats:
        """Ratios of as many draws, shape (draws, c), whose mean is `ratio`.

        Lognormal, and independent of the draws of the curves: those know when money was
        spent, these what customers did afterwards. A channel has the same draws
        whatever others stand beside it, today and when a plan is asked for.
        """
        together = _normal(b"", draws)
        found = np.empty((draws, len(self.channels)))
        for position, channel in enumerate(self.channels):
            found[:, position] = np.exp(
                self.error[position] * _normal(channel.encode(), draws)
                + self.shared_error[position] * together
            )
        return np.asarray(self.ratio * found / found.mean(axis=0))

    def as_json(self) -> dict[str, str]:
        """What a fit's settings keep of them: basis, and each ratio with its errors."""
        told = zip(self.ratio, self.error, self.shared_error, strict=True)
        each = (" ".join(f"{value:.6g}" for value in one) for one in told)
        return {"basis": self.basis, **dict(zip(self.channels, each, strict=True))}


def ratio_rows(ratios: ValueRatios) -> pd.DataFrame:
    """A row per channel, in the columns of `marketing_curves`."""
    variance = ratios.error**2 + ratios.shared_error**2
    middle, half = ratios.ratio * np.exp(-variance / 2), _NORMAL_90 * variance**0.5
    return pd.DataFrame(
        {
            "channel_id": ratios.channels,
            "value_basis": ratios.basis,
            "value_reason": ratios.reason,
            "value_ratio": ratios.ratio,
            "value_ratio_lower": middle * np.exp(-half),
            "value_ratio_upper": middle * np.exp(half),
            "value_ratio_error": ratios.error,
            "value_ratio_shared_error": ratios.shared_error,
            "value_customer_count": ratios.customer_count,
            "value_maturity_rate": ratios.maturity,
        }
    )


def value_ratios(
    won: pd.DataFrame, channels: Sequence[str], predicted_share: float
) -> ValueRatios:
    """The ratios of some channels, from the customers they won.

    Parameters
    ----------
    won : DataFrame
        Rows of `predictions.new_customer_values`, one per day and channel, of the
        days that count.
    predicted_share : float
        Share (0 to 1) of the customers won whose purchases to come are predicted.
    """
    rows = won[won["channel_id"].isin(channels)]
    rows = rows.astype(dict.fromkeys(_SUMMED, float))
    sums = rows.groupby("channel_id")[list(_SUMMED)].sum()
    sums = sums.reindex(list(channels), fill_value=0.0)
    seen = (sums["first_order_revenue"] > 0) & (sums["value_12m"] > 0)
    counts = sums["customer_count"].where(seen, 0.0)
    if predicted_share < _PREDICTED:
        return _as_revenue(channels, counts.to_numpy(), "no_values")
    if counts.sum() < _FEWEST:
        return _as_revenue(channels, counts.to_numpy(), "few_customers")
    return _shrunk(tuple(channels), sums, counts, _variance(rows, sums[seen]))


def _variance(rows: pd.DataFrame, sums: pd.DataFrame) -> float:
    """s²: relative variance that one customer adds to a ratio, pooled over channels."""
    days = rows[rows["channel_id"].isin(sums.index)]
    own = sums.loc[days["channel_id"]]
    ratio = (own["value_12m"] / own["first_order_revenue"]).to_numpy()
    off = days["value_12m"].to_numpy() - ratio * days["first_order_revenue"].to_numpy()
    mean = (own["value_12m"] / own["customer_count"]).to_numpy()
    squares = (off**2 + days["independent_variance"].to_numpy()) / mean**2
    # Each channel's ratio is found from the same days: one of them is spent.
    free = len(days) / max(len(days) - len(sums), 1)
    return float(free * squares.sum() / sums["customer_count"].sum())


def _shrunk(
    channels: tuple[str, ...], sums: pd.DataFrame, counts: pd.Series, variance: float
) -> ValueRatios:
    first, value, bought = (
        sums[name].to_numpy()
        for name in ("first_order_revenue", "value_12m", "observed_value")
    )
    count = counts.to_numpy()
    common = np.log(value[count > 0].sum() / first[count > 0].sum())
    own = np.where(count > 0, np.log(_over(value, first, count)), common)
    prior = _BETWEEN**2 * count
    kept = prior / np.maximum(prior + variance, _TINY)
    # What channels may differ by, and how well all of them together are known.
    error = _BETWEEN**2 * (1 - kept) + (1 - kept) ** 2 * variance / count.sum()
    later = np.where(value > first, value - first, np.nan)
    bought_later = np.where(value > first, (bought - first) / later, 1.0)
    total = np.where(count > 0, value, np.nan)
    alike = np.full_like(value, sums["shared_error"].sum() / value.sum())
    shared = np.where(count > 0, sums["shared_error"].to_numpy() / total, alike)
    return ValueRatios(
        channels=channels,
        basis="value_12m",
        reason=None,
        ratio=np.exp(common + kept * (own - common)),
        error=np.sqrt(error),
        shared_error=np.asarray(shared),
        customer_count=count,
        maturity=np.where(count > 0, np.clip(bought_later, 0.0, 1.0), np.nan),
    )


def _over(value: Floats, first: Floats, count: Floats) -> Floats:
    known = count > 0
    return np.where(known, value, 1.0) / np.where(known, first, 1.0)


def _normal(name: bytes, draws: int) -> Floats:
    return np.random.default_rng([0, *name]).standard_normal(draws)


def _as_revenue(channels: Sequence[str], count: Floats, reason: str) -> ValueRatios:
    nothing = np.zeros(len(count))
    return ValueRatios(
        channels=tuple(channels),
        basis="revenue",
        reason=reason,
        ratio=np.ones(len(count)),
        error=nothing,
        shared_error=nothing,
        customer_count=count,
        maturity=np.full(len(count), np.nan),
    )
