"""Gate: every prediction lies in its range; Great Expectations tells what does not.

Whether all of a million rows keep the rules is looked for by column, in a tenth of a
second; the library, which takes seconds to import, is asked where one does not.
"""

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
_HIGHEST: Final = {
    **dict.fromkeys(_PROBABILITIES, 1.0),
    **dict.fromkeys(_AMOUNTS, _LARGEST_AMOUNT),
}
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
    columns = _checked(predictions)
    has_model = bool((predictions["status"] == "fitted").any())
    if _all_kept(columns, has_model=has_model):
        return []
    failures: list[tuple[str, int]] = []
    for result in broken(pd.DataFrame(columns), _asked(has_model=has_model)):
        config = result.expectation_config
        names = [config.kwargs.get(key) for key in ("column", "column_A", "column_B")]
        told = " and ".join(str(name) for name in names if name)
        rule = config.type.removeprefix("expect_column_").replace("_", " ")
        count = int(result.result.get("unexpected_count", len(predictions)))
        failures.append((f"{told} {rule}", count))
    return failures


def _never_missing(*, has_model: bool) -> list[str]:
    named = (*_PROBABILITIES, *_AMOUNTS)
    return [name for name in named if has_model or name not in _OF_A_MODEL]


def _all_kept(columns: dict[str, npt.NDArray[Any]], *, has_model: bool) -> bool:
    """Whether no row breaks any of what is `_asked`; missing numbers are NaN."""
    customers = pd.Series(columns["customer_id"])
    if customers.isna().any() or customers.duplicated().any():
        return False
    if any(
        np.isnan(columns[name]).any() for name in _never_missing(has_model=has_model)
    ):
        return False
    for name, highest in _HIGHEST.items():
        if ((columns[name] < 0) | (columns[name] > highest)).any():
            return False
    for larger, smaller in _PAIRS:
        above, below = columns[larger], columns[smaller]
        both_missing = np.isnan(above) & np.isnan(below)
        if not ((above >= below) | both_missing).all():
            return False
    return True


def _asked(*, has_model: bool) -> list[Any]:
    expect = expectations()
    return [
        expect.ExpectColumnValuesToBeUnique(column="customer_id"),
        *(
            expect.ExpectColumnValuesToNotBeNull(column=column)
            for column in ("customer_id", *_never_missing(has_model=has_model))
        ),
        *(
            expect.ExpectColumnValuesToBeBetween(
                column=column, min_value=0, max_value=highest
            )
            for column, highest in _HIGHEST.items()
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
