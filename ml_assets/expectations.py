"""Great Expectations on a frame, without what it works out again and again.

Importing it takes seconds, so it is imported when something is first asked, not when
assets are loaded. It makes the configuration of an expectation anew for each key that
it looks up in it, a hundred times an expectation: here, once while a suite is asked.
The platform does the same (`orchestration/lib/data_quality/contracts/expectations.py`),
which models do not know.
"""

import importlib
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, Final
from unittest.mock import patch

import pandas as pd

__all__ = ["broken", "expectations"]

# Whether all hold; how many rows break which.
_WHETHER: Final = "BOOLEAN_ONLY"
_HOW_MANY: Final = "SUMMARY"
_ONE_AT_A_TIME: Final = Lock()


def expectations() -> Any:
    """The library's expectations, by their names."""
    return _great_expectations().expectations


def broken(rows: pd.DataFrame, asked: Sequence[Any]) -> list[Any]:
    """Results of the expectations that rows break, with how many do; empty if none."""
    # Whether anything fails is far cheaper to know than how many rows do.
    if _validated(rows, asked, _WHETHER).success:
        return []
    results = _validated(rows, asked, _HOW_MANY).results
    return [result for result in results if not result.success]


def _validated(rows: pd.DataFrame, asked: Sequence[Any], detail: str) -> Any:
    suite = _great_expectations().ExpectationSuite(name="rows", expectations=asked)
    with _configured_once():
        batch = _definition().get_batch(batch_parameters={"dataframe": rows})
        return batch.validate(suite, result_format=detail)


@cache
def _definition() -> Any:
    """What takes a frame whole; it keeps none of them."""
    context = _great_expectations().get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = {"globally": False}
    return (
        context.data_sources.add_pandas("predictions")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("all")
    )


@contextmanager
def _configured_once() -> Iterator[None]:
    """Have each expectation's configuration made once while the block lasts."""
    expectation = _great_expectations().expectations.Expectation
    made: dict[int, tuple[Any, Any]] = {}

    def configuration(asked: Any) -> Any:
        if id(asked) not in made:
            # With the expectation, so that no other one gets its number.
            made[id(asked)] = asked, make(asked)
        return made[id(asked)][1]

    with _ONE_AT_A_TIME:
        make = expectation.configuration.fget
        with patch.object(expectation, "configuration", property(configuration)):
            yield


def _great_expectations() -> Any:
    """Import it without its one known warning."""
    with warnings.catch_warnings():
        # 1.24 still imports sre_constants, which Python 3.11 deprecates.
        warnings.filterwarnings("ignore", message="module 'sre_constants'")
        importlib.import_module("great_expectations.expectations")
        return importlib.import_module("great_expectations")
