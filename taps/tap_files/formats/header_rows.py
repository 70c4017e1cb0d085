"""Which of a file's first lines names its columns.

Reports put a title and a span of dates above the header; a file for Excel may begin
with ``sep=;``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from taps.tap_files.contract import Column, Contract, load_contracts
from taps.tap_files.headers import bind
from taps.tap_files.presets import Preset, preset_of
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
    names a column that the first one leaves without a name, and holds no number. One
    that says something in its first cell alone is the name of the rows below it.
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
    is_group = bool(second and second[0].strip()) and not any(
        map(str.strip, second[1:])
    )
    if (
        is_group
        or not any(gaps)
        or all(map(str.strip, second))
        or any(map(_has_digit, second))
    ):
        return list(rows[at]), 1
    titles: list[str] = []
    group = ""
    for top, below in zip(first, second, strict=True):
        group = top.strip() or (group if below.strip() else "")
        titles.append(f"{group} {below.strip()}".strip())
    return titles, 2


@cache
def _asked_for() -> Mapping[str, tuple[frozenset[str], ...]]:
    """Contract -> of each column that nothing stands in for, the names it may have.

    As names are compared, without the code of a currency.
    """
    return {
        name: tuple(
            frozenset(map(normalised, (*column.aliases, *column.last_resort)))
            for column in contract.columns
            if column.required and not (column.stands_in or column.product_of)
        )
        for name, contract in load_contracts().items()
    }


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _fulfils(header: Sequence[str], settings: Settings) -> bool:
    contracts = load_contracts()
    preset = preset_of(header, settings.preset, settings.contract)
    if preset and not _missing(contracts[preset.contract], header, settings, preset):
        return True
    if settings.contract != AUTO:
        contracts = {settings.contract: contracts[settings.contract]}
    if not (settings.columns or settings.constants):
        told = {*keys_of(header), *keys_of(header, is_money=True)}
        keys = {part for key in told for part in (key, key[:-3])}
        # Rows of values name nothing, and are most of those that are looked at.
        contracts = {
            name: contract
            for name, contract in contracts.items()
            if all(keys & names for names in _asked_for()[name])
        }
    own = preset.contract if preset else ""
    others = (each for each in contracts.values() if each.name != own)
    return any(not _missing(each, header, settings) for each in others)


def _missing(
    contract: Contract,
    header: Sequence[str],
    settings: Settings,
    preset: Preset | None = None,
) -> tuple[Column, ...]:
    return bind(contract, header, settings.columns, preset, settings).missing
