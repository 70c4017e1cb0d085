"""Which channels cannot be told apart, and what would tell them apart.

Two channels whose contributions are traded against each other in the draws (a strong
negative correlation), or whose spend hardly ever differs, are known only together. What
an experiment would teach is computed before it is run: the draws say how differently
each of them expects it to end, and how much of the doubt that difference would settle.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.fitted_mix import FittedMix
from ml_assets.sentences import Sentence

__all__ = ["Advice", "advise", "inseparable", "separable_pairs"]

_TRADED: Final = -0.4
_TOGETHER: Final = 0.95
_DOUBTFUL: Final = 0.25
_SHARES: Final = (0.3, 0.5, 1.0)
_TURNS: Final = (2, 4)
_WEEKS: Final = (8, 16, 24)
_BIN_DAYS: Final = 14
_SETTLE_DAYS: Final = 182
_HALVED: Final = 0.5
_HARDLY: Final = 0.95


@dataclass(frozen=True)
class Advice:
    """How to learn what a channel brings: up and down by `share` in turns of weeks.

    `doubt` is the standard deviation of the channel's outcome at its current spend, as
    a share of it, and `doubt_after` what is expected to be left after `weeks`.
    """

    channel: str
    share: float
    turn_weeks: int
    weeks: int
    doubt: float
    doubt_after: float

    @property
    def sentence(self) -> Sentence:
        """What to do, in words."""
        if self.doubt_after > _HARDLY * self.doubt:
            return Sentence(
                "advice.nothing",
                "No variation of {channel} is expected to teach much: spend is low, "
                "sales are too noisy, or its memory is too long.",
                channel=self.channel,
            )
        return Sentence(
            "advice.vary",
            "Vary {channel} by {share:.0%} up and down, {turn} weeks each, for {weeks} "
            "weeks: the doubt about what it brings is expected to fall from "
            "{doubt:.0%} to {left:.0%}.",
            channel=self.channel,
            share=self.share,
            turn=self.turn_weeks,
            weeks=self.weeks,
            doubt=self.doubt,
            left=self.doubt_after,
        )


def separable_pairs(mix: FittedMix) -> pd.DataFrame:
    """A row per pair of channels.

    Returns
    -------
    DataFrame
        `channel`, `other`, `correlation` of their contributions over the draws,
        `correlation_of_spend` over time, `is_separable`, `sentence`.
    """
    brought = mix.media.sum(axis=2)
    doubt = brought.std(axis=0) / np.maximum(brought.mean(axis=0), 1e-12)
    between = _correlations(brought)
    together = _correlations(mix.series.spend[: mix.series.fitted])
    rows = []
    for one, other in zip(*np.triu_indices(doubt.size, k=1), strict=True):
        names = mix.channel_names[one], mix.channel_names[other]
        alike = between[one, other] < _TRADED or together[one, other] > _TOGETHER
        apart = not (alike and max(doubt[one], doubt[other]) > _DOUBTFUL)
        sentence = f"{names[0]} and {names[1]} can be told apart."
        if not apart:
            sentence = inseparable(*names, together[one, other])
        correlations = float(between[one, other]), float(together[one, other])
        rows.append((*names, *correlations, apart, sentence))
    columns = ["channel", "other", "correlation", "correlation_of_spend"]
    table = pd.DataFrame(rows, columns=[*columns, "is_separable", "sentence"])
    return table.astype({"is_separable": bool, "correlation": float})


def inseparable(one: str, other: str, correlation_of_spend: float) -> Sentence:
    """What is said of two channels that are known only together."""
    return Sentence(
        "distinct_channels.pair",
        "{one} and {other} cannot be told apart (correlation of spend "
        "{correlation:.2f}): read their sum, and vary one.",
        one=one,
        other=other,
        correlation=correlation_of_spend,
    )


def advise(mix: FittedMix, channel: str) -> Advice:
    """The smallest and shortest variation that is expected to halve a channel's doubt.

    Where none does, the one that is expected to teach most.
    """
    position = mix.position(channel)
    now, _ = mix.steady_at(mix.current_spend)
    brought = now[:, position]
    doubt = float(brought.std() / max(brought.mean(), 1e-12))
    found = Advice(channel, 0.0, 0, 0, doubt, doubt)
    for share, weeks, turn in product(_SHARES, _WEEKS, _TURNS):
        left = doubt * _left(mix, brought, _seen(mix, position, share, turn, weeks))
        if left < found.doubt_after:
            found = Advice(channel, share, turn, weeks, doubt, left)
        if left <= _HALVED * doubt:
            break
    return found


def _correlations(values: Floats) -> Floats:
    """Between columns."""
    centred = values - values.mean(axis=0)
    scaled = centred / np.maximum(np.sqrt((centred**2).sum(axis=0)), 1e-300)
    return np.asarray(scaled.T @ scaled)


def _seen(mix: FittedMix, position: int, share: float, turn: int, weeks: int) -> Floats:
    """What the experiment would show, in bins of two weeks, shape (draws, bins).

    Level and trend of the bins are taken out: the baseline would take them.
    """
    step = mix.series.period_days
    settle, periods = _SETTLE_DAYS // step, weeks * 7 // step
    up = np.arange(periods) * step // (7 * turn) % 2 == 0
    change = np.concatenate([np.ones(settle), np.where(up, 1 + share, 1 - share)])
    spend = (mix.current_spend / mix.series.typical) * np.ones((change.size, 1))
    spend[:, position] *= change
    brought = mix.posterior.media(mix.draws.points, spend)[:, position, settle:]
    bins = brought.reshape(len(brought), -1, _BIN_DAYS // step).mean(axis=2)
    line = np.vander(np.linspace(-1, 1, bins.shape[1]), 2)
    return np.asarray(bins - bins @ line @ np.linalg.pinv(line))


def _left(mix: FittedMix, brought: Floats, seen: Floats) -> float:
    """Share of the doubt, as standard deviation, that is left after the experiment.

    Linear Bayes (Goldstein & Wooff 2007, Bayes Linear Statistics), with the noise of as
    many periods in each bin.
    """
    lasting = (mix.draws.noise / (1 - mix.draws.follows)) ** 2
    noise = float(lasting.mean()) * mix.series.period_days / _BIN_DAYS
    centred, wanted = seen - seen.mean(axis=0), brought - brought.mean()
    covariance = centred.T @ centred / len(seen) + noise * np.eye(seen.shape[1])
    shared = centred.T @ wanted / len(seen)
    learned = shared @ np.linalg.solve(covariance, shared)
    return float(np.sqrt(max(0.0, 1 - learned / max(float(wanted.var()), 1e-300))))
