"""Great Expectations, imported late and kept from files, networks and terminals."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any
from unittest.mock import patch

from psycopg import Connection as Database

from orchestration.lib.data_quality.contracts.rules import (
    Between,
    Filled,
    Holds,
    Matches,
    OneOf,
    Rule,
)

__all__ = ["Asked", "Library", "RulesUnreadable", "Unique", "answer_column"]

_ONE_AT_A_TIME = Lock()
_SUITES = "orchestration/lib/data_quality/contracts/suites.py"


class RulesUnreadable(RuntimeError):
    """A rule could not be asked of its table; the message says which and why."""


@dataclass(frozen=True)
class Unique:
    """No two rows share the key; asked only where the table does not see to it."""

    columns: tuple[str, ...]

    @property
    def promise(self) -> str:
        """In words."""
        return (
            f"{', '.join(self.columns)} names one row (the table lost its primary key)"
        )


#: What can be asked of a table.
Asked = Rule | Unique


class Library:
    """Great Expectations over one connection, whose temporary tables it sees."""

    def __init__(self, database: Database) -> None:
        self._gx = _great_expectations()
        context = self._gx.get_context(mode="ephemeral", project_config=_in_memory())
        context.enable_analytics(False)
        context.variables.progress_bars = {"globally": False}
        self._source = context.data_sources.add_postgres(
            "landed",
            # Our connection instead: no password is passed on.
            connection_string="postgresql+psycopg://nobody:@nowhere/nothing",
            kwargs={"creator": lambda: database, "poolclass": _one_connection()},
        )

    def batch(self, table: str) -> Any:
        """All rows of a table, for the library to ask about."""
        return (
            self._source.add_table_asset(table, table_name=table)
            .add_batch_definition_whole_table("landed")
            .get_batch()
        )

    def failed(self, batch: Any, expectations: Sequence[Any], form: Any) -> list[Any]:
        """Results of the expectations that the batch does not meet.

        Raises
        ------
        RulesUnreadable
        """
        suite = self._gx.ExpectationSuite(name="landed", expectations=expectations)
        with _configured_once(self._gx.expectations.Expectation):
            report = batch.validate(suite, result_format=form)
        for result in report.results:
            _refuse_unread(result)
        return [result for result in report.results if not result.success]

    def expectations(
        self, number: int, rule: Asked, types: Mapping[str, str]
    ) -> Iterator[Any]:
        """A rule in the words of the library; its number is in the results' meta."""
        expect, meta = self._gx.expectations, {"rule": number}
        match rule:
            case Unique():
                yield expect.ExpectCompoundColumnsToBeUnique(
                    column_list=["company_id", *rule.columns], meta=meta
                )
            case Filled(column):
                yield expect.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
                if types[column] == "text":
                    yield expect.ExpectColumnValuesToMatchRegex(
                        column=column, regex=r"\S", meta=meta
                    )
            case Matches(column, pattern):
                yield expect.ExpectColumnValuesToMatchRegex(
                    column=column, regex=pattern, meta=meta
                )
            case Between(column, low, high):
                yield expect.ExpectColumnValuesToBeBetween(
                    column=column, min_value=low, max_value=high, meta=meta
                )
            case OneOf(column, values):
                yield expect.ExpectColumnValuesToBeInSet(
                    column=column, value_set=list(values), meta=meta
                )
            case Holds():
                yield expect.ExpectColumnValuesToBeInSet(
                    column=answer_column(number), value_set=[True], meta=meta
                )


@contextmanager
def _configured_once(expectation: type) -> Iterator[None]:
    """Have each expectation's configuration made once while the block lasts.

    The library makes it anew for each key that it looks up in it, a hundred times an
    expectation.
    """
    made: dict[int, tuple[Any, Any]] = {}

    def configuration(asked: Any) -> Any:
        if id(asked) not in made:
            # With the expectation, so that no other one gets its number.
            made[id(asked)] = asked, make(asked)
        return made[id(asked)][1]

    with _ONE_AT_A_TIME:
        make = vars(expectation)["configuration"].fget
        with patch.object(expectation, "configuration", property(configuration)):
            yield


def answer_column(number: int) -> str:
    """Column that holds whether a row keeps the rule of this number."""
    return f"rule_{number}_holds"


def _refuse_unread(result: Any) -> None:
    """An answer that is an error is none: neither kept nor broken."""
    raised = result.exception_info or {}
    # Of the expectation itself, or by the figure that it was to be made of.
    told = [raised, *(each for each in raised.values() if isinstance(each, dict))]
    for reason in (each.get("exception_message") for each in told):
        if reason:
            raise RulesUnreadable(
                f"{result.expectation_config.kwargs} cannot be asked: {reason}. "
                f"Correct the rule in {_SUITES}."
            )


def _in_memory() -> Any:
    """A project that keeps nothing and has no pages to write."""
    types = importlib.import_module("great_expectations.data_context.types.base")
    stores = types.InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    return types.DataContextConfig(store_backend_defaults=stores)


def _one_connection() -> Any:
    """SQLAlchemy's pool that hands out the same connection, whoever asks."""
    return importlib.import_module("sqlalchemy.pool").StaticPool


def _great_expectations() -> Any:
    """Import it late and without its known warnings."""
    with warnings.catch_warnings():
        # 1.24 still imports sre_constants and sre_parse, which Python 3.11 deprecates.
        warnings.filterwarnings("ignore", message="module 'sre_")
        importlib.import_module("great_expectations.expectations")
        return importlib.import_module("great_expectations")
