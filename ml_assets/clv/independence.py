"""Gate: Gamma-Gamma assumes that spend does not depend on frequency."""

from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import norm, pearsonr

from ml_assets.clv.gates import GateResult
from ml_assets.clv.histories import Floats, column_of_floats
from ml_assets.clv.spending import MOST_DEPENDENT, rank_correlation
from ml_assets.sentences import Sentence

__all__ = ["independence_of_frequency_and_value"]

_GATE: Final = "independence_of_frequency_and_value"
_WARN_ABOVE: Final = 0.3


def independence_of_frequency_and_value(summaries: pd.DataFrame) -> GateResult:
    """Pearson and Spearman between x and m of repeat customers.

    Above 0.3 in size either warns; with a Spearman above 0.5 what customers spend is
    learned by how often they buy (`spending.levels_by_days`), which is told. Observed
    keeps its sign.

    Parameters
    ----------
    summaries : DataFrame
        One company's customer summaries: `frequency`, `monetary_value`.
    """
    frequency = column_of_floats(summaries, "frequency")
    value = column_of_floats(summaries, "monetary_value")
    used = (frequency > 0) & (value > 0)
    x, m = frequency[used], value[used]
    spearman = rank_correlation(x, m)
    if spearman is None:
        return _untestable(x, m)
    pearson = float(pearsonr(x, m).statistic)
    observed = max(pearson, spearman, key=abs)
    seen = Sentence(
        "independence.seen",
        "among {customers} repeat customers Pearson {pearson}, Spearman {spearman}",
        customers=x.size,
        pearson=_interval(pearson, x, 1.0),
        spearman=_interval(spearman, x, 1 + spearman**2 / 2),
    )
    # One giant customer makes a Pearson of 0.9 alone: ranks tell whether all do it.
    if abs(spearman) > MOST_DEPENDENT:
        message = Sentence(
            "independence.by_frequency",
            "Order value moves with frequency: {seen}; above {most} in size it is "
            "learned in groups of customers with about as many purchases. Separate the "
            "buyer groups that differ (wholesale, subscriptions) to know them better.",
            seen=seen,
            most=MOST_DEPENDENT,
        )
        return GateResult(_GATE, "warned", spearman, MOST_DEPENDENT, message)
    if abs(observed) > _WARN_ABOVE:
        message = Sentence(
            "independence.warned",
            "Order value moves somewhat with frequency: {seen}; below {most} in size "
            "is safe. Predicted value is biased for the most frequent buyers.",
            seen=seen,
            most=_WARN_ABOVE,
        )
        return GateResult(_GATE, "warned", observed, _WARN_ABOVE, message)
    message = Sentence(
        "independence.passed",
        "Order value hardly depends on frequency: {seen}.",
        seen=seen,
    )
    return GateResult(_GATE, "passed", observed, _WARN_ABOVE, message)


def _untestable(x: Floats, m: Floats) -> GateResult:
    message = Sentence(
        "independence.untestable",
        "Not testable: {customers} repeat customers, {frequencies} different "
        "frequencies, {values} different mean values. Predicted value assumes that "
        "frequent buyers spend as much per order as the others.",
        customers=x.size,
        frequencies=np.unique(x).size,
        values=np.unique(m).size,
    )
    return GateResult(_GATE, "warned", None, _WARN_ABOVE, message)


def _interval(rho: float, x: Floats, variance: float) -> Sentence:
    """Correlation with its 95 % interval (Fisher's z; Bonett & Wright 2000)."""
    reach = norm.ppf(0.975) * np.sqrt(variance / (x.size - 3))
    middle = np.arctanh(np.clip(rho, -0.999999, 0.999999))
    low, high = np.tanh(middle - reach), np.tanh(middle + reach)
    return Sentence(
        "independence.interval",
        "{rho:+.2f} (95% interval {low:+.2f} to {high:+.2f})",
        rho=rho,
        low=low,
        high=high,
    )
