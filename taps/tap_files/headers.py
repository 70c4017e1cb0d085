"""Which column of a file means which column of a contract."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from taps.tap_files.contract import Column, Contract, load_contracts
from taps.tap_files.currencies import currency_codes
from taps.tap_files.moments import order_shown_by
from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO, Settings

__all__ = ["Binding", "bind", "looks_like_data", "normalised", "recognise"]

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_VALUE = re.compile(r"\s*[-+]?[\d.,/:\-]*\d[\d.,/:\-]*\s*|.*@.*\..*")


@dataclass(frozen=True)
class Binding:
    """A contract matched to a file's header.

    Attributes
    ----------
    header : the file's columns, in order.
    positions : contract column -> position in the header.
    currency_code : the currency that the amount's header names (amount_gbp), or None.
    missing : required columns that nothing in the header gives.
    """

    contract: Contract
    header: tuple[str, ...]
    positions: Mapping[str, int]
    currency_code: str | None
    missing: tuple[Column, ...]

    def positions_of(self, *types: str) -> tuple[int, ...]:
        """Positions of the matched columns of these types."""
        columns = (c for c in self.contract.columns if c.type in types)
        return tuple(
            self.positions[c.name] for c in columns if c.name in self.positions
        )


def normalised(header: str) -> str:
    """A header without case, accents, spaces and signs: ``Año-Mes`` -> ``anomes``."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    return _NOT_WORD.sub("", plain)


def looks_like_data(header: Sequence[str]) -> bool:
    """Whether a first line holds values (a number, a date, an address), not names."""
    return any(_VALUE.fullmatch(cell) or order_shown_by(cell) for cell in header)


def recognise(name: str, header: Sequence[str], settings: Settings) -> Binding:
    """The contract that a file fulfils.

    Raises
    ------
    FileError
        No contract is fulfilled, or several are and none supersedes the others.
    """
    contracts = load_contracts()
    if settings.contract != AUTO:
        contracts = {settings.contract: contracts[settings.contract]}
    bindings = [bind(c, header, settings.columns) for c in contracts.values()]
    whole = [binding for binding in bindings if not binding.missing]
    beaten = {other for binding in whole for other in binding.contract.supersedes}
    whole = [binding for binding in whole if binding.contract.name not in beaten]
    if not whole:
        raise _missing_columns(name, header, _nearest(bindings))
    if len(whole) > 1:
        names = " and ".join(binding.contract.name for binding in whole)
        remedy = "Say which one it is with the setting contract"
        raise FileError(name, f"several contracts match: {names}", remedy=remedy)
    _refuse_doubled_columns(name, whole[0])
    return whole[0]


def bind(
    contract: Contract, header: Sequence[str], overrides: Mapping[str, str]
) -> Binding:
    """Match a contract's columns to a header, best alias first."""
    keys = [normalised(cell) for cell in header]
    positions: dict[str, int] = {}
    currencies: dict[str, str] = {}
    for column in contract.columns:
        found = _find(column, keys, overrides.get(column.name))
        if found is not None:
            positions[column.name], currency = found
            if currency:
                currencies[column.name] = currency
    missing_any = _missing_any(contract, positions)
    products = [column for column in contract.columns if column.product_of]
    multiplied = {c.name for c in products if positions.keys() >= set(c.product_of)}
    for column in contract.columns:
        if column.name not in positions.keys() | multiplied:
            positions |= _last_resort(column, keys)
    for column in products:
        if column.name in positions:
            positions = {
                k: v for k, v in positions.items() if k not in column.product_of
            }
    given = positions.keys() | multiplied
    return Binding(
        contract=contract,
        header=tuple(header),
        positions=positions,
        currency_code=_named_currency(contract, positions, currencies),
        missing=(
            *(c for c in contract.columns if c.required and c.name not in given),
            *missing_any,
        ),
    )


def _missing_any(
    contract: Contract, positions: Mapping[str, int]
) -> tuple[Column, ...]:
    """The first of the columns of which one must be there, when none is."""
    if not contract.any_of or positions.keys() & set(contract.any_of):
        return ()
    return tuple(c for c in contract.columns if c.name == contract.any_of[0])


def _named_currency(
    contract: Contract, positions: Mapping[str, int], currencies: Mapping[str, str]
) -> str | None:
    """The currency that the header of the amount, or of its factors, names."""
    amount = next(
        (c for c in contract.columns if c.name == contract.amount_column), None
    )
    if amount is None:
        return None
    sources = (amount.name,) if amount.name in positions else amount.product_of
    return next((currencies[s] for s in sources if s in currencies), None)


def _find(
    column: Column, keys: Sequence[str], override: str | None
) -> tuple[int, str | None] | None:
    if override is not None:
        wanted = normalised(override)
        return (keys.index(wanted), None) if wanted in keys else None
    for alias in map(normalised, column.aliases):
        if alias in keys:
            return keys.index(alias), None
        if column.currency_suffix:
            for position, key in enumerate(keys):
                code = key[len(alias) :].upper()
                if key.startswith(alias) and code in currency_codes():
                    return position, code
    return None


def _last_resort(column: Column, keys: Sequence[str]) -> dict[str, int]:
    wanted = (normalised(alias) for alias in column.last_resort)
    found = next((keys.index(key) for key in wanted if key in keys), None)
    return {} if found is None else {column.name: found}


def _nearest(bindings: Iterable[Binding]) -> Binding:
    """The contract with the largest share of its required columns present.

    Of two that are as near, the one before which more of the others give way.
    """
    return min(bindings, key=lambda b: (_missing_share(b), -len(b.contract.supersedes)))


def _missing_share(binding: Binding) -> float:
    contract = binding.contract
    required_count = sum(column.required for column in contract.columns)
    return len(binding.missing) / (required_count + bool(contract.any_of))


def _missing_columns(name: str, header: Sequence[str], binding: Binding) -> FileError:
    if looks_like_data(header):
        remedy = "Add a first line with the names of the columns"
        problem = "the first line holds values, not column names"
        return FileError(name, problem, remedy=remedy, line=1)
    missing = ", ".join(column.name for column in binding.missing)
    found = ", ".join(cell.strip() for cell in header)
    problem = (
        f"no column for {missing} of the contract {binding.contract.name}"
        f"; columns found: {found}"
    )
    example = f'{{"{binding.missing[0].name}": "<column of the file>"}}'
    remedy = f"Name the column with the setting columns, as {example}"
    return FileError(name, problem, remedy=remedy)


def _refuse_doubled_columns(name: str, binding: Binding) -> None:
    keys = [normalised(cell) for cell in binding.header]
    for column in _doubled(keys, binding.positions):
        problem = f"the column for {column} appears more than once"
        raise FileError(name, problem, remedy="Rename or remove one of them", line=1)


def _doubled(keys: Sequence[str], positions: Mapping[str, int]) -> Iterator[str]:
    return (c for c, position in positions.items() if keys.count(keys[position]) > 1)
