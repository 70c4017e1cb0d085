"""Which columns of a log say what a row is: of two states, one may be of a country.

``Estado`` beside ``Status`` holds SP and RJ in Brazil. Alone it is not taken for that:
PE is Pernambuco, and pendiente.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Final

from taps.tap_files.headers import Binding
from taps.tap_files.settings import Settings
from taps.tap_files.statuses import flag_of, says_no, says_yes
from taps.tap_files.tables import Table, as_text
from taps.tap_files.wording import normalised

__all__ = ["with_states"]

_CODES: Final = frozenset(
    {"AC", "AL", "AP", "AM", "BA", "CE", "DF", "ES", "GO", "MA", "MT", "MS", "MG", "PA"}
    | {"PB", "PR", "PE", "PI", "RJ", "RN", "RS", "RO", "RR", "SC", "SP", "SE", "TO"}
)
"""Of the states of Brazil (ISO 3166-2:BR)."""
_MOST_ROWS: Final = 2_000


def with_states(binding: Binding, table: Table, settings: Settings) -> Binding:
    """With the columns of a log that say whether its rows are sales, and only those."""
    if binding.contract.name != "purchases" or binding.preset:
        return binding
    return _flagged(_without_places(binding, table, settings), table, settings)


def _without_places(binding: Binding, table: Table, settings: Settings) -> Binding:
    first, others = binding.positions.get("status"), binding.others.get("status", ())
    if first is None or not others or "status" in settings.columns:
        return binding
    said: dict[int, set[str]] = {at: set() for at in (first, *others)}
    for row in islice(table.rows(), _MOST_ROWS):
        for at, words in said.items():
            words.add("" if row.problem else as_text(row.cells[at]))
    states = [at for at, words in said.items() if not words - {""} <= _CODES]
    if not states or len(states) == len(said):
        return binding
    return replace(
        binding,
        positions={**binding.positions, "status": states[0]},
        others={**binding.others, "status": tuple(states[1:])},
    )


def _flagged(binding: Binding, table: Table, settings: Settings) -> Binding:
    """With the columns of a log whose yes, or date, makes a row no sale."""
    ignored = {normalised(header) for header in settings.ignored_columns.split("|")}
    refunded = binding.positions.get("refunded_amount")
    found = {
        position: means
        for position, header in enumerate(binding.header)
        if normalised(header) not in ignored
        and (position not in binding.used or position == refunded)
        if (means := flag_of(header))
    }
    positions = dict(binding.positions)
    if refunded in found:
        if "refunded_amount" in settings.columns or not _is_flag(table, refunded):
            del found[refunded]
        else:
            del positions["refunded_amount"]
    return replace(binding, positions=positions, flags=found)


def _is_flag(table: Table, position: int) -> bool:
    """Whether a column says yes or no in every row, and yes in one."""
    is_set = False
    for row in table.rows():
        text = "" if row.problem else as_text(row.cells[position])
        if says_yes(text):
            is_set = True
        elif not says_no(text):
            return False
    return is_set
