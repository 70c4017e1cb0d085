"""What moved an account's score since it was scored before, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.sentences import Sentence
from ml_assets.subscriptions.components import COMPONENTS
from ml_assets.subscriptions.health import WEIGHTS, matrix_of, weights_of
from ml_assets.subscriptions.reading import Floats

__all__ = ["COVERAGE", "component_name", "health_moves"]

COVERAGE: Final = "known"
"""Column of what the score moved because other components are known than before."""

# Less than this of 100 is no news.
_LEAST_MOVE = 0.5

_NAMES: Final = {
    "usage_intensity": Sentence("health.usage_intensity", "Use"),
    "feature_adoption": Sentence("health.feature_adoption", "Feature adoption"),
    "support_interactions": Sentence("health.support_interactions", "Support"),
    "payment_history": Sentence("health.payment_history", "Payments"),
    "engagement_level": Sentence("health.engagement_level", "Engagement"),
}


def component_name(component: str) -> Sentence:
    """What people call one of the components."""
    return _NAMES[component]


def health_moves(
    now: pd.DataFrame, before: pd.DataFrame, weights: Mapping[str, float] = WEIGHTS
) -> pd.DataFrame:
    """What each component added to the change of the score.

    Components known on both days are compared with their weights among themselves:
    ``w (p - p_before) / sum w``. What is left of the change comes from components that
    are known on one day only, so that all columns add up to it exactly.

    Parameters
    ----------
    now, before
        As `health` returns them, indexed by account, one row each.

    Returns
    -------
    pandas.DataFrame
        Index of ``now``: ``change`` (points of the score; NaN where one of the days
        has none), the components (NaN unless known on both days), `COVERAGE`, and
        ``words``: a list of sentences, what moved most first, of 0.5 points or more.
    """
    weight = weights_of(weights)
    before = before.reindex(now.index)
    new, old = matrix_of(now), matrix_of(before)
    is_common = ~np.isnan(new) & ~np.isnan(old)
    common = is_common @ weight
    share = (
        np.where(is_common, weight, 0) / np.where(common > 0, common, np.nan)[:, None]
    )
    moved = np.where(is_common, share * np.nan_to_num(new - old), np.nan)
    change = now["score"].to_numpy(np.float64) - before["score"].to_numpy(np.float64)
    moves = pd.DataFrame(moved, index=now.index, columns=list(COMPONENTS))
    rest = np.round(change - np.nansum(moved, axis=1), 9)
    return moves.assign(
        **{"change": change, COVERAGE: rest, "words": _words(new, old, moved, rest)}
    )


def _words(
    new: Floats, old: Floats, moved: Floats, rest: Floats
) -> list[list[Sentence]]:
    return [
        [Sentence("health.first", "There is no score before to hold it against.")]
        if np.isnan(rest[row])
        else _explanations(new[row], old[row], moved[row], float(rest[row]))
        for row in range(len(new))
    ]


def _explanations(
    new: Floats, old: Floats, moved: Floats, rest: float
) -> list[Sentence]:
    told = [
        (abs(moved[at]), _moved(_NAMES[name], old[at], new[at], moved[at]))
        for at, name in enumerate(COMPONENTS)
        if abs(moved[at]) >= _LEAST_MOVE
    ]
    if abs(rest) >= _LEAST_MOVE:
        told.append((abs(rest), _other(new, old, rest)))
    told.sort(key=lambda one: -one[0])
    return [sentence for _, sentence in told]


def _moved(name: Sentence, old: float, new: float, points: float) -> Sentence:
    values = {"name": name, "old": old, "new": new, "points": abs(points)}
    if points > 0:
        return Sentence(
            "health.rose",
            "{name} rose from {old:.0f} to {new:.0f} of 100: {points:.1f} points more.",
            **values,
        )
    return Sentence(
        "health.fell",
        "{name} fell from {old:.0f} to {new:.0f} of 100: {points:.1f} points less.",
        **values,
    )


def _other(new: Floats, old: Floats, points: float) -> Sentence:
    came = [
        _NAMES[name]
        for at, name in enumerate(COMPONENTS)
        if np.isnan(old[at]) != np.isnan(new[at])
    ]
    return Sentence(
        "health.known",
        "Of {names:, } is known what was not, or the other way round: {points:+.1f} "
        "points without anything having changed there.",
        names=came,
        points=points,
    )
