"""The front door's answers: what each channel brought, will bring, and should get."""

from collections.abc import Mapping

import numpy.typing as npt
import pandas as pd

from ml_assets.mmm import allocation, contributions, curves, forecast
from ml_assets.mmm.fitted_mix import FittedMix

__all__ = ["MediaMix"]


class MediaMix(FittedMix):
    """A fitted company, asked."""

    def contributions(self) -> pd.DataFrame:
        """See `contributions.contributions`."""
        return contributions.contributions(self)

    def fitted(self) -> pd.DataFrame:
        """See `forecast.fitted_values`."""
        return forecast.fitted_values(self)

    def forecast(self, frame: pd.DataFrame) -> pd.DataFrame:
        """See `forecast.forecast`."""
        return forecast.forecast(self, frame)

    def held_back(self) -> pd.DataFrame:
        """See `forecast.held_back`."""
        return forecast.held_back(self)

    def held_back_total(self) -> tuple[float, float]:
        """See `forecast.held_back_total`."""
        return forecast.held_back_total(self)

    def channels(self) -> pd.DataFrame:
        """See `curves.channels`."""
        return curves.channels(self)

    def curves(self, points: int = 51) -> pd.DataFrame:
        """See `curves.curves`."""
        return curves.curves(self, points)

    def curve(self, channel: str, spend: npt.ArrayLike) -> pd.DataFrame:
        """See `curves.curve`."""
        return curves.curve(self, channel, spend)

    def optimise(  # noqa: PLR0913  (a budget and its limits)
        self,
        budget: float,
        *,
        periods: float,
        bounds: Mapping[str, tuple[float, float]] | None = None,
        largest_change: float | None = None,
        spend_all: bool = True,
        least_return: float | None = None,
        seed: int = 0,
    ) -> allocation.Allocation:
        """See `allocation.optimise`."""
        return allocation.optimise(
            self,
            budget,
            periods=periods,
            bounds=bounds,
            largest_change=largest_change,
            spend_all=spend_all,
            least_return=least_return,
            seed=seed,
        )
