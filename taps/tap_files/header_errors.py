"""What is said of a header that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from taps.tap_files.moments import order_shown_by
from taps.tap_files.problems import FileError
from taps.tap_files.wording import normalised

if TYPE_CHECKING:
    from taps.tap_files.headers import Binding

__all__ = ["looks_like_data", "missing_columns", "refuse_doubled_columns"]

_VALUE = re.compile(r"\s*[-+]?[\d.,/:\-]*\d[\d.,/:\-]*\s*|.*@.*\..*")


def looks_like_data(header: Sequence[str]) -> bool:
    """Whether a first line holds values (a number, a date, an address), not names."""
    return any(_VALUE.fullmatch(cell) or order_shown_by(cell) for cell in header)


def missing_columns(name: str, header: Sequence[str], binding: Binding) -> FileError:
    """What a file lacks of a contract, with what to do about it."""
    if looks_like_data(header):
        remedy = "Add a first line with the names of the columns"
        problem = "the first line holds values, not column names"
        return FileError(name, problem, remedy=remedy, line=1)
    missing = ", ".join(column.name for column in binding.missing)
    found = ", ".join(cell.strip() for cell in header)
    kind = binding.preset.title if binding.preset else binding.contract.name
    problem = f"no column for {missing} of the contract {kind}; columns found: {found}"
    first = binding.missing[0].name
    remedy = (
        f"Name the column with the setting columns.{first}=<column of the file>, or "
        f"say what stands for it in every row with constants.{first}=<text>"
    )
    return FileError(name, problem, remedy=remedy)


def refuse_doubled_columns(name: str, binding: Binding) -> None:
    """Raise FileError where a column that is read appears twice."""
    keys = [normalised(cell) for cell in binding.header]
    for column in _doubled(keys, binding.positions):
        problem = f"the column for {column} appears more than once"
        raise FileError(name, problem, remedy="Rename or remove one of them", line=1)


def _doubled(keys: Sequence[str], positions: Mapping[str, int]) -> Iterator[str]:
    return (c for c, position in positions.items() if keys.count(keys[position]) > 1)
