"""NPS and CSAT with what is left open by how many answered."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.subscriptions.errors import InvalidAccounts, InvalidSetting
from ml_assets.subscriptions.grading import Estimate, Z, share
from ml_assets.subscriptions.reading import Floats, column_of, numbers_of

__all__ = [
    "Nps",
    "Satisfaction",
    "answers_needed",
    "last_answers",
    "net_promoter_score",
    "nps_change",
    "satisfaction",
]

_PROMOTER, _PASSIVE = 9, 7
RELATIONAL_DAYS: Final = 90


@dataclass(frozen=True)
class Nps:
    """``score``: 100 (promoters - detractors) / answers, from -100 to 100."""

    answer_count: int
    promoter_count: int
    detractor_count: int
    score: Estimate


@dataclass(frozen=True)
class Satisfaction:
    """``top_two``: share (0-1) in the top two boxes; ``mean_10``: mean on 0 to 10."""

    answer_count: int
    top_two: Estimate
    mean_10: float


def net_promoter_score(answers: pd.DataFrame) -> Nps:
    """NPS of answers from 0 to 10 in ``score``; 9 and 10 promote, up to 6 detract.

    The variance of a score of -1, 0 and 1 is ``p + d - (p - d)^2``; the interval is 196
    of its root over n to either side, of nobody NaN. Relational surveys count the last
    answer of a person (`last_answers`), transactional ones all.

    References
    ----------
    Reichheld (2003), The one number you need to grow, Harvard Business Review 81.

    Raises
    ------
    InvalidAccounts
        An answer is missing, no whole number, or not from 0 to 10.
    """
    given = _whole(answers, "score", 0, 10)
    count = given.size
    promoters = int((given >= _PROMOTER).sum())
    detractors = int((given < _PASSIVE).sum())
    if not count:
        nothing = float("nan")
        return Nps(0, 0, 0, Estimate(nothing, nothing, nothing))
    half = _half_width(count, promoters, detractors)
    score = 100 * (promoters - detractors) / count
    interval = Estimate(score, max(score - half, -100), min(score + half, 100))
    return Nps(count, promoters, detractors, interval)


def nps_change(now: Nps, before: Nps) -> Estimate:
    """The difference with its interval; while that holds 0 it is no change."""
    change = now.score.value - before.score.value
    half = hypot(
        *(
            _half_width(one.answer_count, one.promoter_count, one.detractor_count)
            for one in (now, before)
        )
    )
    return Estimate(change, change - half, change + half)


def answers_needed(half_width: float, promoters: float, detractors: float) -> int:
    """About how many answers ``score ± half_width`` takes, by these shares (0-1)."""
    variance = promoters + detractors - (promoters - detractors) ** 2
    if half_width <= 0 or variance < 0:
        raise InvalidSetting("a width is above 0, and shares are at most 1 together.")
    return round(variance * (100 * Z / half_width) ** 2)


def last_answers(answers: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The last answer of each person in the 90 days up to ``as_of``.

    Parameters
    ----------
    answers
        ``person_id``, ``answered_at`` and whatever else.
    """
    answered = pd.to_datetime(column_of(answers, "answered_at"))
    since = as_of - pd.Timedelta(days=RELATIONAL_DAYS)
    recent = answers[(answered > since) & (answered <= as_of)]
    return recent.sort_values("answered_at").drop_duplicates("person_id", keep="last")


def satisfaction(answers: pd.DataFrame, *, least: int, most: int) -> Satisfaction:
    """CSAT of answers in ``score`` on a scale from ``least`` to ``most``.

    Raises
    ------
    InvalidAccounts, InvalidSetting
        An answer is off the scale, or the scale has no two ends.
    """
    if not least < most:
        raise InvalidSetting(f"a scale from {least} to {most} has no two ends.")
    given = _whole(answers, "score", least, most)
    mean = float(given.mean()) if given.size else float("nan")
    top = share(int((given >= most - 1).sum()), given.size)
    if most - least == 1:
        # Good and bad: two boxes are all of them.
        top = share(int((given == most).sum()), given.size)
    return Satisfaction(given.size, top, 10 * (mean - least) / (most - least))


def _half_width(count: int, promoters: int, detractors: int) -> float:
    if not count:
        return float("nan")
    p, d = promoters / count, detractors / count
    return 100 * Z * sqrt((p + d - (p - d) ** 2) / count)


def _whole(answers: pd.DataFrame, name: str, least: int, most: int) -> Floats:
    given = numbers_of(answers, name, least=least, most=most, may_lack=False)
    broken = np.flatnonzero(given != np.round(given))
    if broken.size:
        row = int(broken[0])
        raise InvalidAccounts(f"column {name}, row {row}: {given[row]} is not whole.")
    return given
