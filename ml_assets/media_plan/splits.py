"""The split that is advised of any total: one search and one set of limits for all.

The grid of budgets, the published scenarios and those that people ask for all read it
here, so that one question has one answer (decision 0095).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from ml_assets.media_plan.allocation_grid import best_splits
from ml_assets.media_plan.pairs import as_pairs
from ml_assets.media_plan.selection import less_luck
from ml_assets.mmm.plan_search import within

__all__ = ["TOTALS", "Advice", "Splits", "weighed", "worthwhile"]

Floats = npt.NDArray[np.float64]
Response = Callable[[Floats], Floats]
"""Plans, shape (m, c), to outcomes of every draw, shape (d, m, c)."""

TOTALS: Final = 200
"""Equal steps between nothing and all that finds a place, at which totals are told."""
_STEPS: Final = 1_000
# Plans whose draws are in memory together.
_AT_ONCE: Final = 200
_EXACT: Final = 1e-9
# What a total may lose where it is kept, in money.
_KEPT: Final = 1e-6
# Share of what the channels bring: a smaller gain is nothing to move money for.
_WORTH_MOVING: Final = 1e-3
_MORE_LIKELY_THAN_NOT: Final = 0.5


@dataclass(frozen=True, eq=False)
class Advice:
    """A plan, shape (c,), and what it brings in every draw, shape (d, c).

    `is_better`: it brings more than the same total split as now, after luck was taken
    off; where not, the plan is that split.
    """

    plan: Floats
    drawn: Floats
    is_better: bool


@dataclass(frozen=True, eq=False)
class Splits:
    """Splits of totals over c channels, each within its limits.

    Parameters
    ----------
    respond
        What plans bring in the whole period, draw by draw.
    now, low, high : ndarray, shape (c,)
        Spend of the period as it is, at least and at most. Money above the sum of
        `high` finds no place; a total below the sum of `low` shrinks all of them alike.
    together
        Channels that nobody tells apart (see `pairs`): a group keeps its split of now.
    """

    respond: Response
    now: Floats
    low: Floats
    high: Floats
    together: Sequence[Sequence[int]] = ()

    @property
    def most(self) -> float:
        """The largest total that finds a place."""
        return float(self.high.sum())

    def drawn(self, plan: Floats) -> Floats:
        """What one plan brings, shape (d, c)."""
        return np.asarray(self.respond(plan[None])[:, 0])

    def advised(self, total: float) -> Advice:
        """The best split of a total; the present one where that is as good."""
        found = self._placed(total, self._searched)
        usual = self._placed(total, lambda at: _as_now(self, at))
        before = self.drawn(usual)
        after = less_luck(self.drawn(found), before)
        extra = (after - before).sum(axis=1)
        is_better = bool(
            extra.mean() > _WORTH_MOVING * before.sum(axis=1).mean()
            and (extra > 0).mean() > _MORE_LIKELY_THAN_NOT
        )
        return Advice(found, after, True) if is_better else Advice(usual, before, False)

    def _placed(self, total: float, split: Callable[[float], Floats]) -> Floats:
        least = float(self.low.sum())
        if total <= least:
            return self.low * (total / least if least else 0.0)
        return self.high.copy() if total >= self.most else split(total)

    def _searched(self, total: float) -> Floats:
        size, split = self._search
        way = (total - float(self.low.sum())) / size
        step = min(int(way), _STEPS - 1)
        between = split[step] + (way - step) * (split[step + 1] - split[step])
        return _in_groups(self, _filled(self.low + between, self.high, total), total)

    @cached_property
    def _search(self) -> tuple[float, Floats]:
        return _every_step(self)


def _as_now(splits: Splits, total: float) -> Floats:
    now = splits.now
    # What is lost there is no change of plan, which would gain a millionth for sure.
    is_now = abs(total - now.sum()) <= _KEPT
    if is_now and (splits.low <= now).all() and (now <= splits.high).all():
        return now
    wish = now if now.any() else np.ones_like(now)
    return within(wish, splits.low, splits.high, total)


def _in_groups(splits: Splits, plan: Floats, total: float) -> Floats:
    if not splits.together:
        return plan
    kept = as_pairs(splits.together, plan[None], splits.now)[0]
    return within(kept, splits.low, splits.high, total)


def weighed(splits: Splits, weights: Floats) -> Splits:
    """The same splits, of which a unit of outcome counts `weights`, shape (d, c)."""
    return replace(
        splits, respond=lambda plans: splits.respond(plans) * weights[:, None, :]
    )


def worthwhile(splits: Splits, rate: float) -> float:
    """The total that leaves most: beyond it one more costs more than it returns.

    Parameters
    ----------
    rate
        What is left of a unit of outcome, in units of spend.
    """
    totals = np.linspace(0.0, splits.most, TOTALS + 1)
    brought = [splits.advised(total).drawn.sum(axis=1).mean() for total in totals]
    return float(totals[np.argmax(rate * np.array(brought) - totals)])


def _filled(plan: Floats, high: Floats, total: float) -> Floats:
    """What is left where limits are no multiple of a step, to whom has most room."""
    for position in np.argsort(plan - high):
        left = max(0.0, total - float(plan.sum()))
        plan[position] += min(left, high[position] - plan[position])
    return np.asarray(plan)


def _every_step(splits: Splits) -> tuple[float, Floats]:
    """Size of a step, and spend above `low` after each: shape (steps + 1, c)."""
    room = splits.high - splits.low
    size = float(room.sum()) / _STEPS
    grid = splits.low + np.arange(_STEPS + 1)[:, None] * size
    parts = np.array_split(grid, -(-len(grid) // _AT_ONCE))
    expected = np.concatenate([splits.respond(part).mean(axis=0) for part in parts])
    steps = (room / size + _EXACT).astype(np.int64)
    curves = [expected[: most + 1, c] for c, most in enumerate(steps)]
    return size, np.asarray(best_splits(curves, _STEPS)[1] * size)
