"""Gate: every prediction lies in its range, checked by Great Expectations."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ml_assets.clv.gates import GateResult
from ml_assets.clv.histories import Floats
from ml_assets.expectations import broken, expectations
from ml_assets.sentences import Sentence

__all__ = ["probabilities_in_range"]

_PROBABILITIES: Final = ("probability_alive", "probability_no_purchase_90d")
# What a company without a model of its own does not have.
_OF_A_MODEL: Final = ("probability_alive",)
_AMOUNTS: Final = (
    "expected_orders_30d",
    "expected_orders_90d",
    "expected_orders_365d",
    "expected_order_value",
    "predicted_value_12m",
)
_INTERVALS: Final = (
    "probability_no_purchase_90d",
    "expected_orders_30d",
    "expected_orders_90d",
    "expected_orders_365d",
    "predicted_value_12m",
)
_RISING: Final = (
    ("expected_orders_90d", "expected_orders_30d"),
    ("expected_orders_365d", "expected_orders_90d"),
)
# The first is nowhere below the second.
_PAIRS: Final = (
    *_RISING,
    *((name, f"{name}_lower") for name in _INTERVALS),
    *((f"{name}_upper", name) for name in _INTERVALS),
)
# Above any company's revenue, below what numeric(18,2) can hold; catches infinity.
_LARGEST_AMOUNT: Final = 1e15
_ROUNDING: Final = 1e-9


def probabilities_in_range(predictions: pd.DataFrame) -> GateResult:
    """Block unless probabilities are in [0, 1] and expectations finite and >= 0.

    Also: no value is missing, each customer appears once, and a longer horizon
    never expects fewer orders, and what is expected lies within its interval. Observed
    is the number of values that fail.
    """
    failures = _failures(predictions)
    observed = float(sum(count for _, count in failures))
    if not failures:
        message = Sentence(
            "probabilities_in_range.passed",
            "All predictions of {customers} customers are in range.",
            customers=len(predictions),
        )
        return GateResult("probabilities_in_range", "passed", 0.0, 0.0, message)
    listed = [
        Sentence(
            "probabilities_in_range.rule",
            "{rule}: {count} values",
            rule=rule,
            count=count,
        )
        for rule, count in failures
    ]
    message = Sentence(
        "probabilities_in_range.blocked",
        "{values:.0f} values out of range, none is allowed ({listed:; }). This is a "
        "fault of the model, not of the data: report it with the fit's parameters.",
        values=observed,
        listed=listed,
    )
    return GateResult("probabilities_in_range", "blocked", observed, 0.0, message)


def _failures(predictions: pd.DataFrame) -> list[tuple[str, int]]:
    """(what failed, how many values) for each broken expectation."""

    def table(rows: npt.NDArray[np.intp] | slice) -> pd.DataFrame:
        return pd.DataFrame({name: column[rows] for name, column in columns.items()})

    columns = _checked(predictions)
    asked = _asked(has_model=bool((predictions["status"] == "fitted").any()))
    failures: list[tuple[str, int]] = []
    # Where the worst row keeps an expectation all do; how many break it is told by all.
    if not broken(table(_worst(columns)), asked):
        return failures
    for result in broken(table(slice(None)), asked):
        config = result.expectation_config
        names = [config.kwargs.get(key) for key in ("column", "column_A", "column_B")]
        told = " and ".join(str(name) for name in names if name)
        rule = config.type.removeprefix("expect_column_").replace("_", " ")
        count = int(result.result.get("unexpected_count", len(predictions)))
        failures.append((f"{told} {rule}", count))
    return failures


def _asked(*, has_model: bool) -> list[Any]:
    expect = expectations()
    return [
        expect.ExpectColumnValuesToBeUnique(column="customer_id"),
        *(
            expect.ExpectColumnValuesToNotBeNull(column=column)
            for column in ("customer_id", *_PROBABILITIES, *_AMOUNTS)
            if has_model or column not in _OF_A_MODEL
        ),
        *(
            expect.ExpectColumnValuesToBeBetween(
                column=column, min_value=0, max_value=highest
            )
            for columns, highest in ((_PROBABILITIES, 1), (_AMOUNTS, _LARGEST_AMOUNT))
            for column in columns
        ),
        *(
            expect.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=larger, column_B=smaller, or_equal=True
            )
            for larger, smaller in _PAIRS
        ),
    ]


def _checked(predictions: pd.DataFrame) -> dict[str, npt.NDArray[Any]]:
    """The checked columns, money as floats: ranges need no cents."""
    ends = [f"{name}_{end}" for name in _INTERVALS for end in ("lower", "upper")]
    columns: dict[str, npt.NDArray[Any]] = {
        name: _floats(predictions[name]) for name in (*_PROBABILITIES, *_AMOUNTS, *ends)
    }
    # Horizons beyond a customer's lifetime expect the same orders but for rounding.
    for step, (_, shorter) in enumerate(reversed(_RISING), start=1):
        for name in (shorter, f"{shorter}_lower"):
            columns[name] = columns[name] * (1 - step * _ROUNDING)
    return columns | {"customer_id": predictions["customer_id"].to_numpy(dtype=object)}


def _floats(column: "pd.Series[Any]") -> Floats:
    """As float64; Decimals of Arrow without one of Python for each."""
    if isinstance(column.dtype, pd.ArrowDtype):
        found = pa.array(column).cast(pa.float64()).to_numpy(zero_copy_only=False)
        return np.asarray(found, dtype=np.float64)
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _worst(columns: dict[str, npt.NDArray[Any]]) -> npt.NDArray[np.intp]:
    """Rows of which one breaks an expectation if any row does."""
    rows = _unclear(pd.Series(columns["customer_id"]))
    for name, values in columns.items():
        if name != "customer_id":
            rows += _ends(values)
    for larger, smaller in _PAIRS:
        above, below = columns[larger], columns[smaller]
        one_alone = np.isnan(above) != np.isnan(below)
        rows += [*_ends(above - below), *np.flatnonzero(one_alone)[:1].tolist()]
    return np.unique(np.array(rows, dtype=np.intp))


def _ends(values: Floats) -> list[int]:
    """Where the smallest and the largest are, and one that is missing."""
    missing = np.isnan(values)
    rows = [int(row) for row in np.flatnonzero(missing)[:1]]
    if missing.all():
        return rows
    return [*rows, int(np.nanargmin(values)), int(np.nanargmax(values))]


def _unclear(customers: "pd.Series[Any]") -> list[int]:
    """A row without a customer, and two rows of one, where there are such."""
    nobody = np.flatnonzero(customers.isna())[:1]
    again = np.flatnonzero(customers.duplicated())[:1]
    first = np.flatnonzero(customers.isin(customers.iloc[again]))[: again.size]
    return [int(row) for row in (*nobody, *again, *first)]
