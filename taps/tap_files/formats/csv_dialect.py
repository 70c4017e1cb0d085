"""Which character separates the columns of a CSV file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from taps.tap_files.formats.header_rows import LOOKED_AT, header_row
from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO, Settings

__all__ = ["detect_delimiter", "separator_line"]

_DELIMITERS = (",", ";", "\t", "|")
_DECLARED = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)


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
    if declared := separator_line(source, encoding):
        return declared
    samples = {d: _first_rows(source, encoding, d) for d in _DELIMITERS}
    best = max(samples, key=lambda d: _score(samples[d], settings))
    at, _ = header_row(samples[best], settings)
    if len(samples[best][at]) < 2:
        raise _unknown_delimiter(source, samples[best][0][0])
    return best


def separator_line(source: SourceFile, encoding: str) -> str | None:
    """The delimiter that a first line such as ``sep=;`` declares, as Excel reads it."""
    with source.path.open(encoding=encoding, newline="") as stream:
        declared = _DECLARED.fullmatch(stream.readline(20))
    return declared[1] if declared else None


def _first_rows(source: SourceFile, encoding: str, delimiter: str) -> list[list[str]]:
    with source.path.open(encoding=encoding, newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        rows: list[list[str]] = []
        with suppress(csv.Error):  # told with its line when the rows are read
            rows.extend(islice((row for row in reader if row), LOOKED_AT))
        return rows or [[""]]


def _score(rows: Sequence[Sequence[str]], settings: Settings) -> tuple[bool, int, int]:
    at, fulfils = header_row(rows, settings)
    header = rows[at]
    agreeing = sum(len(row) == len(header) > 1 for row in rows[at:])
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
