"""Whether a programme pays, and what can be told of it yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scipy.stats import norm

from ml_assets.measurement.shares import newcombe_interval
from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.grading import Estimate, Z

__all__ = [
    "Return",
    "Review",
    "accounts_needed",
    "lifetime_value_change",
    "programme_return",
    "review",
]

Verdict = Literal["reached", "on_the_way", "worse", "cannot_be_told"]


@dataclass(frozen=True)
class Return:
    """``roi`` = (margin - cost) / cost, a ratio; ``payback_months`` None if never."""

    roi: Estimate
    payback_months: float | None


@dataclass(frozen=True)
class Review:
    """A share now against the one frozen at the start, and what may be said of it.

    ``change`` with its 95 % interval (Newcombe); ``needed_count`` accounts on either
    side would tell a change from baseline to target four times in five.
    """

    baseline: float
    measured: float
    change: Estimate
    target: float
    verdict: Verdict
    needed_count: int


def programme_return(margin: Estimate, cost: float, *, months: float = 1.0) -> Return:
    """Return on what a programme costs, with the interval of its margin.

    ``roi = (margin - cost) / cost``; ``payback = cost / (margin / months)``: how many
    months of margin pay for it.

    Parameters
    ----------
    margin
        Incremental margin in money: against those held back by lot, or the series
        before, with its interval. Not all that came since.
    cost
        Money spent for it in the same ``months``.

    Raises
    ------
    InvalidSetting
        The cost or the months are not above 0.
    """
    if cost <= 0 or months <= 0:
        raise InvalidSetting("a programme costs something and lasts some time.")
    ends = (margin.value, margin.lower, margin.upper)
    monthly = margin.value / months
    return Return(
        roi=Estimate(*((end - cost) / cost for end in ends)),
        payback_months=cost / monthly if monthly > 0 else None,
    )


def lifetime_value_change(churn: float, new_churn: float) -> float:
    """Change (ratio) of ARPA x margin / churn by churn alone, nothing else moved."""
    if not 0 < churn <= 1 or not 0 < new_churn <= 1:
        raise InvalidSetting("a churn rate is above 0 and at most 1.")
    return churn / new_churn - 1


def accounts_needed(share: float, other: float, *, power: float = 0.8) -> int:
    """About how many accounts on each side tell two shares apart, two-sided at 5 %.

    ``n = (z_a + z_b)^2 (p1 q1 + p2 q2) / (p1 - p2)^2``, without pooling (Fleiss,
    Statistical Methods for Rates and Proportions).

    Raises
    ------
    InvalidSetting
        The shares are the same, or not between 0 and 1.
    """
    if share == other or not 0 < share < 1 or not 0 < other < 1:
        raise InvalidSetting("two shares between 0 and 1 that differ are told apart.")
    spread = share * (1 - share) + other * (1 - other)
    quantiles = Z + float(norm.ppf(power))
    return round(quantiles**2 * spread / (share - other) ** 2)


def review(
    baseline: tuple[int, int], measured: tuple[int, int], *, target: float
) -> Review:
    """Hold a share that should fall, or rise, to ``target`` against its baseline.

    ``reached`` and ``worse`` are said where the whole interval of the change says so,
    ``on_the_way`` where it is surely better than nothing; else it cannot be told.

    Parameters
    ----------
    baseline, measured
        Hits and count; the baseline as it was frozen.

    Raises
    ------
    InvalidSetting
        A side counts nobody, or the target is the baseline.
    """
    (hits, count), (now_hits, now_count) = baseline, measured
    if min(count, now_count) < 1:
        raise InvalidSetting("a share is of somebody.")
    before, now = hits / count, now_hits / now_count
    if before == target:
        raise InvalidSetting("the target is what the baseline was already.")
    lower, upper = newcombe_interval(now, now_count, before, count, Z)
    change = Estimate(now - before, float(lower), float(upper))
    return Review(
        baseline=before,
        measured=now,
        change=change,
        target=target,
        verdict=_verdict(change, target - before),
        needed_count=accounts_needed(before, target) if 0 < before < 1 else 0,
    )


def _verdict(change: Estimate, wanted: float) -> Verdict:
    """The way that is wanted is up from here on."""
    least, most = sorted((change.lower, change.upper))
    if wanted < 0:
        least, most, wanted = -most, -least, -wanted
    if least >= wanted:
        return "reached"
    if least > 0:
        return "on_the_way"
    return "worse" if most < 0 else "cannot_be_told"
