"""CSV files, read line by line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from taps.tap_files.formats.csv_dialect import detect_delimiter, separator_line
from taps.tap_files.formats.header_rows import LOOKED_AT, header_row, joined_header
from taps.tap_files.formats.shifted_rows import SHIFTED, ShiftedRows
from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.sums.other_sections import is_other_section
from taps.tap_files.sums.totals import begins_with_total
from taps.tap_files.tables import Row
from taps.tap_files.values.encodings import TextEncoding, detect_encoding
from taps.tap_files.values.endings import is_text, last_value_looks_cut

__all__ = ["CsvTable", "open_csv"]

_Record: TypeAlias = tuple[int, int, list[str], str]
"""First line, last line, cells and problem."""

_BREAK = re.compile(r"\r\n|\r|\n")
_CUT_REMEDY = "Export it again; if it is complete, end its last line with a line break"


@dataclass(frozen=True)
class CsvTable:
    """A CSV file whose encoding, delimiter and header are known."""

    source: SourceFile
    encoding: TextEncoding
    delimiter: str
    header: tuple[str, ...]
    above: tuple[str, ...] = ()
    header_end: int = 1
    """Physical line that the header ends on."""
    spare: int = 0
    """Empty fields that most rows have beyond the header."""
    below: list[str] = field(default_factory=list, compare=False)
    """Lines of text below the rows, once they were read."""

    @property
    def said(self) -> Sequence[str]:
        """Text above the header, and below the rows once they were read."""
        return (*self.above, *self.below)

    @property
    def notes(self) -> tuple[str, ...]:
        """The encoding, when not UTF-8; text below the rows, once they were read."""
        count = len(self.below)
        notes = [f"{count} lines of text below the rows are left out"] if count else []
        if not self.encoding.name.startswith("utf-8"):
            notes.insert(0, f"read as {self.encoding.name}")
        return tuple(notes)

    @property
    def is_ascii(self) -> bool:
        """Whether no letter of the file is beyond ASCII."""
        return self.encoding.is_ascii

    @property
    def decimal_hint(self) -> str:
        """Semicolons separate columns where the comma separates decimals."""
        return "," if self.delimiter == ";" else "."

    def rows(self) -> Iterator[Row]:
        """Rows with the physical line they start on.

        Raises
        ------
        FileError
            A quote is opened and never closed, or swallows other lines.
        """
        width = len(self.header)
        nameless = self._nameless
        shifted = ShiftedRows(width - nameless)
        for line, end, cells, problem in self._records():
            if end > line and not problem and _swallows(cells, self.delimiter):
                raise self._stray_quote(line)
            if len(cells) == width and not problem:
                is_shifted = nameless and shifted.holds(cells)
                yield Row(line, (), SHIFTED) if is_shifted else Row(line, cells)
            elif not problem and len(cells) < width and _says_what_follows(cells):
                yield Row(line, [*cells, *[""] * (width - len(cells))])
            elif not problem and not any(cell.strip() for cell in cells):
                continue
            elif (
                not problem
                and len(cells) == width + self.spare
                and not any(cells[width:])
            ):
                yield Row(line, cells[:width])
            else:
                if end > line:
                    raise self._stray_quote(line)
                found = f"wrong number of fields: {len(cells)} instead of {width}"
                yield Row(line, (), problem or found)

    @property
    def _nameless(self) -> int:
        """Columns behind the last that has a name."""
        named = (at for at, name in enumerate(self.header, start=1) if name.strip())
        return len(self.header) - max(named, default=0)

    def check_end(self) -> None:
        """Raise FileError when the last row is short or its last value is cut."""
        last_line, last_width = 0, 0
        for line, _, cells, _ in self._records():
            if any(cells):
                is_whole = len(cells) >= len(self.header) or begins_with_total(cells)
                last_line = line
                last_width = len(self.header) if is_whole else len(cells)
        if self._ends_with_line_break() and not last_line:
            return
        if not last_line:
            raise self._cut("it ends inside its first line", 1)
        if last_width < len(self.header):
            problem = f"the last row has {last_width} of {len(self.header)} fields"
            raise self._cut(problem, last_line)
        if not self._ends_with_line_break() and last_value_looks_cut(
            cells[-1] for _, _, cells, _ in self._records() if cells
        ):
            raise self._cut("the last value is shorter than the others", last_line)

    def _records(self) -> Iterator[_Record]:
        """Every record after the header but the text that some write below the rows."""
        held: list[_Record] = []
        for record in self._all_records():
            # The last line of a footer may be one word: who it is of.
            is_end = len(held) > 1 and sum(map(bool, record[2])) == 1 < len(self.header)
            if is_end or is_text(record[2], len(self.header)):
                held.append(record)
                continue
            yield from held
            held.clear()
            yield record
        if not self._ends_with_line_break():
            yield from held
        else:
            self.below[:] = [" ".join(cells) for _, _, cells, _ in held]

    def _all_records(self) -> Iterator[_Record]:
        with self.source.path.open(encoding=self.encoding.name, newline="") as stream:
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
            end = 0
            while True:
                problem = ""
                try:
                    cells = next(reader, None)
                except csv.Error as error:
                    self._refuse_open_quote(error, end + 1)
                    cells, problem = [], "a quote inside a field is not doubled"
                if cells is None:
                    return
                start, end = end + 1, reader.line_num
                # Spreadsheets save empty rows as nothing but delimiters.
                if start > self.header_end and (any(cells) or problem):
                    yield start, end, cells, problem

    def _refuse_open_quote(self, error: csv.Error, line: int) -> None:
        if "field larger" in str(error):
            problem = "a field is too long to be one, as if a quote were never closed"
        elif "unexpected end" in str(error):
            problem = "a quote opens here and is never closed, as if the file were cut"
        else:
            return
        raise FileError(
            self.source.name, problem, remedy="Export it again", line=line
        ) from None

    def _stray_quote(self, line: int) -> FileError:
        problem = "a quote opened here swallows the following lines"
        remedy = "Double or remove the quote, or export the file again"
        return FileError(self.source.name, problem, remedy=remedy, line=line)

    def _cut(self, problem: str, line: int) -> FileError:
        message = f"the file looks cut in half: {problem}"
        return FileError(self.source.name, message, remedy=_CUT_REMEDY, line=line)

    def _ends_with_line_break(self) -> bool:
        with self.source.path.open("rb") as stream:
            stream.seek(max(0, self.source.path.stat().st_size - 4))
            return stream.read().rstrip(b"\0").endswith((b"\n", b"\r"))


def open_csv(source: SourceFile, settings: Settings) -> CsvTable:
    """Find out how a CSV file is written.

    Raises
    ------
    FileError
        Empty, undecodable, or of an unknown delimiter.
    """
    encoding = detect_encoding(source, settings.encoding)
    delimiter = detect_delimiter(source, encoding.name, settings)
    rows: list[list[str]] = []
    ends: list[int] = []
    with source.path.open(encoding=encoding.name, newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            for row in islice(reader, LOOKED_AT):
                rows.append(row)
                ends.append(reader.line_num)
        except csv.Error:
            if not rows:
                problem = "the first line has a quote that is never closed"
                remedy = "Export it again"
                raise FileError(source.name, problem, remedy=remedy, line=1) from None
    if separator_line(source, encoding.name):
        rows[0] = []
    at, _ = header_row(rows, settings)
    above = tuple(" ".join(filter(None, row)) for row in rows[:at] if any(row))
    titles, count = joined_header(rows, at) if rows else ([""], 1)
    header = tuple(titles)
    end = ends[at + count - 1] if ends else 1
    spare = _spare_fields(rows[at + count :], len(header))
    return CsvTable(source, encoding, delimiter, header, above, end, spare)


def _says_what_follows(cells: list[str]) -> bool:
    """Whether a short row is a total, or the title of rows that are no sales."""
    return begins_with_total(cells) or is_other_section(cells)


def _swallows(cells: list[str], delimiter: str) -> bool:
    """Whether a field holds the end of its row and the beginning of another.

    Two stray quotes do that, and the row has as many fields as any. A note of several
    lines has the delimiters of such ends only by chance, and then hardly an amount or
    a date between them.
    """
    for position, cell in enumerate(cells):
        first, *others = _BREAK.split(cell)
        if not others:
            continue
        lines = [first, *filter(None, others[:-1]), others[-1]]
        full = len(cells) - 1
        wanted = [full - position, *[full] * (len(lines) - 2), position]
        if [line.count(delimiter) for line in lines] == wanted:
            return any(map(_is_mostly_digits, delimiter.join(lines).split(delimiter)))
    return False


def _is_mostly_digits(text: str) -> bool:
    return sum(c.isdigit() for c in text) * 2 >= len(text.strip()) > 0


def _spare_fields(rows: list[list[str]], width: int) -> int:
    """Empty fields that most rows have beyond the header.

    One row alone that has them was shifted: 1,234.56 without quotes before an empty
    last field would be read as 1.
    """
    spare = [len(row) - width if not any(row[width:]) else 0 for row in rows if row]
    most = max(set(spare), key=spare.count, default=0)
    return max(most, 0)
