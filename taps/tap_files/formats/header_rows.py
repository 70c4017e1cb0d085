"""Which of a file's first lines names its columns.

Reports put a title and a span of dates above the header; a file for Excel may begin
with ``sep=;``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from taps.tap_files.contract import load_contracts
from taps.tap_files.headers import bind
from taps.tap_files.presets import preset_of
from taps.tap_files.settings import AUTO, Settings
from taps.tap_files.wording import keys_of, normalised

__all__ = ["LOOKED_AT", "header_row", "joined_header"]

LOOKED_AT = 30
"""Lines looked at, from the first."""


def header_row(rows: Sequence[Sequence[str]], settings: Settings) -> tuple[int, bool]:
    """Index of the header among the first rows, and whether a contract knows it.

    Where none does, it is the first row as wide as the widest: what stands above a
    table is narrower.
    """
    for index, row in enumerate(rows):
        if len([cell for cell in row if cell.strip()]) > 1 and _fulfils(row, settings):
            return index, True
    widths = [len([cell for cell in row if cell.strip()]) for row in rows]
    if not widths or not rows[0]:
        return next((i for i, row in enumerate(rows) if any(row)), 0), False
    widest = max(widths)
    if 1 < widths[0] >= widest / 2:
        return 0, False
    return widths.index(widest), False


def joined_header(rows: Sequence[Sequence[str]], at: int) -> tuple[list[str], int]:
    """The names of the columns, and how many lines tell them.

    A second line tells more of some, as ``Neto`` and ``Total`` below ``Importe``: it
    names a column that the first one leaves without a name, and holds no number.
    """
    first = list(rows[at])
    second = list(rows[at + 1]) if at + 1 < len(rows) else []
    width = max(len(first), len(second))
    first += [""] * (width - len(first))
    second += [""] * (width - len(second))
    gaps = [
        not top.strip() and below.strip()
        for top, below in zip(first, second, strict=True)
    ]
    if not any(gaps) or all(map(str.strip, second)) or any(map(_has_digit, second)):
        return list(rows[at]), 1
    titles: list[str] = []
    group = ""
    for top, below in zip(first, second, strict=True):
        group = top.strip() or (group if below.strip() else "")
        titles.append(f"{group} {below.strip()}".strip())
    return titles, 2


@cache
def _names() -> frozenset[str]:
    """Every name that a column of a contract has, as names are compared."""
    columns = (c for one in load_contracts().values() for c in one.columns)
    names = (name for c in columns for name in (*c.aliases, *c.last_resort))
    return frozenset(map(normalised, names))


def _is_known(key: str) -> bool:
    """Whether it names a column, with or without the code of a currency."""
    return bool(key) and (key in _names() or key[:-3] in _names())


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _fulfils(header: Sequence[str], settings: Settings) -> bool:
    contracts = load_contracts()
    if settings.contract != AUTO:
        contracts = {settings.contract: contracts[settings.contract]}
    preset = preset_of(header, settings.preset, settings.contract)
    is_told = preset or settings.columns or settings.constants
    # Rows of values name nothing, and are most of those that are looked at.
    if not is_told and not any(map(_is_known, keys_of(header))):
        return False
    return any(
        not bind(
            contract,
            header,
            settings.columns,
            preset if preset and preset.contract == contract.name else None,
            settings,
        ).missing
        for contract in contracts.values()
    )
