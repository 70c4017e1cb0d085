"""The first pass over a file: everything that must be known before a row leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from zoneinfo import ZoneInfo

from taps.tap_files.contract import load_contracts
from taps.tap_files.doubts.copies import Copies
from taps.tap_files.doubts.other_tables import SeatPrices, SecondTable
from taps.tap_files.doubts.said_currency import SaidCurrency
from taps.tap_files.evidence import Evidence
from taps.tap_files.formats.csv_files import open_csv
from taps.tap_files.formats.grouped import grouped
from taps.tap_files.formats.joined_ids import with_joined_ids
from taps.tap_files.formats.jsonl_files import open_jsonl
from taps.tap_files.formats.parted import parted
from taps.tap_files.formats.unfolded import unfolded
from taps.tap_files.formats.xlsx_files import open_spreadsheet
from taps.tap_files.header_errors import refuse_subscriptions
from taps.tap_files.headers import Binding, bind, recognise
from taps.tap_files.identity import Identities
from taps.tap_files.locations import SourceFile
from taps.tap_files.look_alikes import refuse_look_alikes
from taps.tap_files.problems import FileError
from taps.tap_files.questions import Questions
from taps.tap_files.repeated_headers import RepeatedHeaders
from taps.tap_files.settings import AUTO, Settings
from taps.tap_files.statuses import meanings
from taps.tap_files.sums.keyed_amounts import KeyedAmounts
from taps.tap_files.sums.minor_units import MinorUnits
from taps.tap_files.sums.other_currencies import OtherCurrencies
from taps.tap_files.sums.planned import Planned
from taps.tap_files.sums.repeats import KeyCollector, Repeats
from taps.tap_files.sums.row_worth import Watch, watches_of_worth
from taps.tap_files.sums.scaled import Scaled
from taps.tap_files.sums.seats import with_seats
from taps.tap_files.sums.told_parts import with_told_parts
from taps.tap_files.sums.totals import TotalRows, refuse_all_totals
from taps.tap_files.sums.twice import Outcomes, Twice
from taps.tap_files.sums.two_amounts import TwoAmounts
from taps.tap_files.tables import Row, Table
from taps.tap_files.unsaved_formulas import UnsavedFormulas
from taps.tap_files.values.amounts import AmountReader, amount_reader
from taps.tap_files.values.currencies import currency_told_in
from taps.tap_files.values.mojibake import MojibakeCount, refuse_garbled_header
from taps.tap_files.values.moments import MomentReader, moment_reader
from taps.tap_files.values.periods import period_above
from taps.tap_files.values.states import with_states

__all__ = ["Inspection", "inspect_file"]

_RATE_DECIMALS = 12
"""A Chilean peso is 0.00096 euros: six decimals would lose a part in two thousand."""
_BATCH = 500
_OF_SPEND = frozenset(
    {"spend", "impressions", "clicks", "campaign_name", "campaign_id"}
)
"""Columns of which a report of totals for a period has at least one."""


@dataclass(frozen=True)
class Inspection:
    """What the first pass found out.

    Attributes
    ----------
    name : of the file, as in the ``files`` stream.
    amounts, rates, moments : readers set to the file's decimal separator and date
        order; a rate keeps more decimals than an amount.
    repeats : rows of a file, or orders of a Shopify export, that appear again.
    statuses : normalised word of a status column -> what it means for money.
    is_per_order : whether each row of an order repeats the amount of the whole order.
    shown_currency : the currency that the amounts themselves, or a line above the
        header, are written with, or None.
    is_date_order_told : whether a setting says how dates are written.
    totals : rows that add up others, where the file is held against them.
    """

    name: str
    table: Table
    binding: Binding
    amounts: AmountReader
    rates: AmountReader
    moments: MomentReader
    repeats: Repeats
    notes: tuple[str, ...]
    statuses: Mapping[str, str]
    is_per_order: bool
    shown_currency: str | None
    is_date_order_told: bool
    totals: tuple[Row, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Every row that is no header and no total of others."""
        headers = RepeatedHeaders(self.name, self.binding)
        totals = TotalRows(self.name, self.binding)
        return totals.left_out(headers.left_out(self.table.rows()))


