"""Who was forgotten is refused before a row is made of them.

A record that is a forgotten person is left out; any other one that names them is loaded
as that of nobody, because revenue is the company's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from taps.target_postgres.forgotten_names import (
    ForgottenNames,
    PersonColumns,
    telephone,
)

__all__ = ["ForgottenPeople"]

_REPLACEMENT = "[forgotten]"
_ADDRESS = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
_NESTED = (dict, list)

Record = dict[str, Any]


class ForgottenPeople:
    """The people one company forgot, as records of a source name them.

    Parameters
    ----------
    settings : mapping
        Empty if nobody was. Else what `ForgottenNames` and `PersonColumns` take, and
        ``personal``: columns that are emptied; ``counted``: a column that names a
        batch, and the one that says how many rows of it were loaded.
    names : ForgottenNames
    """

    def __init__(self, settings: Mapping[str, Any], names: ForgottenNames) -> None:
        self.names = names
        self.columns = PersonColumns(settings)
        self._personal = frozenset(settings.get("personal", ()))
        self._counted: Mapping[str, str] = settings.get("counted", {})
        self._refused_of_batch: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.emptied: Counter[str] = Counter()

    def admit(self, stream: str, record: Record) -> Record | None:
        """The record without the forgotten; None if it is one of them.

        Other names of theirs in it are forgotten from now on.
        """
        if not self.names:
            return record
        found = set(self.columns.names(stream, record))
        if any(name in self.names for name in found | telephone(record)):
            self.names.learn(found if self.columns.is_of_one(stream, record) else ())
            if stream in self.columns.people:
                self._refuse(stream, record)
                return None
            self.emptied[stream] += 1
            record = record | dict.fromkeys(self._personal & record.keys())
        return self._counting(_without_addresses(record, self.names, self._personal))

    def without_cells(self, record: Record) -> Record:
        """A record of unknown columns, without the values that are a forgotten name."""
        if not self.names:
            return record
        cells = record.get("record")
        if isinstance(cells, dict):
            record = record | {"record": _without_names(cells, self)}
        return _without_addresses(record, self.names, frozenset())

    def _refuse(self, stream: str, record: Record) -> None:
        self.refused[stream] += 1
        self._refused_of_batch.update(
            str(record[column]) for column in self._counted if column in record
        )

    def _counting(self, record: Record) -> Record:
        """A record that counts a batch, less the rows of it that were refused."""
        for batch, count in self._counted.items():
            refused = self._refused_of_batch[str(record.get(batch))]
            if refused and isinstance(record.get(count), int):
                record = record | {count: record[count] - refused}
        return record


def _without_names(cells: Record, people: ForgottenPeople) -> Record:
    return {
        key: _REPLACEMENT
        if any(form in people.names for form in people.columns.forms(value))
        else value
        for key, value in cells.items()
    }


def _without_addresses(
    record: Record, names: ForgottenNames, left_alone: frozenset[str]
) -> Record:
    """The record with forgotten addresses blotted out of every text in it."""
    # One pass that looks, and builds nothing for a record without any.
    found = {
        key: _blotted_out(value, names)
        for key, value in record.items()
        if key not in left_alone
        and ("@" in value if type(value) is str else type(value) in _NESTED)
    }
    return record | found if found else record


def _blotted_out(value: Any, names: ForgottenNames) -> Any:
    if isinstance(value, str):
        return _ADDRESS.sub(
            lambda found: _REPLACEMENT if found[0].lower() in names else found[0], value
        )
    if isinstance(value, dict):
        return {key: _blotted_out(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_blotted_out(each, names) for each in value]
    return value
