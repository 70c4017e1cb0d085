"""What would have been sold anyway: level, trend, season, weekday, controls."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.priors import CONTROL_RIDGE, SEASON_RIDGE, TREND_RIDGE

__all__ = ["Baseline", "baseline"]

_YEAR: Final = 365.25
_HARMONICS: Final = 2
# One year holds one Christmas: yearly terms need two.
_SEASONAL_HISTORY_DAYS: Final = 730
_KNOT_DAYS: Final = 91
_FREE: Final = 1e-6


@dataclass(frozen=True, eq=False)
class Baseline:
    """Columns of the baseline, shape (n, k), with the ridge of each, shape (k,).

    `component` names what a column belongs to: "baseline", "trend", "season",
    "weekday" or a control. The last `steps` columns are the level's, whose ridge is
    learned.
    """

    columns: Floats
    ridge: Floats
    component: tuple[str, ...]
    steps: int


def baseline(
    dates: npt.NDArray[np.datetime64], controls: dict[str, Floats], fitted: int
) -> Baseline:
    """The design of `dates`, of which the first `fitted` are fitted to.

    The level moves in ramps of a quarter and stays where it was after the last one, so
    a forecast starts from the latest level. Controls are standardised.

    Parameters
    ----------
    dates : ndarray of datetime64[D], shape (n,)
        One period apart.
    """
    days = (dates - dates[0]).astype(np.float64)
    history = days[fitted - 1] - days[0]
    parts = [("baseline", np.ones_like(days), _FREE)]
    parts.append(("trend", days / max(history, 1.0) - 0.5, TREND_RIDGE))
    if history >= _SEASONAL_HISTORY_DAYS:
        since_new_year = (dates - dates.astype("datetime64[Y]")).astype(np.float64)
        angle = 2 * np.pi * since_new_year / _YEAR
        for harmonic in range(1, _HARMONICS + 1):
            parts.append(("season", np.sin(harmonic * angle), SEASON_RIDGE))
            parts.append(("season", np.cos(harmonic * angle), SEASON_RIDGE))
    if days.size > 1 and days[1] == 1:
        weekday = (dates.astype("datetime64[D]").astype(np.int64) + 3) % 7
        parts += [
            ("weekday", (weekday == day) - 1 / 7, SEASON_RIDGE) for day in range(6)
        ]
    for name, values in controls.items():
        spread = float(values[:fitted].std())
        centred = values - values[:fitted].mean()
        parts.append((name, centred / spread if spread else centred, CONTROL_RIDGE))
    knots = np.arange(_KNOT_DAYS, history - _KNOT_DAYS / 2, _KNOT_DAYS)
    ramps = [np.clip((days - knot) / _KNOT_DAYS + 0.5, 0, 1) for knot in knots]
    return Baseline(
        columns=np.column_stack([column for _, column, _ in parts] + ramps),
        ridge=np.array([ridge for *_, ridge in parts]),
        component=(*(name for name, *_ in parts), *("baseline" for _ in ramps)),
        steps=len(ramps),
    )