def inspect_file(source: SourceFile, settings: Settings) -> Inspection:
    """Read a whole file without loading it.

    Raises
    ------
    FileError
        The file cannot be loaded; nothing of it may be emitted.
    """
    settings = _with_what_is_known(source, settings)
    table = with_joined_ids(_open(source, settings), settings)
    binding = with_states(_recognised(source, table, settings), table, settings)
    binding = with_told_parts(binding, table.rows, settings)
    binding = with_seats(binding, table.rows, settings)
    told = binding.preset.statuses if binding.preset else {}
    statuses = meanings(told, settings.statuses)
    evidence = Evidence(source.name, binding, settings)
    identities = Identities(source.name, binding, settings)
    watches = _watches(source.name, binding, settings, statuses, table)
    amounts_of_ids = KeyedAmounts(source.name, binding)
    mojibake = MojibakeCount()
    keys = KeyCollector(binding)
    headers = RepeatedHeaders(source.name, binding)
    totals = TotalRows(source.name, binding)
    looks: tuple[Callable[[Row], None], ...] = (evidence.add, identities.add)
    looks += (*(each.add for each in watches), amounts_of_ids.add, keys.add)
    is_empty = True
    for rows in _batches(totals.left_out(headers.left_out(table.rows()))):
        is_empty = False
        whole = [row for row in rows if not row.problem]
        for look_at in looks:
            for row in whole:
                look_at(row)
        for row in () if table.is_ascii else whole:
            mojibake.add(row.line, row.cells)
    table.check_end()
    mojibake.refuse_garbled_file(source.name, settings.encoding)
    for watch in watches:
        watch.ask()
    is_per_order = identities.check()
    separator, is_proven = evidence.separator(table.decimal_hint)
    amounts_of_ids.ask(separator)
    if is_empty:
        refuse_all_totals(source.name, binding, totals.rows)
    left_out = _notes_of_rows(headers, totals, is_empty=is_empty)
    return Inspection(
        name=source.name,
        table=table,
        binding=binding,
        amounts=_amounts(separator, is_proven, evidence, settings),
        rates=amount_reader(separator, is_proven=is_proven, decimals=_RATE_DECIMALS),
        moments=_moments(binding, evidence, settings),
        repeats=keys.finder.repeats(),
        notes=(*table.notes, *_notes(binding), *left_out),
        statuses=statuses,
        is_per_order=is_per_order,
        shown_currency=evidence.currency() or currency_told_in(table.above),
        is_date_order_told=settings.date_format != AUTO,
        totals=tuple(totals.rows) if settings.totals == AUTO else (),
    )


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows by the hundreds: one question is asked of many before the next is."""
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _with_what_is_known(source: SourceFile, settings: Settings) -> Settings:
    """The settings, with what the file was taken from says of it."""
    if source.contract:
        settings = replace(settings, contract=source.contract)
    if source.date_format and settings.date_format == AUTO:
        settings = replace(settings, date_format=source.date_format)
    return settings


def _watches(
    name: str,
    binding: Binding,
    settings: Settings,
    statuses: Mapping[str, str],
    table: Table,
) -> tuple[Watch, ...]:
    return (
        *watches_of_worth(name, binding, settings, statuses, table.above),
        UnsavedFormulas(name, binding),
        Twice(name, binding),
        Outcomes(name, binding, settings),
        Copies(name, binding, settings),
        SecondTable(name, binding),
        SeatPrices(name, binding, settings),
        Questions(name, binding, settings, statuses),
        OtherCurrencies(name, binding, settings),
        Planned(name, binding, settings),
        TwoAmounts(name, binding, settings),
        MinorUnits(name, binding, settings),
        Scaled(name, binding, settings, table),
        SaidCurrency(name, binding, settings, table),
    )


def _recognised(source: SourceFile, table: Table, settings: Settings) -> Binding:
    """The contract of a table; a period above its header stands for its dates."""
    refuse_garbled_header(source.name, table.header)
    refuse_look_alikes(source.name, table.header, settings)
    period = period_above(table.above, settings.date_format)
    try:
        binding = recognise(source.name, table.header, settings)
    except FileError:
        if period is None or settings.contract not in {AUTO, "ad_spend"}:
            raise
        spend = bind(load_contracts()["ad_spend"], table.header, settings.columns)
        if not _OF_SPEND & spend.positions.keys():
            raise
        whole = replace(
            settings, contract="ad_spend", constants={**period, **settings.constants}
        )
        return recognise(source.name, table.header, whole)
    if settings.contract == AUTO:
        refuse_subscriptions(source.name, binding)
    return binding


def _amounts(
    separator: str, is_proven: bool, evidence: Evidence, settings: Settings
) -> AmountReader:
    return amount_reader(
        separator,
        is_proven=is_proven,
        is_in_cents=evidence.is_in_cents(),
        unit=settings.amount_unit,
    )


def _moments(binding: Binding, evidence: Evidence, settings: Settings) -> MomentReader:
    order, is_year_first = evidence.date_order(), evidence.writes_years_first()
    zone = _zone_of(binding)
    return moment_reader(settings.time_zone, order, zone, is_year_first=is_year_first)


def _notes(binding: Binding) -> Iterator[str]:
    if binding.preset:
        yield f"read as {binding.preset.title}"
        yield from binding.preset.notes
    for position in binding.left_in:
        header = binding.header[position].strip()
        yield (
            f"whether the amounts hold {header!r} is not known: it stays in them; "
            f"columns.shipping_amount={header} takes it off net sales"
        )
    for position, means in binding.flags.items():
        header = binding.header[position].strip()
        yield f"a yes or a date in {header!r} makes a row {means.replace('_', ' ')}"


def _zone_of(binding: Binding) -> ZoneInfo | None:
    """The zone that a known program writes its times in."""
    zone = binding.preset.time_zone if binding.preset else None
    return ZoneInfo(zone) if zone else None


def _notes_of_rows(
    headers: RepeatedHeaders, totals: TotalRows, *, is_empty: bool
) -> Iterator[str]:
    if is_empty:
        yield "the file has a header and no rows"
    if headers.count:
        yield f"{headers.count} rows say the header again and are left out"
    if totals.rows:
        yield f"{len(totals.rows)} rows of totals are left out"


def _open(source: SourceFile, settings: Settings) -> Table:
    if source.format == "csv":
        return grouped(parted(unfolded(open_csv(source, settings))))
    if source.format == "jsonl":
        return open_jsonl(source, settings)
    if source.format == "spreadsheet":
        return grouped(parted(open_spreadsheet(source, settings)))
    # Importing pyarrow takes 60 MB: only those who read Parquet pay for it.
    from taps.tap_files.formats.parquet_files import open_parquet  # noqa: PLC0415

    return unfolded(open_parquet(source))
