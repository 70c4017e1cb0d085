"""What a fit leaves behind: the company's series and the draws from its posterior."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.channel_parameters import ChannelParameters
from ml_assets.mmm.errors import InvalidSeries
from ml_assets.mmm.posterior import Posterior
from ml_assets.mmm.sampler import Draws
from ml_assets.mmm.saturation import response
from ml_assets.mmm.series import Series
from ml_assets.sentences import Sentence

__all__ = ["COVERAGE", "FittedMix", "interval", "with_interval"]

COVERAGE: Final = 0.90
_ENDS: Final = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
_CURRENT_DAYS: Final = 91


@dataclass(frozen=True, eq=False)
class FittedMix:
    """A fitted company; every number comes with the draws behind it.

    `status` is "fitted" or, when the chains disagree, "uncertain", and `reason` says
    why; `warnings` are sentences for whoever reads the numbers. `outcome_unit` is what
    the outcome counts. Money in and out is in the units of the table, per period.
    """

    status: str
    reason: Sentence | None
    warnings: tuple[str, ...]
    outcome_unit: str
    series: Series
    posterior: Posterior
    draws: Draws
    # Mean outcome of a fitted period: what the posterior's outcome was divided by.
    scale: float
    # Outcome of each fitted period and channel, (draws, c, n), in units of `scale`.
    media: Floats = field(repr=False)

    @property
    def channel_names(self) -> list[str]:
        """The fitted channels."""
        return self.series.channels

    @cached_property
    def at(self) -> ChannelParameters:
        """Parameters of the channels, each of shape (draws, c)."""
        return self.posterior.channels(self.draws.points)

    @property
    def current_spend(self) -> Floats:
        """Mean spend per period of the last 13 weeks that were fitted, shape (c,)."""
        periods = max(1, _CURRENT_DAYS // self.series.period_days)
        fitted = self.series.fitted
        return np.asarray(self.series.spend[fitted - periods : fitted].mean(axis=0))

    @property
    def largest_spend(self) -> Floats:
        """The most that was spent in a fitted period, shape (c,)."""
        return np.asarray(self.series.spend[: self.series.fitted].max(axis=0))

    def position(self, channel: str) -> int:
        """Where a fitted channel stands among the columns of spend.

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
        return self.channel_names.index(channel)

    def steady(self, plans: Floats) -> Floats:
        """Long-run outcome per period, shape (draws, m, c), of plans, shape (m, c)."""
        found = [self.steady_at(plan)[0] for plan in plans]
        return np.stack(found, axis=1)

    def steady_at(
        self, plan: Floats, draws: int | None = None
    ) -> tuple[Floats, Floats]:
        """Long-run outcome per period and what one more unit of spend brings.

        Parameters
        ----------
        plan : ndarray, shape (c,)
            Spend per period.
        draws : int or None
            How many of the draws; all if None.

        Returns
        -------
        tuple
            Of shapes (draws, c), in the units of the table.
        """
        at = ChannelParameters(*(part[:draws] for part in self.at))
        curve = response(
            self.posterior.kind, plan / self.series.typical, at.half, at.slope
        )
        height = self.scale * at.effect
        return height * curve.value, height * curve.by_spend / self.series.typical


def interval(name: str, draws: Floats) -> dict[str, Floats]:
    """Mean and 90 % interval over the first axis, as the columns of a table."""
    lower, upper = np.quantile(draws, _ENDS, axis=0)
    return {
        name: np.asarray(draws.mean(axis=0)),
        f"{name}_lower": np.asarray(lower),
        f"{name}_upper": np.asarray(upper),
    }


def with_interval(keys: dict[str, object], name: str, draws: Floats) -> pd.DataFrame:
    """A table of `keys` and the columns of `interval`."""
    return pd.DataFrame(keys | interval(name, draws))
