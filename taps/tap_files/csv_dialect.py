"""Which character separates the columns of a CSV file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from taps.tap_files.contract import load_contracts
from taps.tap_files.headers import bind
from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO, Settings

__all__ = ["detect_delimiter"]

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 20


def detect_delimiter(source: SourceFile, encoding: str, settings: Settings) -> str:
    """The character that splits the file's header into columns.

    A delimiter whose header fulfils a contract wins, then the one whose first rows
    agree best with the header, then the one that gives most columns.

    Raises
    ------
    FileError
        No known delimiter gives more than one column.
    """
    if settings.delimiter != AUTO:
        return settings.delimiter
    samples = {d: _first_rows(source, encoding, d) for d in _DELIMITERS}
    best = max(samples, key=lambda d: _score(samples[d], settings))
    if len(samples[best][0]) < 2:
        raise _unknown_delimiter(source, samples[best][0][0])
    return best


def _first_rows(source: SourceFile, encoding: str, delimiter: str) -> list[list[str]]:
    with source.path.open(encoding=encoding, newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        try:
            return list(islice((row for row in reader if row), _SAMPLE_ROWS)) or [[""]]
        except csv.Error:
            return [[""]]


def _score(rows: Sequence[Sequence[str]], settings: Settings) -> tuple[bool, int, int]:
    header = rows[0]
    fulfils = any(
        not bind(contract, header, settings.columns).missing
        for contract in load_contracts().values()
    )
    agreeing = sum(len(row) == len(header) > 1 for row in rows)
    return fulfils, agreeing, len(header)


def _unknown_delimiter(source: SourceFile, header: str) -> FileError:
    signs = Counter(c for c in header if not c.isalnum() and c not in "_-. \"'")
    hint = f"; it may be {signs.most_common(1)[0][0]!r}" if signs else ""
    return FileError(
        source.name,
        "the delimiter is not a comma, semicolon, tab or bar" + hint,
        remedy="Say which one it is with the setting delimiter",
        line=1,
    )
