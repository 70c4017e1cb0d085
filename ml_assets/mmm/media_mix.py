"""The front door: a table of spend and response in, what each channel brings out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.mmm import priors
from ml_assets.mmm.adstock import Floats, half_life
from ml_assets.mmm.baseline import baseline
from ml_assets.mmm.errors import InvalidSeries
from ml_assets.mmm.posterior import Posterior
from ml_assets.mmm.sampler import Draws, draw, find_maximum
from ml_assets.mmm.saturation import SATURATIONS, response
from ml_assets.mmm.series import Series, read_series

__all__ = ["COVERAGE", "MediaMix", "fit"]

COVERAGE: Final = 0.90
_ENDS: Final = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
_AGREE: Final = 1.1
# Decay, half-saturation and effect at which the search for the maximum begins.
_STARTS: Final = ((0.3, 1.0, 0.1), (0.6, 0.5, 0.05), (0.2, 2.0, 0.2), (0.1, 0.5, 0.1))
_CURRENT_DAYS: Final = 91


@dataclass(frozen=True, eq=False)
class MediaMix:
    """A fitted company: every number with the spread of the draws behind it.

    `status` is "fitted" or, when the chains disagree, "uncertain", and `reason` says
    why. Money in and out is in the units of the table, per period of `period_days`.
    """

    status: str
    reason: str | None
    series: Series
    posterior: Posterior
    draws: Draws
    scale: float
    _media: Floats = field(repr=False)
    _coefficients: Floats = field(repr=False)
    _noise: Floats = field(repr=False)

    @property
    def channel_names(self) -> list[str]:
        """The fitted channels."""
        return self.series.channels

    @property
    def current_spend(self) -> Floats:
        """Mean spend per period of the last 13 weeks that were fitted, shape (c,)."""
        periods = max(1, _CURRENT_DAYS // self.series.period_days)
        fitted = self.series.fitted
        return np.asarray(self.series.spend[fitted - periods : fitted].mean(axis=0))

    def contributions(self) -> pd.DataFrame:
        """What made up the response, period by period, means of the draws.

        Returns
        -------
        DataFrame
            `date`; a column per component: `level`, `trend`, `season`, `weekday`, the
            controls and the channels; `fitted`, their sum.
        """
        columns = self.posterior.baseline.columns * self._coefficients.mean(axis=0)
        parts: dict[str, Floats] = {}
        for position, name in enumerate(self.posterior.baseline.component):
            before = parts.get(name, np.zeros(len(columns)))
            parts[name] = before + columns[:, position]
        for position, name in enumerate(self.channel_names):
            parts[name] = self._media[:, :, position].mean(axis=0)
        table = pd.DataFrame({name: self.scale * part for name, part in parts.items()})
        table["fitted"] = table.sum(axis=1)
        table.insert(0, "date", self.series.dates)
        return table

    def predict(self) -> pd.DataFrame:
        """Response of every period of the table, those after the fit too.

        Returns
        -------
        DataFrame
            `date`, `expected`, `lower` and `upper` (90 %, a new period's noise
            included), `actual`.
        """
        columns = self.posterior.baseline.columns
        expected = self._media.sum(axis=2) + self._coefficients @ columns.T
        noise = np.random.default_rng(0).standard_normal(expected.shape)
        lower, upper = np.quantile(
            expected + noise * self._noise[:, None], _ENDS, axis=0
        )
        return pd.DataFrame(
            {
                "date": self.series.dates,
                "expected": self.scale * expected.mean(axis=0),
                "lower": self.scale * lower,
                "upper": self.scale * upper,
                "actual": self.series.response,
            }
        )

    def channels(self) -> pd.DataFrame:
        """A row per channel that was named, with 90 % intervals.

        Returns
        -------
        DataFrame
            `channel`, `status` (see `series.CHANNEL_STATUSES`), `spend` and
            `contribution` in the fitted periods, `roi` (contribution per unit spent),
            `marginal_return` (of one more unit at the spend of the last 13 weeks, in
            the long run), `decay` per period, `half_life_days`, `half_saturation`
            (spend per period), `slope`, `largest_spend` seen in a period; estimates
            with `_lower` and `_upper`. Channels that were not fitted have only their
            status.
        """
        at = self.posterior.channels(self.draws.points)
        fitted = self.series.fitted
        spend = self.series.spend[:fitted]
        brought = self.scale * self._media[:, :fitted].sum(axis=1)
        estimates = {
            "contribution": brought,
            "roi": brought / spend.sum(axis=0),
            "marginal_return": self._marginal(self.current_spend),
            "decay": at.decay,
            "half_life_days": half_life(at.decay, self.series.period_days),
            "half_saturation": at.half * self.series.typical,
            "slope": at.slope,
        }
        table: dict[str, object] = {
            "channel": self.channel_names,
            "status": "fitted",
            "spend": spend.sum(axis=0),
            "largest_spend": spend.max(axis=0),
        }
        for name, values in estimates.items():
            lower, upper = np.quantile(values, _ENDS, axis=0)
            table |= {
                name: values.mean(axis=0),
                f"{name}_lower": lower,
                f"{name}_upper": upper,
            }
        known = pd.DataFrame(table).set_index("channel")
        every = known.reindex(pd.Index(self.series.status, name="channel"))
        return every.assign(status=pd.Series(self.series.status)).reset_index()

    def curve(self, channel: str, spend: npt.ArrayLike) -> pd.DataFrame:
        """What a steady spend per period brings per period, in the long run.

        Returns
        -------
        DataFrame
            `spend`, `response`, `lower`, `upper` (90 %), `is_observed`: False beyond
            the largest spend seen, where the curve is a guess.

        Raises
        ------
        InvalidSeries
            When the channel was not fitted.
        """
        if channel not in self.channel_names:
            raise InvalidSeries(
                f"{channel} has no curve: it is "
                f"{self.series.status.get(channel, 'not a channel of this mix')}"
            )
        position = self.channel_names.index(channel)
        points = np.asarray(spend, dtype=np.float64)
        plan = np.zeros((points.size, len(self.channel_names)))
        plan[:, position] = points
        brought = self.steady(plan)[:, :, position]
        lower, upper = np.quantile(brought, _ENDS, axis=0)
        largest = self.series.spend[: self.series.fitted, position].max()
        return pd.DataFrame(
            {
                "spend": points,
                "response": brought.mean(axis=0),
                "lower": lower,
                "upper": upper,
                "is_observed": points <= largest,
            }
        )

    def steady(self, plans: Floats) -> Floats:
        """Long-run response per period, shape (draws, m, c), of plans, shape (m, c)."""
        at = self.posterior.channels(self.draws.points)
        curve = response(
            self.posterior.kind,
            (plans / self.series.typical)[None],
            at.half[:, None],
            at.slope[:, None],
        )
        return np.asarray(self.scale * at.effect[:, None] * curve.value)

    def _marginal(self, spend: Floats) -> Floats:
        """Of one more unit of spend, shape (draws, c)."""
        at = self.posterior.channels(self.draws.points)
        relative = np.broadcast_to(spend / self.series.typical, at.half.shape)
        curve = response(self.posterior.kind, relative, at.half, at.slope)
        return np.asarray(self.scale * at.effect * curve.by_spend / self.series.typical)


def fit(  # noqa: PLR0913  (which column is what, then how)
    frame: pd.DataFrame,
    *,
    response: str,
    channels: Sequence[str],
    controls: Sequence[str] = (),
    date: str = "date",
    saturation: str = "hill",
    fitted_until: dt.date | None = None,
    draws: int = 400,
    seed: int = 0,
) -> MediaMix:
    """Fit a media mix with its uncertainty.

    Parameters
    ----------
    frame : DataFrame
        One row per day or per week, sorted, without gaps. `response` and spend are 0 or
        above; controls any number, such as 0 and 1 for a promotion.
    saturation
        "hill" or "logistic".
    fitted_until : date or None
        Later rows are predicted, not fitted to.
    draws, seed
        How many points of the posterior; the same seed gives the same numbers.

    Raises
    ------
    InvalidSeries, TooShortHistory, NothingToFit, NotConverged
    """
    if saturation not in SATURATIONS:
        raise InvalidSeries(
            f"saturation is {saturation!r}: use {' or '.join(SATURATIONS)}"
        )
    series = read_series(
        frame,
        date=date,
        response=response,
        channels=channels,
        controls=controls,
        fitted_until=fitted_until,
    )
    scale = float(series.response[: series.fitted].mean())
    relative = series.spend / series.typical
    posterior = Posterior(
        kind=saturation,
        response=series.response[: series.fitted] / scale,
        spend=relative[: series.fitted],
        baseline=baseline(series.dates, series.controls, series.fitted),
        decay_logit=_typical_decay(series.period_days),
    )
    maximum = find_maximum(posterior, [posterior.start(*start) for start in _STARTS])
    found = draw(posterior, maximum, draws, seed)
    media = np.stack([posterior.media(p, relative).response for p in found.points])
    rng = np.random.default_rng([seed, draws])
    drawn = [posterior.coefficients(point, rng) for point in found.points]
    reason = None
    if found.r_hat > _AGREE:
        reason = (
            f"the chains disagree (R-hat {found.r_hat:.2f}, at most {_AGREE}): some "
            "channels cannot be told apart. Read their sum, or vary one of them."
        )
    return MediaMix(
        status="uncertain" if reason else "fitted",
        reason=reason,
        series=series,
        posterior=posterior,
        draws=found,
        scale=scale,
        _media=media,
        _coefficients=np.array([coefficients for coefficients, _ in drawn]),
        _noise=np.array([noise for _, noise in drawn]),
    )


def _typical_decay(period_days: int) -> float:
    """The logit, as a share of the largest decay, that the prior is centred on."""
    share = 0.5 ** (period_days / priors.HALF_LIFE_DAYS) / priors.LARGEST_DECAY
    return float(np.log(share / (1 - share)))
