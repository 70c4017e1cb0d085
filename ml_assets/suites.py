"""What must hold of rows before they are published, checked by Great Expectations.

A suite is the same for each row of its table: keys are there and told once, money has a
currency, shares lie in [0, 1], intervals end after they begin. Faults of these are the
model's and never the data's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from ml_assets.expectations import broken, expectations

__all__ = ["SUITES", "Suite", "broken_promises"]

# Cents, and the last digits of a float, are no fault.
_ROUNDING: Final = 1e-6
_CURRENCY: Final = r"^[A-Z]{3}$"


@dataclass(frozen=True)
class Suite:
    """Promises of one table.

    Parameters
    ----------
    key
        Columns that name a row, within a company and outcome.
    shares
        In [0, 1]; missing is allowed.
    not_negative
        0 or more, and there.
    intervals
        Columns with `_lower` and `_upper` beside them, which hold the value between
        them; an interval that is missing holds.
    ends
        The same, of which only the ends are in order: a mean of skewed draws, as of
        the last carry-over of a day, and a count beside resampled ones may lie outside.
    """

    key: tuple[str, ...]
    shares: tuple[str, ...] = ()
    not_negative: tuple[str, ...] = ()
    intervals: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    has_currency: bool = True


SUITES: Final = {
    "marketing_curves": Suite(
        key=("channel_id",),
        shares=("decay",),
        # A channel without cost has no spend to tell.
        intervals=("current_roi", "contribution"),
    ),
    "marketing_contributions": Suite(
        key=("calendar_date", "component"),
        ends=("contribution",),
        has_currency=False,
    ),
    "budget_grid": Suite(
        key=("horizon_days", "total_budget", "channel_id"),
        not_negative=("total_budget", "recommended_spend"),
        ends=("expected", "total_expected"),
    ),
    "budget_scenarios": Suite(
        key=("scenario",),
        shares=("probability_better",),
        not_negative=("current_spend", "projected_spend"),
        intervals=("gain",),
    ),
    "channel_attributions": Suite(
        key=("method", "channel_id"),
        shares=("share", "share_lower", "share_upper"),
        not_negative=("conversions", "value"),
        ends=("conversions", "value", "share"),
    ),
}


def broken_promises(table: str, rows: pd.DataFrame) -> list[str]:
    """What the rows of a table break, in words; empty when nothing.

    No rows break nothing.
    """
    if rows.empty:
        return []
    suite = SUITES[table]
    results = broken(_as_numbers(suite, rows), list(_asked(suite)))
    return [_breach(table, result) for result in results]


def _asked(suite: Suite) -> Iterator[Any]:
    expect = expectations()
    filled = (*suite.key, *suite.not_negative, *suite.ends)
    for column in dict.fromkeys((*filled, *_of_currency(suite))):
        yield expect.ExpectColumnValuesToNotBeNull(column=column)
    if len(suite.key) == 1:
        yield expect.ExpectColumnValuesToBeUnique(column=suite.key[0])
    else:
        yield expect.ExpectCompoundColumnsToBeUnique(column_list=list(suite.key))
    for columns, highest in ((suite.shares, 1 + _ROUNDING), (suite.not_negative, None)):
        for column in columns:
            yield expect.ExpectColumnValuesToBeBetween(
                column=column, min_value=-_ROUNDING, max_value=highest
            )
    for column in _of_currency(suite):
        yield expect.ExpectColumnValuesToMatchRegex(column=column, regex=_CURRENCY)
    for larger, smaller in _pairs(suite):
        yield expect.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=larger,
            column_B=smaller,
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        )


def _of_currency(suite: Suite) -> tuple[str, ...]:
    return ("currency_code",) if suite.has_currency else ()


def _pairs(suite: Suite) -> list[tuple[str, str]]:
    """Columns of which the first is nowhere below the second."""
    around = [(name, f"{name}_lower") for name in suite.intervals]
    around += [(f"{name}_upper", name) for name in suite.intervals]
    return around + [(f"{name}_upper", f"{name}_lower") for name in suite.ends]


def _as_numbers(suite: Suite, rows: pd.DataFrame) -> pd.DataFrame:
    """The columns that are checked, money as floats, ends widened by the rounding."""
    pairs = _pairs(suite)
    upper = {larger for larger, _ in pairs if larger.endswith("_upper")}
    lower = {smaller for _, smaller in pairs if smaller.endswith("_lower")}
    named = {*suite.shares, *suite.not_negative, *suite.intervals, *suite.ends}
    named |= upper | lower
    numbers = rows[sorted(named - set(suite.key))].astype("float64")
    for column in upper - set(suite.shares):
        numbers[column] += _ROUNDING * (1 + numbers[column].abs())
    for column in lower - set(suite.shares):
        numbers[column] -= _ROUNDING * (1 + numbers[column].abs())
    texts = [*suite.key, *_of_currency(suite)]
    return pd.concat([rows[texts], numbers], axis="columns")


def _breach(table: str, result: Any) -> str:
    config = result.expectation_config
    names = [config.kwargs.get(key) for key in ("column", "column_A", "column_B")]
    columns = [str(name) for name in names if name] or config.kwargs["column_list"]
    rule = config.type.removeprefix("expect_").removeprefix("column_")
    count = int(result.result.get("unexpected_count") or 0)
    return f"{table}, {' and '.join(columns)} {rule.replace('_', ' ')}: {count} rows"
