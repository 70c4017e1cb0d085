"""Damage to one cell: an amount, a day or a name written as it should not be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.taps.tap_files.damaged.shapes import File, Shape

__all__ = ["ROW", "cell_damages", "spoilt"]

ROW = 3
"""The damaged row; 18.99 would be the next."""

_LOST = {
    "pounds": "£ {}", "pounds behind": "{} £", "another code": "USD {}",
    "the dollars of a country": "US$ {}", "roubles": "{} ₽", "crowns": "{} kr",
    "two codes": "EUR {} USD", "a weight": "{} kg", "a share": "{} %",
    "400 digits": "9" * 400, "5000 digits": "9" * 5_000, "an exponent of 400": "1e400",
    "an exponent of a milliard": "1e999999999",
    "an exponent beyond all": "1e99999999999999999999", "no number": "NaN",
    "the infinite": "inf", "less than the infinite": "-Infinity", "nothing": "",
    "a dash": "--", "a formula": "=SUM(D2:D3)", "a formula's error": "#REF!",
    "a mark from right to left": "\u200f{}", "a control character": "{}\x08",
    "two amounts": "10 20", "two amounts with a bar": "10 | 20",
    "half a bracket": "({}", "the other half": "{})", "two signs": "-{}-",
    "a letter for a digit": "1O5{}", "hexadecimal": "0x1F", "too many marks": "1.2,3.4",
    "a break": "{}\n5", "a word": "gratis", "a fraction": "3/4",
}  # fmt: skip
_DAYS = {
    "a day that is not": "31/02/2025", "a year of five digits": "20255-01-14",
    "a year of five digits at the end": "14/01/20255",
    "zeros": "0000-00-00 00:00:00", "a month of the year nought": "enero 0000",
    "another month of the year nought": "0000-01", "month 13": "2025-13-45",
    "hour 99": "2025-01-14T99:99", "a word for a day": "mañana",
    "a day and more": "2025-01-14 (est.)", "eight digits": "99999999",
    "less than a day": "-1", "an exponent for a day": "1e5",
    "a formula for a day": "=TODAY()",
}  # fmt: skip
_NAMES = {
    "a name like a formula": "=HYPERLINK(1)", "a name with a break": "ana\npaz",
    "a name with quotes": 'ana "la jefa" paz', "a name with a bell": "ana\x07paz",
    "a name with all delimiters": "ana;paz,gil|sol\teva",
    "a name from right to left": "\u200fana\u200e",
    "a name with a foreign separator": "ana\u2028paz\x85gil",
    "a name in small pictures": "ana 🙂🙃",
}  # fmt: skip


def cell_damages(shape: Shape, file: File) -> Iterator[tuple[str, File]]:
    """(what is wrong, the file with it)."""
    yield from _amounts(shape, file)
    for name, text in _DAYS.items() if shape.day else ():
        yield name, spoilt(shape, file, "day", text)
    if shape.day:
        day = "2099-12-31"
        yield "a day to come", spoilt(shape, file, "day", day, day=day)
    for name, text in _NAMES.items():
        is_control = any(c in text for c in "\x07\x85\n")
        if not (is_control and shape.ending == "xlsx"):
            yield name, spoilt(shape, file, "who", text, who=text)
    yield "a name without end", spoilt(shape, file, "who", "x" * 600)


def _amounts(shape: Shape, file: File) -> Iterator[tuple[str, File]]:
    money = file.true[ROW].money
    amount = shape.written(money)
    for name, text in _LOST.items():
        if not ("\x08" in text and shape.ending == "xlsx"):
            yield name, spoilt(shape, file, "amount", text.format(amount))
    # A bare $ is of thirty countries, and what tools show to shops of any other: where
    # a file tells its currency, it is of that. Numbers that are typed show no decimal
    # sign: 1,234 among them is asked about.
    among = " among numbers" if shape.ending in {"jsonl", "xlsx"} else ""
    own, other = f"1{shape.thousands}234", f"1{shape.decimal}234"
    yield from (
        (name, spoilt(shape, file, "amount", text, **says))
        for name, text, says in (
            (
                "dollars of no country",
                f"$ {amount}",
                {"money": money} if shape.tells_currency else {},
            ),
            ("its own code", f"{amount} {shape.currency}", {"money": money}),
            ("thousands" + among, own, {"money": Decimal(1234)}),
            (
                "thousands of another country",
                other,
                {"money": Decimal(1234)} if shape.is_whole else {},
            ),
            (
                "less than nothing",
                f"-{amount}",
                {"money": -money} if shape.stream == "purchases" else {},
            ),
        )
    )


def spoilt(shape: Shape, file: File, what: str, text: str, **says: Any) -> File:
    """The file with a text in a cell of one row, which then says this, or nothing."""
    rows = [list(row) for row in file.rows]
    rows[ROW][shape.at(what)] = text
    true = list(file.true)
    told = true.pop(ROW)
    if not says:
        return replace(file, rows=rows, true=true, lost=1)
    return replace(file, rows=rows, true=[*true, told._replace(**says)])
