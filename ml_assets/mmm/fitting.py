"""From a table of spend and outcome to a fitted media mix."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.mmm import priors
from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.baseline import baseline
from ml_assets.mmm.cautions import cautions, unit_break
from ml_assets.mmm.errors import InvalidSeries
from ml_assets.mmm.identifiability import separable_pairs
from ml_assets.mmm.lift_tests import LiftTest, read_lift_tests
from ml_assets.mmm.media_mix import MediaMix
from ml_assets.mmm.posterior import Posterior
from ml_assets.mmm.sampler import AGREE, Draws, draw, find_maximum
from ml_assets.mmm.saturation import SATURATIONS
from ml_assets.mmm.series import Series, read_series
from ml_assets.sentences import Sentence

__all__ = ["OUTCOME_UNITS", "fit"]

OUTCOME_UNITS: Final = ("orders", "revenue", "margin", "value_12m")
_MISSED: Final = 0.15
# Decay, half-saturation and effect at which the search for the maximum begins.
_STARTS: Final = ((0.3, 1.0, 0.1), (0.6, 0.5, 0.05), (0.2, 2.0, 0.2), (0.1, 0.5, 0.1))


def fit(  # noqa: PLR0913  (which column is what, then how)
    frame: pd.DataFrame,
    *,
    outcome: str,
    channels: Sequence[str],
    controls: Sequence[str] = (),
    date: str = "date",
    outcome_unit: str = "revenue",
    saturation: str = "hill",
    fitted_until: dt.date | None = None,
    lift_tests: Sequence[LiftTest] = (),
    outcome_draws: npt.ArrayLike | None = None,
    draws: int = 400,
    seed: int = 0,
) -> MediaMix:
    """Fit a media mix with its uncertainty.

    Parameters
    ----------
    frame : DataFrame
        One row per day or per week, sorted, without gaps. Spend is 0 or above, and so
        is `outcome` but for a few periods of refunds; controls are any number, such as
        0 and 1 for a promotion.
    outcome_unit
        What the outcome counts: "orders", "revenue", "margin" or "value_12m" (the value
        that new customers are expected to bring in 12 months).
    saturation
        "hill" or "logistic".
    fitted_until : date or None
        Later rows are predicted, not fitted to.
    lift_tests
        Experiments that the fit must agree with, as far as they are precise.
    outcome_draws : array, shape (k, rows), or None
        What the outcome may have been instead, each row as plausible, such as draws of
        the value that new customers will bring: their spread is carried into every
        interval. `outcome` is then their mean.
    draws, seed
        How many points of the posterior; the same seed gives the same numbers.

    Raises
    ------
    InvalidSeries, InvalidLiftTest, TooShortHistory, NothingToFit, NotConverged
    """
    for name, value, known in (
        ("saturation", saturation, SATURATIONS),
        ("outcome_unit", outcome_unit, OUTCOME_UNITS),
    ):
        if value not in known:
            raise InvalidSeries(f"{name} is {value!r}: use {' or '.join(known)}")
    series = read_series(
        frame,
        date=date,
        outcome=outcome,
        channels=channels,
        controls=controls,
        fitted_until=fitted_until,
    )
    scale = float(series.outcome[: series.fitted].mean())
    outcomes = _outcomes(outcome_draws, len(frame), series.fitted, scale)
    posterior = _posterior(series, scale, saturation, lift_tests)
    maximum = find_maximum(posterior, [posterior.start(*start) for start in _STARTS])
    found = draw(posterior, maximum, draws, seed, outcomes)
    mix = MediaMix(
        status="fitted",
        reason=None,
        warnings=(),
        outcome_unit=outcome_unit,
        series=series,
        posterior=posterior,
        draws=found,
        scale=scale,
        media=posterior.media(found.points, posterior.spend),
    )
    return _judged(mix)


def _posterior(
    series: Series, scale: float, saturation: str, lift_tests: Sequence[LiftTest]
) -> Posterior:
    n = series.fitted
    return Posterior(
        kind=saturation,
        outcome=series.outcome[:n] / scale,
        spend=series.spend[:n] / series.typical,
        baseline=baseline(series.dates, series.controls, n),
        decay_logit=_typical_decay(series.period_days),
        lifts=read_lift_tests(lift_tests, series, scale),
    )


def _judged(mix: MediaMix) -> MediaMix:
    """With its status, the reason for it, and what a reader must know."""
    pairs = separable_pairs(mix)
    twins = pairs.loc[~pairs["is_separable"], "sentence"]
    reason = unit_break(mix.series) or _doubt(mix.draws) or _missed(mix)
    return replace(
        mix,
        status="uncertain" if reason else "fitted",
        reason=reason,
        warnings=(*cautions(mix.series), *twins),
    )


def _doubt(found: Draws) -> Sentence | None:
    """Why the draws are no result, if they are not."""
    if found.r_hat <= AGREE:
        return None
    return Sentence(
        "mix_converged.disagree",
        "the chains disagree (R-hat {r_hat:.2f}, at most {most}): some channels cannot "
        "be told apart. Read their sum, or vary one of them.",
        r_hat=found.r_hat,
        most=AGREE,
    )


def _missed(mix: MediaMix) -> Sentence | None:
    """Whether sales come in periods so few that the fit takes them for accidents."""
    table = mix.fitted()
    share = float(table["expected"].sum() / table["actual"].sum())
    if abs(share - 1) <= _MISSED:
        return None
    return Sentence(
        "mix_converged.missed",
        "the fit accounts for {share:.0%} of the outcome: most of it comes in a few "
        "periods that nothing in the table explains. Name what happened as a control, "
        "or fit to weeks.",
        share=share,
    )


def _outcomes(
    draws: npt.ArrayLike | None, rows: int, fitted: int, scale: float
) -> Floats | None:
    """Draws of the outcome in the fitted periods, in multiples of its mean."""
    if draws is None:
        return None
    values = np.asarray(draws, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != rows or len(values) < 2:
        raise InvalidSeries(
            f"outcome_draws has the shape {values.shape}: it must have two rows or "
            f"more, and a column for each of the {rows} rows of the table"
        )
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise InvalidSeries("outcome_draws holds what is no number or below 0")
    return values[:, :fitted] / scale


def _typical_decay(period_days: int) -> float:
    """The logit, as a share of the largest decay, that the prior is centred on."""
    share = 0.5 ** (period_days / priors.HALF_LIFE_DAYS) / priors.LARGEST_DECAY
    return float(np.log(share / (1 - share)))
