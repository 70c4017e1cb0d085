"""Which column of a file means which column of a contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from taps.tap_files.contract import Column, Contract, load_contracts
from taps.tap_files.finding import Finder
from taps.tap_files.header_errors import (
    missing_columns,
    nearest,
    refuse_doubled_columns,
    tells_money,
)
from taps.tap_files.presets import Preset, preset_of
from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO, Settings
from taps.tap_files.wording import is_header_of, keys_of, normalised

__all__ = ["Binding", "bind", "recognise"]


@dataclass(frozen=True)
class Binding:
    """A contract matched to a file's header.

    Attributes
    ----------
    header : the file's columns, in order.
    positions : contract column -> position in the header.
    currency_code : the currency that the amount's header names (amount_gbp), or None.
    missing : required columns that nothing in the header gives.
    others : contract column -> further positions, read where the first is empty (of a
        status: read as well; of money: added to it).
    time_position : position of the time of day, where it stands beside the date.
    constants : contract column -> the text that stands for it in every row.
    refers_to, refund_customer : positions of the sale that a negative row gives back.
    also, less, kept : positions of money added to the amount, taken off, or left of it.
    fees_back, costs_back : positions of fees told apart from a refund (see Preset).
    left_out_when : positions and their normalised values that make a row no sale.
    left_in : positions of shipping that the amount may hold, and nothing takes off it.
    flags : positions where a yes or a date gives a row a status, and which.
    """

    contract: Contract
    header: tuple[str, ...]
    positions: Mapping[str, int]
    currency_code: str | None
    missing: tuple[Column, ...]
    preset: Preset | None = None
    others: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    time_position: int | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    refers_to: tuple[int, ...] = ()
    refund_customer: tuple[int, ...] = ()
    also: tuple[int, ...] = ()
    less: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    fees_back: tuple[int, ...] = ()
    costs_back: tuple[int, ...] = ()
    left_out_when: tuple[tuple[int, frozenset[str]], ...] = ()
    left_in: tuple[int, ...] = ()
    flags: Mapping[int, str] = field(default_factory=dict)

    def positions_of(self, *types: str) -> tuple[int, ...]:
        """Positions of the matched columns of these types."""
        named = [c.name for c in self.contract.columns if c.type in types]
        return tuple(self.positions[n] for n in named if n in self.positions)

    @property
    def used(self) -> frozenset[int]:
        """Positions of every column that is read."""
        found = {*self.positions.values(), *self.refers_to, *self.refund_customer}
        found |= {position for position, _ in self.left_out_when}
        found |= {*self.also, *self.less, *self.kept, *self.flags}
        found |= {each for positions in self.others.values() for each in positions}
        found |= {at for at in (self.time_position,) if at is not None}
        return frozenset(found)

    def has(self, column: str) -> bool:
        """Whether the file, a setting or its preset gives a column."""
        return column in self.positions or column in self.constants


def recognise(name: str, header: Sequence[str], settings: Settings) -> Binding:
    """The contract that a file fulfils.

    Raises
    ------
    FileError
        No contract is fulfilled, or several are, and none supersedes the others or
        reads what they read and more.
    """
    contracts = load_contracts()
    if settings.contract != AUTO:
        contracts = {settings.contract: contracts[settings.contract]}
    preset = preset_of(header, settings.preset, settings.contract)
    if preset is not None:
        contract = load_contracts()[preset.contract]
        known = bind(contract, header, settings.columns, preset, settings)
        if settings.preset == preset.name or not known.missing:
            if known.missing:
                raise missing_columns(name, header, known)
            refuse_doubled_columns(name, known)
            return known
    bindings = [
        bind(c, header, settings.columns, None, settings) for c in contracts.values()
    ]
    whole = [binding for binding in bindings if not binding.missing]
    beaten = {other for binding in whole for other in binding.contract.supersedes}
    whole = [binding for binding in whole if binding.contract.name not in beaten]
    if not whole:
        closest = known if preset is not None else nearest(bindings)
        raise missing_columns(name, header, closest)
    reads = [set(each.positions.values()) for each in whole]
    whole = [
        each
        for each, own in zip(whole, reads, strict=True)
        if not any(own < other for other in reads)
    ]
    if len(whole) == 1 and (money := _money_beside(whole[0], bindings)):
        raise missing_columns(name, header, money)
    if len(whole) > 1:
        names = " and ".join(binding.contract.name for binding in whole)
        remedy = "Say which one it is with the setting contract"
        raise FileError(name, f"several contracts match: {names}", remedy=remedy)
    refuse_doubled_columns(name, whole[0])
    return whole[0]


def _money_beside(whole: Binding, bindings: Sequence[Binding]) -> Binding | None:
    """A contract of money that goes before this one of none, but for one column.

    A report of spend that names its account is no list of accounts.
    """
    if whole.contract.amount_column:
        return None
    own = whole.contract.name
    before = [
        each
        for each in bindings
        if each.contract.amount_column
        and own in each.contract.supersedes
        and len(each.missing) == 1
    ]
    return next(filter(tells_money, before), None)


def bind(
    contract: Contract,
    header: Sequence[str],
    overrides: Mapping[str, str],
    preset: Preset | None = None,
    settings: Settings | None = None,
) -> Binding:
    """Match a contract's columns to a header, best alias first.

    Parameters
    ----------
    overrides : contract column -> header; an empty one says that none means it.
    preset : what the file's program means by its columns, instead of the aliases.
    settings : whose constants stand for columns, and whose currency is the company's:
        of money in several, that one is read.
    """
    keys = preset.keys_of(header) if preset else keys_of(header)
    constants = settings.constants if settings else {}
    sold = keys_of(header, is_money=True) if _may_hold_tax(contract, preset) else keys
    own = settings.currency_code if settings else None
    finder, money = Finder(header, keys, own), Finder(header, sold, own)
    positions: dict[str, int] = {}
    others: dict[str, tuple[int, ...]] = {}
    currencies: dict[str, str] = {}
    for column in contract.columns:
        if column.name in constants:
            continue
        aliases = column.aliases
        if preset is not None:
            aliases = preset.headers_of(column.name, keys)
        finds = money if column.currency_suffix else finder
        found = finds.find(column, aliases, overrides.get(column.name))
        if found is not None:
            positions[column.name], currency = found
            if currency:
                currencies[column.name] = currency
            is_state = contract.name == "purchases" and column.name == "status"
            if column.name in overrides and is_state:
                others[column.name] = _all_of(
                    keys, overrides[column.name].split("|")[1:]
                )
            elif preset or is_state:
                others[column.name] = _further(column, keys, aliases, found[0])
    missing_any = _missing_any(contract, positions)
    products = [column for column in contract.columns if column.product_of]
    multiplied = {c.name for c in products if positions.keys() >= set(c.product_of)}
    for column in contract.columns:
        if column.name not in positions.keys() | multiplied and preset is None:
            positions |= _last_resort(column, sold if column.currency_suffix else keys)
    multiplied = {c.name for c in products if positions.keys() >= set(c.product_of)}
    for column in products:
        if column.name in positions:
            positions = {
                k: v for k, v in positions.items() if k not in column.product_of
            }
    standing = {**(preset.constants if preset else {}), **constants}
    standing = {k: v for k, v in standing.items() if k not in positions}
    given = positions.keys() | multiplied | standing.keys()
    given |= {c.name for c in contract.columns if set(c.stands_in) & given}
    return Binding(
        contract=contract,
        header=tuple(header),
        positions=positions,
        currency_code=_named_currency(contract, positions, currencies),
        missing=(
            *(c for c in contract.columns if c.required and c.name not in given),
            *missing_any,
        ),
        preset=preset,
        others={**others, **(preset.belonging(keys, positions) if preset else {})},
        time_position=_first_of(keys, preset.time if preset else ()),
        constants=standing,
        refers_to=_all_of(keys, preset.refers_to if preset else ()),
        refund_customer=_all_of(keys, preset.refund_customer if preset else ()),
        also=_named(keys, preset.also if preset else ()),
        less=_named(keys, preset.less if preset else ()),
        kept=_named(keys, preset.kept if preset else ()),
        fees_back=_named(keys, preset.fees_back if preset else ()),
        costs_back=_named(keys, preset.costs_back if preset else ()),
        left_out_when=tuple(
            (position, frozenset(map(normalised, values)))
            for header_name, values in (preset.left_out_when if preset else {}).items()
            for position in _named(keys, (header_name,))[:1]
        ),
    )


def _may_hold_tax(contract: Contract, preset: Preset | None) -> bool:
    """Whether what it tells is told with tax or without; costs are without."""
    return preset is None and contract.name in {"purchases", "invoices"}


def _all_of(keys: Sequence[str], headers: Sequence[str]) -> tuple[int, ...]:
    wanted = [normalised(header) for header in headers]
    return tuple(keys.index(key) for key in wanted if key in keys)


def _named(keys: Sequence[str], headers: Sequence[str]) -> tuple[int, ...]:
    """Positions of headers, with or without a currency code."""
    return tuple(
        position
        for position, key in enumerate(keys)
        if any(is_header_of(key, header) for header in headers)
    )


def _first_of(keys: Sequence[str], headers: Sequence[str]) -> int | None:
    return next(iter(_all_of(keys, headers)), None)


def _further(
    column: Column, keys: Sequence[str], aliases: Sequence[str], first: int
) -> tuple[int, ...]:
    """Other columns that mean the same text or moment."""
    if column.type not in {"string", "date", "date-time"}:
        return ()
    found = [keys.index(a) for a in map(normalised, aliases) if a in keys]
    return tuple(position for position in dict.fromkeys(found) if position != first)


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


def _last_resort(column: Column, keys: Sequence[str]) -> dict[str, int]:
    wanted = (normalised(alias) for alias in column.last_resort)
    found = next((keys.index(key) for key in wanted if key in keys), None)
    return {} if found is None else {column.name: found}
