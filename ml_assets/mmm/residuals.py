"""What the fit leaves unexplained: whether it follows itself, and where it is huge."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import chi2

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.fitted_mix import FittedMix
from ml_assets.mmm.memory import innovations
from ml_assets.sentences import Sentence

__all__ = ["ResidualCheck", "check_residuals"]

_LAGS: Final = 8
_HUGE: Final = 4.0
_LISTED: Final = 3


@dataclass(frozen=True, eq=False)
class ResidualCheck:
    """What is new in a period, after what goes on by the fit's own `modelled` share.

    `autocorrelation` with the period before; `p_value` of Ljung and Box (1978).
    `outliers` has a row per period more than four typical deviations off: `date`,
    `actual`, `expected`, `deviations`. `sentence` says all of it.
    """

    modelled: float
    autocorrelation: float
    p_value: float
    outliers: pd.DataFrame
    sentence: Sentence


def check_residuals(mix: FittedMix) -> ResidualCheck:
    """Judge what is left after the mean of the draws."""
    n = mix.series.fitted
    columns = mix.posterior.baseline.columns[:n]
    expected = mix.media.mean(axis=0).sum(axis=0)
    expected = mix.scale * (expected + columns @ mix.draws.coefficients.mean(axis=0))
    actual = mix.series.outcome[:n]
    left = actual - expected
    typical = float(np.median(np.abs(left))) * 1.4826
    deviations = left / typical if typical else np.zeros(n)
    huge = np.abs(deviations) > _HUGE
    outliers = pd.DataFrame(
        {
            "date": mix.series.dates[:n][huge],
            "actual": actual[huge],
            "expected": expected[huge],
            "deviations": deviations[huge],
        }
    )
    # Huge periods would drown the rest: they count as four deviations.
    modelled = float(mix.draws.follows.mean())
    clipped = np.clip(deviations, -_HUGE, _HUGE)
    follows = _autocorrelations(innovations(clipped[None], np.array([modelled]))[0])
    statistic = n * (n + 2) * (follows**2 / (n - np.arange(1, _LAGS + 1))).sum()
    p_value = float(chi2.sf(statistic, _LAGS))
    sentence = _sentence(modelled, float(follows[0]), outliers, n)
    return ResidualCheck(modelled, float(follows[0]), p_value, outliers, sentence)


def _sentence(
    modelled: float, follows: float, outliers: pd.DataFrame, n: int
) -> Sentence:
    seen = Sentence(
        "quiet_residuals.seen",
        "What is left of one period goes on in the next by {modelled:+.2f}, as "
        "intervals know; what is new in one follows the one before by {follows:+.2f}; "
        "{far} of {periods} periods are far from expected",
        modelled=modelled,
        follows=follows,
        far=len(outliers),
        periods=n,
    )
    if outliers.empty:
        return Sentence("quiet_residuals.passed", "{seen}.", seen=seen)
    return Sentence(
        "quiet_residuals.outliers",
        "{seen} ({dates:, }): name what happened as a control.",
        seen=seen,
        dates=outliers["date"].head(_LISTED).dt.date.tolist(),
    )


def _autocorrelations(values: Floats) -> Floats:
    """At lags 1 to `_LAGS`."""
    centred = values - values.mean()
    whole = float(centred @ centred) or 1.0
    return np.array(
        [centred[lag:] @ centred[:-lag] / whole for lag in range(1, _LAGS + 1)]
    )
