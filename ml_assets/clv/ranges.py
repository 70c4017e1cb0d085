"""Gate: every prediction lies in its range, checked by Great Expectations."""

import importlib
import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ml_assets.clv.gates import GateResult
from ml_assets.clv.histories import Floats
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

    Great Expectations takes seconds to import, so it is imported here and not
    when assets are loaded.
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
    gx = _great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = {"globally": False}
    definition = (
        context.data_sources.add_pandas("predictions")
        .add_dataframe_asset("customers")
        .add_batch_definition_whole_dataframe("all")
    )

    def validated(rows: npt.NDArray[np.intp] | slice, detail: str) -> Any:
        checked = pd.DataFrame({name: column[rows] for name, column in columns.items()})
        batch = definition.get_batch(batch_parameters={"dataframe": checked})
        return batch.validate(suite, result_format=detail)

    columns = _checked(predictions)
    suite = _suite(gx, has_model=bool((predictions["status"] == "fitted").any()))
    # Where the worst row keeps an expectation all do; how many break it is told by all.
    if validated(_worst(columns), "BOOLEAN_ONLY").success:
        return []
    failures = []
    for result in validated(slice(None), "SUMMARY").results:
        if result.success:
            continue
        config = result.expectation_config
        names = [config.kwargs.get(key) for key in ("column", "column_A", "column_B")]
        told = " and ".join(str(name) for name in names if name)
        rule = config.type.removeprefix("expect_column_").replace("_", " ")
        count = int(result.result.get("unexpected_count", len(predictions)))
        failures.append((f"{told} {rule}", count))
    return failures


def _suite(gx: Any, *, has_model: bool) -> Any:
    expect = gx.expectations
    suite = gx.ExpectationSuite(name="predictions_in_range")
    suite.add_expectation(expect.ExpectColumnValuesToBeUnique(column="customer_id"))
    for column in ("customer_id", *_PROBABILITIES, *_AMOUNTS):
        if column in _OF_A_MODEL and not has_model:
            continue
        suite.add_expectation(expect.ExpectColumnValuesToNotBeNull(column=column))
    for columns, highest in ((_PROBABILITIES, 1), (_AMOUNTS, _LARGEST_AMOUNT)):
        for column in columns:
            suite.add_expectation(
                expect.ExpectColumnValuesToBeBetween(
                    column=column, min_value=0, max_value=highest
                )
            )
    for larger, smaller in _PAIRS:
        suite.add_expectation(
            expect.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=larger, column_B=smaller, or_equal=True
            )
        )
    return suite


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


def _great_expectations() -> Any:
    """Import it late and without its one known warning."""
    with warnings.catch_warnings():
        # 1.24 still imports sre_constants, which Python 3.11 deprecates.
        warnings.filterwarnings("ignore", message="module 'sre_constants'")
        importlib.import_module("great_expectations.expectations")
        return importlib.import_module("great_expectations")
