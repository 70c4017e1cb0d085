"""Damage to a table: columns, headers, totals, quotes, and rows that come again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from tests.taps.tap_files.damaged.cells import ROW
from tests.taps.tap_files.damaged.shapes import File, Shape, Told, whole

__all__ = ["table_damages"]

Rows = list[list[str]]


def table_damages(shape: Shape, file: File) -> Iterator[tuple[str, File]]:
    """(what is wrong, the file with it)."""
    yield from _columns(shape, file)
    yield from _totals(shape, file)
    yield from _repeats(shape, file)
    if shape.ending != "jsonl":
        yield from _headers(shape, file)
    if shape.ending == "csv":
        yield from _fields(shape, file)
        yield from _quotes(shape, file)
    if "note" in file.header:
        yield from _notes(file)
    if shape.day and "/" in file.rows[0][shape.at("day")]:
        yield from _orders_of_days(shape, file)


def _columns(shape: Shape, file: File) -> Iterator[tuple[str, File]]:
    nothing, amount = replace(file, true=[], lost=len(file.rows)), shape.at("amount")
    yield "no column of amounts", _without(nothing, amount)
    if shape.stream == "purchases":
        yield "no column of names", _without(nothing, shape.at("who"))
    # The month above a report stands for its days; payments need none.
    month = "2025-01-01" if shape.above else None
    true = [told._replace(day=month) for told in file.true]
    yield "no column of days", _without(replace(file, true=true), shape.at("day"))
    for what in ("day", "who"):
        header = _swapped(file.header, amount, shape.at(what))
        yield f"amount and {what} swapped", replace(nothing, header=header)
        row = _swapped(file.rows[ROW], amount, shape.at(what))
        yield f"amount and {what} swapped in a row", _lost(file, row)
    header = list(file.header)
    header[0 if amount else 1] = file.header[amount]
    if shape.ending == "csv":
        yield "two columns of amounts", replace(nothing, header=header)


def _headers(shape: Shape, file: File) -> Iterator[tuple[str, File]]:
    header, middle = file.header, len(file.rows) // 2
    above, below = file.rows[:middle], file.rows[middle:]
    two = shape.at("amount"), shape.at("who")
    tables: dict[str, Rows] = {
        "two headers": [header, *file.rows],
        "a header in the middle": [*above, header, *below],
        "columns in another order halfway": [
            *above, *(row[::-1] for row in (header, *below))
        ],
        "two columns in another order halfway": [
            *above, *(_swapped(row, *two) for row in (header, *below))
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        yield name, replace(file, rows=rows)
    yield "a header alone", replace(file, rows=[], true=[])
    empty = [[""] * len(header)] * 3
    yield "nothing but empty rows", replace(file, rows=empty, true=[])


def _totals(shape: Shape, file: File) -> Iterator[tuple[str, File]]:
    middle = len(file.rows) // 2
    total, half = (
        shape.written(sum((told.money for told in true), Decimal(0)))
        for true in (file.true, file.true[:middle])
    )
    at, who = shape.at("amount"), shape.at("who")

    def bare(word: str, amount: str) -> list[str]:
        row = [word, *[""] * (len(file.header) - 1)]
        return [*row[:at], amount, *row[at + 1 :]]

    yield "a total of numbers alone", replace(file, rows=[*file.rows, bare("", total)])
    for word in ("Total", "TOTAL GENERAL", "Suma:", "Subtotal"):
        yield f"{word} below", replace(file, rows=[*file.rows, bare(word, total)])
        named = list(file.rows[-1])
        named[who], named[at] = word, total
        yield f"{word} with a date", replace(file, rows=[*file.rows, named])
    rows = [*file.rows[:middle], bare("Subtotal", half), *file.rows[middle:]]
    yield "a subtotal in the middle", replace(file, rows=rows)


def _repeats(shape: Shape, file: File) -> Iterator[tuple[str, File]]:
    twice = [*file.rows[: ROW + 1], *file.rows[ROW:]]
    # Without a number of its own, an equal row may well be a second sale: it is told.
    counted = file.true if shape.number else [*file.true, file.true[ROW]]
    yield "a row twice", replace(file, rows=twice, true=counted)
    if not shape.number:
        return
    at = shape.at("number")
    rows = [[*row[:at], "6.80E+12", *row[at + 1 :]] for row in file.rows]
    rounded = replace(file, rows=rows, true=[], lost=len(rows))
    yield "numbers rounded by a spreadsheet", rounded
    if shape.ending == "csv":
        rows = [*file.rows, file.header, *file.rows]
        yield "the whole table twice", replace(file, rows=rows)


def _fields(shape: Shape, file: File) -> Iterator[tuple[str, File]]:
    row, at, mark = file.rows[ROW], shape.at("amount"), shape.delimiter
    yield "a field less", _lost(file, row[:at])
    yield "a field more", _lost(file, [*row[:at], "", *row[at:]])
    cells = [*row[:-1], ""] if at < len(row) - 1 else [*row, ""]
    cells[at] = "1,234.56" if mark == "," else "1;234,56"
    shifted = replace(_lost(file, row), raw={ROW: mark.join(cells)})
    yield "thousands without quotes before nothing", shifted
    padded = [[*each, "", ""] for each in file.rows]
    yield "empty fields after every row", replace(file, rows=padded)
    one = [*file.rows[:ROW], padded[ROW], *file.rows[ROW + 1 :]]
    yield "empty fields after one row", replace(file, rows=one)


def _quotes(shape: Shape, file: File) -> Iterator[tuple[str, File]]:
    one, other, mark = ROW + 1, ROW + 3, shape.delimiter
    name, last = (file.rows[row][shape.at("who")] for row in (one, other))
    row = file.line(shape, one)
    opened = row.replace(name, f'"{name}', 1)
    closed = file.line(shape, other).replace(last, f'{last}"', 1)
    head, _, tail = row.rpartition(mark)
    # A quote inside or behind a name is a letter of it, as far as the file can tell.
    inside = name.replace("0", '0"', 1)
    lines = {
        "a quote that nobody closes": ({one: opened}, {}),
        "a quote inside a name": ({one: row.replace(name, inside, 1)}, {name: inside}),
        "a quote over three rows": ({one: opened, other: closed}, {last: last + '"'}),
        "a quote over two ends of rows": (
            {one: f'{head}{mark}"{tail}', one + 1: file.line(shape, one + 1) + '"'}, {}
        ),
    }  # fmt: skip
    for damage, (raw, names) in lines.items():
        true = [
            told._replace(who=names.get(str(told.who), told.who)) for told in file.true
        ]
        yield damage, replace(file, raw=raw, true=true)


def _notes(file: File) -> Iterator[tuple[str, File]]:
    notes = {
        "a note without end": "x" * 200_000,
        "a note of lines": "primero\nsegundo, y tercero\r\ncuarto",
        "a note in quotes": 'dijo "sí", y "no"',
        "a note like a formula": "=1+1|cmd",
        "a note of many commas": "uno,dos,tres,cuatro,cinco,seis\nsiete",
    }
    at = file.header.index("note")
    for name, text in notes.items():
        rows = [list(row) for row in file.rows]
        rows[ROW][at] = text
        yield name, replace(file, rows=rows)


def _orders_of_days(shape: Shape, file: File) -> Iterator[tuple[str, File]]:
    at, middle = shape.at("day"), len(file.rows) // 2

    def turned(row: list[str]) -> list[str]:
        day, month, year = row[at].split("/")
        return [*row[:at], f"{month}/{day}/{year}", *row[at + 1 :]]

    yield "one month before its day", _lost(file, turned(file.rows[ROW]))
    half = [*file.rows[:middle], *map(turned, file.rows[middle:])]
    yield (
        "half the months before their days",
        replace(file, rows=half, true=file.true[:middle], lost=len(half) - middle),
    )
    low = whole(shape).rows
    for number, row in enumerate(low, start=1):
        row[at] = f"{number:02}/02/2025"
    yield "days that may be months", replace(file, rows=low, true=[], lost=len(low))


def _lost(file: File, row: list[str]) -> File:
    """The file with another row, which says nothing true."""
    true: list[Told] = [*file.true[:ROW], *file.true[ROW + 1 :]]
    rows = [*file.rows[:ROW], row, *file.rows[ROW + 1 :]]
    return replace(file, rows=rows, true=true, lost=1)


def _without(file: File, at: int) -> File:
    rows = [[*row[:at], *row[at + 1 :]] for row in file.rows]
    return replace(file, header=[*file.header[:at], *file.header[at + 1 :]], rows=rows)


def _swapped(row: list[str], one: int, other: int) -> list[str]:
    turned = list(row)
    turned[one], turned[other] = row[other], row[one]
    return turned
