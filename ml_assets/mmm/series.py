"""The table a media mix is fitted to, checked and scaled."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.errors import InvalidSeries, NothingToFit, TooShortHistory
from ml_assets.sentences import Sentence, quoted

__all__ = [
    "CHANNEL_STATUSES",
    "Future",
    "Series",
    "not_fitted",
    "read_future",
    "read_series",
]

# Names of components that are no column of the table.
RESERVED: Final = ("baseline", "trend", "season", "weekday")
CHANNEL_STATUSES: Final = ("fitted", "never_used", "used_too_rarely", "constant")
# A year in whole weeks.
_SHORTEST_DAYS: Final = 364
_FEWEST_PERIODS: Final = 8
_PERIODS: Final = (1, 7)
_CONSTANT: Final = 1e-3
# Of the periods: refunds of what was sold before may be more than is sold in a few.
_REFUNDS: Final = 0.05
_BELOW_0: Final = Sentence("series.below_0", "is below 0")
_NO_DATE: Final = Sentence("series.no_date", "is not a date")
_NO_NUMBER: Final = Sentence("series.no_number", "is not a number")


@dataclass(frozen=True, eq=False)
class Series:
    """One company's periods; `fitted` of them are fitted to, the rest only predicted.

    `spend` has a column per channel of `channels` with the status "fitted"; `typical`
    is its mean where it is not zero, in the currency per period.
    """

    date: str
    dates: npt.NDArray[np.datetime64]
    period_days: int
    fitted: int
    outcome: Floats
    spend: Floats
    typical: Floats
    controls: dict[str, Floats]
    status: dict[str, str]

    @property
    def channels(self) -> list[str]:
        """Names of the fitted channels, in the order of the columns of `spend`."""
        return [name for name, status in self.status.items() if status == "fitted"]


class Future(NamedTuple):
    """Periods that follow: dates, shape (n,), spend, (n, c), controls, (n,) each."""

    dates: npt.NDArray[np.datetime64]
    spend: Floats
    controls: dict[str, Floats]


def read_series(  # noqa: PLR0913  (which column is what)
    frame: pd.DataFrame,
    *,
    date: str,
    outcome: str,
    channels: Sequence[str],
    controls: Sequence[str],
    fitted_until: dt.date | None,
) -> Series:
    """Check a table and take it apart.

    Raises
    ------
    InvalidSeries
        Naming the column and the first row that cannot be used.
    TooShortHistory
        Less than 52 weeks.
    NothingToFit
        No channel has spend that moves.
    """
    if not channels:
        raise NothingToFit("no channel was named: which columns are spend?")
    named = [date, outcome, *channels, *controls]
    _require(frame, named)
    _distinct(named)
    dates, period = _dates(frame, date)
    values = {name: _numbers(frame, name) for name in (outcome, *channels, *controls)}
    _refuse_below_0(frame, values, outcome, channels)
    fitted = dates.size
    if fitted_until is not None:
        fitted = int((dates <= np.datetime64(fitted_until, "D")).sum())
    _require_history(fitted * period)
    if values[outcome][:fitted].sum() <= 0:
        raise InvalidSeries(
            Sentence(
                "series.nothing_sold",
                "column {column} is 0 throughout: nothing was sold",
                column=outcome,
            )
        )
    status = {name: _status(values[name][:fitted]) for name in channels}
    used = [name for name in channels if status[name] == "fitted"]
    if not used:
        raise NothingToFit(_nothing_moves(status))
    spend = np.column_stack([values[name] for name in used])
    known = spend[:fitted]
    return Series(
        date=date,
        dates=dates,
        period_days=period,
        fitted=fitted,
        outcome=values[outcome],
        spend=spend,
        typical=known.sum(axis=0) / (known > 0).sum(axis=0),
        controls={name: values[name] for name in controls},
        status=status,
    )


def _refuse_below_0(
    frame: pd.DataFrame,
    values: Mapping[str, Floats],
    outcome: str,
    channels: Sequence[str],
) -> None:
    """Spend is never below 0; an outcome may be, in a few periods of refunds."""
    for name in (outcome, *channels):
        below = values[name] < 0
        is_refund = below.mean() <= _REFUNDS and values[name].sum() >= 0
        if name != outcome or not is_refund:
            _refuse(below, frame, name, _BELOW_0)


def read_future(frame: pd.DataFrame, series: Series) -> Future:
    """Check rows that follow the fitted ones: a date, planned spend, controls.

    Raises
    ------
    InvalidSeries
        Naming the column and the first row that cannot be used.
    """
    used = series.channels
    _require(frame, [series.date, *used, *series.controls])
    if not len(frame):
        raise InvalidSeries("the table of what follows has no rows")
    moments = pd.to_datetime(frame[series.date], errors="coerce")
    _refuse(moments.isna().to_numpy(), frame, series.date, _NO_DATE)
    dates = moments.to_numpy().astype("datetime64[D]")
    last, step = series.dates[series.fitted - 1], series.period_days
    follows = last + step * np.arange(1, dates.size + 1)
    _refuse(
        dates != follows,
        frame,
        series.date,
        f"does not follow: rows must come every {step} days after {last}, the last "
        "fitted date",
    )
    spend = {name: _numbers(frame, name) for name in used}
    for name, values in spend.items():
        _refuse(values < 0, frame, name, _BELOW_0)
    return Future(
        dates,
        np.column_stack(list(spend.values())),
        {name: _numbers(frame, name) for name in series.controls},
    )


def _require(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    for column in columns:
        if column not in frame:
            raise InvalidSeries(
                f"column {column} is missing: the table has "
                f"{', '.join(map(str, frame.columns))}"
            )


def _distinct(columns: list[str]) -> None:
    taken = set(RESERVED)
    for column in columns:
        if column in taken:
            raise InvalidSeries(
                f"column {column} is named twice, or like a component of the "
                f"baseline ({', '.join(RESERVED)}): rename it"
            )
        taken.add(column)


def _status(spend: Floats) -> str:
    if not spend.any():
        return "never_used"
    if (spend > 0).sum() < _FEWEST_PERIODS:
        return "used_too_rarely"
    return "constant" if spend.std() < _CONSTANT * spend.mean() else "fitted"


def _require_history(days: int) -> None:
    if days < _SHORTEST_DAYS:
        raise TooShortHistory(
            Sentence(
                "mix_converged.short_history",
                "{days} days of history: below {least} a season cannot be told from "
                "advertising. Load older days, or wait.",
                days=days,
                least=_SHORTEST_DAYS,
            )
        )


def _nothing_moves(status: Mapping[str, str]) -> Sentence:
    return Sentence(
        "mix_converged.nothing_moves",
        "no channel has spend that moves: {channels:, }",
        channels=[not_fitted(name, why) for name, why in status.items()],
    )


def not_fitted(channel: str, status: str | None) -> Sentence:
    """Why a channel has no curve, by its status; None is that of an unknown one."""
    words = {
        None: Sentence("mix_converged.no_channel", "not a channel of this mix"),
        "never_used": Sentence("mix_converged.never_used", "never_used"),
        "used_too_rarely": Sentence("mix_converged.used_too_rarely", "used_too_rarely"),
        "constant": Sentence("mix_converged.constant", "constant"),
    }
    return Sentence(
        "mix_converged.channel",
        "{channel} is {status}",
        channel=channel,
        status=words[status],
    )


def _dates(frame: pd.DataFrame, column: str) -> tuple[npt.NDArray[np.datetime64], int]:
    moments = pd.to_datetime(frame[column], errors="coerce")
    _refuse(moments.isna().to_numpy(), frame, column, _NO_DATE)
    dates = moments.to_numpy().astype("datetime64[D]")
    steps = np.diff(dates).astype(np.int64)
    if not steps.size or steps[0] not in _PERIODS:
        raise InvalidSeries(
            f"column {column}: rows must be one day or one week apart, the first two "
            f"are {steps[0] if steps.size else 0} days apart"
        )
    uneven = np.concatenate([[False], steps != steps[0]])
    _refuse(
        uneven,
        frame,
        column,
        f"does not follow {steps[0]} days after the row before. Sort the table; a "
        "period in which nothing was sold or spent is a row of 0, one whose numbers "
        "are lost is not: begin the table after it",
    )
    return dates, int(steps[0])


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    numbers = pd.to_numeric(frame[column], errors="coerce").to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    _refuse(~np.isfinite(numbers), frame, column, _NO_NUMBER)
    return np.asarray(numbers)


def _refuse(
    bad: npt.NDArray[np.bool_], frame: pd.DataFrame, column: str, rule: str
) -> None:
    if not bad.any():
        return
    row = int(np.flatnonzero(bad)[0])
    raise InvalidSeries(
        Sentence(
            "series.refused",
            "column {column}, row {row}: {value} {rule} ({bad} of {rows} rows)",
            column=column,
            row=row,
            value=quoted(frame[column].tolist()[row]),
            rule=rule,
            bad=int(bad.sum()),
            rows=bad.size,
        )
    )
