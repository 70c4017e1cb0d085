"""What tests of dbt tell of the rows that they found, without dbt's words around it.

A test with ``meta={'tells': true}`` stops with the first of its messages (the macro in
``test_messages.sql``), and dbt reports that as an error in compiling the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from dagster import Failure
from dagster_dbt import DagsterDbtCliRuntimeError

__all__ = ["told_by_tests", "told_plainly"]

_TOLD = re.compile(
    r"Compilation Error in test (\w+) \([^)]*\)\n(.*?)\n\s*> in macro \w*get_test_sql ",
    re.DOTALL,
)
_FAILED = re.compile(r"Failure in \w+ (\w+) ")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Let a command of dbt fail with what its tests tell, where one does.

    Raises
    ------
    Failure
        With the messages; trying again would find the same rows.
    """
    try:
        yield
    except DagsterDbtCliRuntimeError as error:
        if told := told_by_tests(error.description or ""):
            raise Failure(told, allow_retries=False) from error
        raise


def told_by_tests(output: str) -> str:
    """The messages in what dbt said, one a line; empty where no test told any.

    What failed beside them and tells nothing is named at the end.
    """
    told = dict(_TOLD.findall(output))
    if not told:
        return ""
    lines = [line.strip() for text in told.values() for line in text.split("\n")]
    others = sorted(set(_FAILED.findall(output)) - told.keys())
    if others:
        lines.append(f"Failed as well: {', '.join(others)}; see the output of dbt.")
    return "\n".join(line for line in lines if line)
