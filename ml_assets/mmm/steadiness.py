"""Whether channels did what the mix supposes: the same all along, more for more.

The mix has one curve a channel for the whole history, of spend that is known, and none
that lowers sales. What it leaves is asked about each of these by an added column (Rao's
score test, Rao 1948, doi:10.1017/S0305004100023987), beside the baseline's columns and
the contributions of all channels, through the noise's memory. Level and season are
held by what was learned of them, else a level that may do anything explains it all:

- a *change*: the channel's own contribution from some day on. Its effect ended, or
  came.
- spend that is *lost*: what the channel brings usually, in the longest time without
  spend. Sales went on as if it had run.
- a channel that *lowers* sales: its contribution's own coefficient is below 0.
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.fitted_mix import FittedMix
from ml_assets.mmm.memory import innovations

__all__ = ["Unsteady", "unsteady_channels"]

# Standard errors; of a change more, as it is looked for at several days.
_SURE, _SURE_OF_CHANGE = 3.0, 3.5
# Shares of the history at which a change is looked for.
_SPLITS: Final = (1 / 4, 3 / 8, 1 / 2, 5 / 8, 3 / 4, 7 / 8)
_FEWEST: Final = 8
# Shorter times without spend are pauses.
_LONG_DAYS: Final = 35
# What is left of an effect, and how much of it comes without spend, to be told.
_FELL: Final = 0.5
_WITHOUT: Final = 0.5
_MANY_TIMES: Final = 10.0
_HUGE: Final = 4.0


class Unsteady(NamedTuple):
    """What contradicts the mix: `strength` in standard errors, at least 3.

    `share`: of a change, the effect after it in that before, 10 at most; of lost spend,
    what came without any in what the channel usually brings; else what one unit of the
    mix's contribution was worth. `position` is the first period after a change, or of
    the pause in which spend was lost, else None.
    """

    channel: str
    kind: Literal["change", "lost", "lowers"]
    share: float
    strength: float
    position: int | None


def unsteady_channels(mix: FittedMix) -> list[Unsteady]:
    """The surest contradiction of each channel that has one."""
    media = mix.media.mean(axis=0)
    n = mix.series.fitted
    columns = mix.posterior.baseline.columns[:n]
    base = columns @ mix.draws.coefficients.mean(axis=0)
    left = mix.series.outcome[:n] / mix.scale - media.sum(axis=0) - base
    usual = 1.4826 * float(np.median(np.abs(left))) or 1.0
    rest = np.column_stack([columns, media.T])
    known = _Asked(base + np.clip(left, -_HUGE * usual, _HUGE * usual), rest, mix)
    found = []
    for position, name in enumerate(mix.channel_names):
        said = list(_of_channel(known, position, name))
        if said:
            found.append(max(said, key=lambda one: one.strength))
    return found


def _of_channel(known: "_Asked", position: int, name: str) -> Iterator[Unsteady]:
    brought = known.media[:, position]
    on = known.spend[:, position] > 0
    if on.sum() < _FEWEST or brought.max() <= 0:
        return
    _, own, error = known.beside(None, position)
    if 1 + own < -_SURE * error:
        yield Unsteady(name, "lowers", 1 + own, -(1 + own) / error, None)
        return
    for split in _SPLITS:
        start = round(split * on.size)
        if min(on[:start].sum(), on[start:].sum()) < _FEWEST:
            continue
        after = np.where(np.arange(on.size) >= start, brought, 0.0)
        added, own, error = known.beside(after, position)
        before, then = 1 + own, 1 + own + added
        is_other = then < _FELL * before or before < _FELL * then
        if abs(added) > _SURE_OF_CHANGE * error and is_other:
            share = max(then, 0.0) / max(before, max(then, 0.0) / _MANY_TIMES, 1e-9)
            yield Unsteady(name, "change", share, abs(added) / error, start)
    pause = _longest_pause(on)
    if pause.stop - pause.start >= _LONG_DAYS / known.period_days:
        usual = np.zeros(on.size)
        usual[pause] = brought[on].mean()
        added, _, error = known.beside(usual, position)
        if added > max(_SURE * error, _WITHOUT):
            yield Unsteady(name, "lost", added, added / error, pause.start)


def _longest_pause(on: npt.NDArray[np.bool_]) -> slice:
    """Of periods without spend between two with some."""
    used = np.flatnonzero(on)
    gaps = np.diff(used)
    start = int(used[gaps.argmax()]) + 1
    return slice(start, start + int(gaps.max()) - 1)


class _Asked:
    """What channels leave, beside which columns are asked for."""

    def __init__(self, left: Floats, rest: Floats, mix: FittedMix) -> None:
        self.media = rest[:, -len(mix.channel_names) :]
        self.period_days = mix.series.period_days
        self.spend = mix.series.spend[: left.size]
        self._follows = np.array([float(mix.draws.follows.mean())])
        self._left, self._rest = self._new(left[:, None])[:, 0], self._new(rest)
        baseline, scales = mix.posterior.baseline, mix.draws.points
        learned = np.append(mix.posterior.scales(scales).mean(axis=0), 1.0)
        ridge = baseline.ridge / learned[baseline.group] ** 2
        self._ridge = np.append(ridge, np.zeros(len(mix.channel_names)))

    def beside(self, column: Floats | None, channel: int) -> tuple[float, float, float]:
        """Coefficients of the column and the channel's own, and the former's error.

        Without a column the error is that of the channel's own.
        """
        design, which = self._rest, self._rest.shape[1] - self.media.shape[1] + channel
        asked = which
        if column is not None:
            design = np.column_stack([design, self._new(column[:, None])])
            asked = design.shape[1] - 1
        ridge = np.append(self._ridge, np.zeros(design.shape[1] - self._ridge.size))
        squares = design.T @ design + np.diag(ridge)
        inverse = np.linalg.pinv(squares, rcond=1e-10, hermitian=True)
        coefficients = inverse @ (design.T @ self._left)
        left = self._left - design @ coefficients
        free = max(left.size - design.shape[1], 1)
        variance = float(left @ left) / free * float(inverse[asked, asked])
        error = float(np.sqrt(max(variance, 1e-300)))
        return float(coefficients[asked]), float(coefficients[which]), error

    def _new(self, columns: Floats) -> Floats:
        return innovations(columns.T, np.repeat(self._follows, columns.shape[1])).T
