"""What would have been sold anyway: level, trend, season, weekday, controls."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml_assets.mmm import priors
from ml_assets.mmm.adstock import Floats

__all__ = ["KNOT_DAYS", "SEASON_DAYS", "TENTATIVE_SEASON_DAYS", "Baseline", "baseline"]

_YEAR: Final = 365.25
_HARMONICS: Final = 3
# One year holds one Christmas, and nothing tells it from the campaign. From a year and
# a half on, half of the year was seen twice: a season is tried, and held small. Two
# years, in whole weeks, are enough.
TENTATIVE_SEASON_DAYS: Final = 546
SEASON_DAYS: Final = 728
KNOT_DAYS: Final = 91
_FIXED: Final = -1


@dataclass(frozen=True, eq=False)
class Baseline:
    """Columns of the baseline, shape (n, k), and how large their effects are.

    `component` names what a column belongs to: "baseline", "trend", "season", "weekday"
    or a control. `ridge`, shape (k,), is the prior precision of each coefficient in
    units of the noise's; where `group` is not -1 it is divided by the square of a scale
    that is learned, whose prior is `scales[group]`.
    """

    columns: Floats
    component: tuple[str, ...]
    ridge: Floats
    group: npt.NDArray[np.int64]
    scales: tuple[priors.LogNormal, ...]
    names: tuple[str, ...]


class _Design:
    """Columns as they are added."""

    def __init__(self) -> None:
        self.columns: list[Floats] = []
        self.component: list[str] = []
        self.ridge: list[float] = []
        self.group: list[int] = []
        self.scales: list[priors.LogNormal] = []
        self.names: list[str] = []

    def learned(self, name: str, scale: priors.LogNormal) -> int:
        self.scales.append(scale)
        self.names.append(name)
        return len(self.scales) - 1

    def add(
        self, component: str, column: Floats, ridge: float, group: int = _FIXED
    ) -> None:
        self.columns.append(column)
        self.component.append(component)
        self.ridge.append(ridge)
        self.group.append(group)


def baseline(
    dates: npt.NDArray[np.datetime64], controls: dict[str, Floats], fitted: int
) -> Baseline:
    """The design of `dates`, of which the first `fitted` are fitted to.

    The level moves in ramps of a quarter and stays where it was after the last one, so
    a forecast starts from the latest level. Controls are divided by their spread; one
    whose least value is 0 brings nothing there, another nothing at its mean.

    Parameters
    ----------
    dates : ndarray of datetime64[D], shape (n,)
        One period apart.
    """
    days = (dates - dates[0]).astype(np.float64)
    history = float(days[fitted - 1])
    covered = history + float(days[1])
    design = _Design()
    design.add("baseline", np.ones_like(days), priors.FREE)
    trend = design.learned("trend", priors.TREND_SCALE)
    design.add("trend", days / max(history, 1.0) - 0.5, 1.0, trend)
    if covered >= TENTATIVE_SEASON_DAYS:
        _add_season(design, dates, covered >= SEASON_DAYS)
    if days[1] == 1:
        weekday = (dates.astype("datetime64[D]").astype(np.int64) + 3) % 7
        for day in range(6):
            design.add("weekday", (weekday == day) - 1 / 7, priors.WEEKDAY_RIDGE)
    for name, values in controls.items():
        known = values[:fitted]
        centred = values - (known.mean() if known.min() else 0.0)
        design.add(name, centred / (known.std() or 1.0), priors.CONTROL_RIDGE)
    level = design.learned("level", priors.LEVEL_STEP)
    for knot in np.arange(KNOT_DAYS, history - KNOT_DAYS / 2, KNOT_DAYS):
        ramp = np.clip((days - knot) / KNOT_DAYS + 0.5, 0, 1)
        design.add("baseline", ramp, 1.0, level)
    return Baseline(
        np.column_stack(design.columns),
        tuple(design.component),
        np.array(design.ridge),
        np.array(design.group),
        tuple(design.scales),
        tuple(design.names),
    )


def _add_season(
    design: _Design, dates: npt.NDArray[np.datetime64], known: bool
) -> None:
    since_new_year = (dates - dates.astype("datetime64[Y]")).astype(np.float64)
    angle = 2 * np.pi * since_new_year / _YEAR
    scale = priors.SEASON_SCALE if known else priors.SHORT_SEASON_SCALE
    season = design.learned("season", scale)
    for harmonic in range(1, _HARMONICS + 1):
        # Faster waves are smaller: a season is smooth.
        for column in (np.sin(harmonic * angle), np.cos(harmonic * angle)):
            design.add("season", column, float(harmonic**2), season)
