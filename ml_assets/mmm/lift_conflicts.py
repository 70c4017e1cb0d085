"""Experiments beside what the mix says without them, and beside each other."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.channel_parameters import ChannelParameters
from ml_assets.mmm.fitted_mix import FittedMix
from ml_assets.mmm.lift_tests import Lifts, LiftTest, read_lift_tests
from ml_assets.mmm.media import media

__all__ = ["Conflict", "conflicts_with_each_other", "conflicts_with_mix"]


class Conflict(NamedTuple):
    """A measured lift beside another answer to the same question.

    `expected` is that answer, in the outcome's unit, and `apart` the distance of the
    two in standard errors of their difference, above 0 where more was measured.
    """

    test: LiftTest
    other: LiftTest | None
    expected: float
    apart: float


def conflicts_with_mix(mix: FittedMix, tests: Sequence[LiftTest]) -> list[Conflict]:
    """Each experiment beside a mix that was fitted without any.

    Raises
    ------
    InvalidLiftTest
    """
    lifts = read_lift_tests(tests, mix.series, mix.scale)
    if lifts is None:
        return []
    drawn = mix.scale * _answers(mix, lifts)
    found = []
    for test, answer in zip(tests, drawn.T, strict=True):
        spread = float(np.hypot(test.error, answer.std()))
        expected = float(answer.mean())
        found.append(Conflict(test, None, expected, (test.lift - expected) / spread))
    return found


def conflicts_with_each_other(
    mix: FittedMix, tests: Sequence[LiftTest]
) -> list[Conflict]:
    """Each two experiments of one channel, per unit of what was spent in them.

    The first is what was measured, the second what is expected, at the spend of the
    first: saturation between the two is not taken off.
    """
    found = []
    for one, other in combinations(tests, 2):
        spent, elsewhere = (_spent(mix, test) for test in (one, other))
        if one.channel != other.channel or not (spent and elsewhere):
            continue
        scale = spent / elsewhere
        spread = float(np.hypot(one.error, scale * other.error))
        expected = scale * other.lift
        found.append(Conflict(one, other, expected, (one.lift - expected) / spread))
    return found


def _answers(mix: FittedMix, lifts: Lifts) -> Floats:
    """The mix's own lift of each test, shape (draws, l), in multiples of `scale`."""
    at = ChannelParameters(*(part[:, lifts.channel] for part in mix.at))
    without = media(mix.posterior.kind, at, lifts.without).outcome
    more = mix.media[:, lifts.channel] - without
    return np.asarray(np.einsum("bln,ln->bl", more, lifts.measured))


def _spent(mix: FittedMix, test: LiftTest) -> float:
    dates = mix.series.dates[: mix.series.fitted]
    inside = (dates >= np.datetime64(test.start)) & (dates <= np.datetime64(test.end))
    spend = mix.series.spend[: mix.series.fitted, mix.position(test.channel)]
    return float(spend[inside].sum())
