"""Experiments: what a channel was measured to bring, so that the fit must agree.

A lift test says how much more was sold on some days because a channel was on. The model
has an answer of its own: its outcome with what was spent, less its outcome had the
channel spent nothing on those days; what was spent before is remembered in both. The
measured lift is normal around that answer with the standard error of the experiment.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.channel_parameters import ChannelParameters
from ml_assets.mmm.errors import InvalidLiftTest
from ml_assets.mmm.series import Series, not_fitted
from ml_assets.sentences import Sentence

__all__ = ["LiftTest", "Lifts", "read_lift_tests"]


@dataclass(frozen=True)
class LiftTest:
    """What `channel` brought from `start` to `end`, both included, and its error.

    `lift` and `error`, the standard error, are of the outcome of all these days
    together, in the unit of the table.
    """

    channel: str
    start: dt.date
    end: dt.date
    lift: float
    error: float


class Lifts(NamedTuple):
    """Lift tests as arrays, in multiples of the mean outcome.

    The channel's position, shape (l,); 1 in the periods measured and 0 elsewhere,
    (l, n); spend of the channel had it been off in these periods, (l, n); lift and
    error, (l,).
    """

    channel: npt.NDArray[np.int64]
    measured: Floats
    without: Floats
    lift: Floats
    error: Floats

    def beside(self, at: ChannelParameters) -> ChannelParameters:
        """Parameters of all channels, then those of the channel of each lift test."""
        return ChannelParameters(
            *(np.concatenate([part, part[:, self.channel]], axis=1) for part in at)
        )

    def distance(self, outcome: Floats) -> Floats:
        """(model - measured) / error, shape (b, l); outcome as of `beside`."""
        channels = outcome.shape[1] - self.channel.size
        more = outcome[:, self.channel] - outcome[:, channels:]
        return np.asarray(
            (np.einsum("bln,ln->bl", more, self.measured) - self.lift) / self.error
        )

    def add_backwards(self, distance: Floats, by_outcome: Floats) -> None:
        """Add the derivative of half the squared distances by `beside`'s outcome."""
        weighted = (distance / self.error)[..., None] * self.measured
        channels = by_outcome.shape[1] - self.channel.size
        for test, channel in enumerate(self.channel):
            by_outcome[:, channel] += weighted[:, test]
            by_outcome[:, channels + test] -= weighted[:, test]

    def folded(self, rows: Floats) -> Floats:
        """Derivatives by each channel, (b, c, per), of those by `beside`'s columns."""
        channels = rows.shape[1] - self.channel.size
        found = rows[:, :channels].copy()
        for test, channel in enumerate(self.channel):
            found[:, channel] += rows[:, channels + test]
        return found


def read_lift_tests(
    tests: Sequence[LiftTest], series: Series, scale: float
) -> Lifts | None:
    """Check lift tests against the series; None without any.

    Raises
    ------
    InvalidLiftTest
        Saying which test and why.
    """
    if not tests:
        return None
    dates = series.dates[: series.fitted]
    masks, without, positions = [], [], []
    for test in tests:
        measured = _measured(test, series, dates)
        position = series.channels.index(test.channel)
        spend = series.spend[: series.fitted, position] / series.typical[position]
        masks.append(measured.astype(np.float64))
        without.append(np.where(measured, 0.0, spend))
        positions.append(position)
    return Lifts(
        np.array(positions),
        np.stack(masks),
        np.stack(without),
        np.array([test.lift / scale for test in tests]),
        np.array([test.error / scale for test in tests]),
    )


def _measured(
    test: LiftTest, series: Series, dates: npt.NDArray[np.datetime64]
) -> npt.NDArray[np.bool_]:
    """Which fitted periods lie in the test, from its first day to its last."""
    name = Sentence(
        "lift_tests.name",
        "lift test of {channel} from {start} to {end}",
        channel=test.channel,
        start=test.start,
        end=test.end,
    )
    if test.channel not in series.channels:
        why = not_fitted(test.channel, series.status.get(test.channel))
        raise InvalidLiftTest(
            Sentence("lift_tests.no_channel", "{test}: {why}", test=name, why=why)
        )
    if not (np.isfinite(test.lift) and np.isfinite(test.error) and test.error > 0):
        raise InvalidLiftTest(
            f"{name}: a lift of {test.lift} with an error of {test.error}; both must "
            "be numbers, the error above 0"
        )
    last = dates + np.timedelta64(series.period_days - 1, "D")
    start, end = np.datetime64(test.start, "D"), np.datetime64(test.end, "D")
    measured = np.asarray((dates >= start) & (last <= end))
    if not measured.any() or start < dates[0] or end > last[-1]:
        raise InvalidLiftTest(
            Sentence(
                "lift_tests.outside",
                "{test}: it must lie within {first} to {last} and hold at least one "
                "whole period of {days} days",
                test=name,
                first=dates[0].item(),
                last=last[-1].item(),
                days=series.period_days,
            )
        )
    position = series.channels.index(test.channel)
    if not series.spend[: series.fitted, position][measured].any():
        raise InvalidLiftTest(
            Sentence(
                "lift_tests.no_spend",
                "{test}: nothing was spent on these days",
                test=name,
            )
        )
    return measured
