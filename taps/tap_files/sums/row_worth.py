"""Columns that say a row is worth something else than its amount, as a question.

A credit note written without a minus, a discount beside prices that are multiplied, an
amount that is of one unit where several were sold: what no column of the contract reads
would be added up as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from taps.tap_files.doubts.costs import Costs
from taps.tap_files.doubts.first_seen import FirstSeen, Reader
from taps.tap_files.doubts.marked import UnmarkedRows
from taps.tap_files.doubts.mixed_rates import MixedRates
from taps.tap_files.doubts.modes import Modes
from taps.tap_files.doubts.money_out import MoneyOut
from taps.tap_files.doubts.outcomes import SaidOutcomes
from taps.tap_files.doubts.parts_paid import Parts
from taps.tap_files.doubts.referred import Kits, ReferredRows
from taps.tap_files.doubts.refunds_less_fees import RefundsLessFees
from taps.tap_files.doubts.said_in_text import Prepaid, SaidInText
from taps.tap_files.doubts.unit_amounts import ONE, UNITS, UnitAmounts
from taps.tap_files.doubts.warranties import Warranties
from taps.tap_files.headers import Binding
from taps.tap_files.log_columns import LogColumns, Place
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import WITHHELD
from taps.tap_files.settings import AUTO, Settings
from taps.tap_files.sums.added_up import CountedSales, OrderSums
from taps.tap_files.sums.commissions import Commissions
from taps.tap_files.sums.credit_notes import CreditNotes, CreditSeries
from taps.tap_files.sums.discounts import PRICES, Discounted, taken_off
from taps.tap_files.sums.group_headings import GroupHeadings
from taps.tap_files.sums.minor_units import LostThousands
from taps.tap_files.sums.net_beside import NetBeside
from taps.tap_files.sums.no_goods import NoGoods, UnitsBack
from taps.tap_files.sums.not_sales import NotSales
from taps.tap_files.sums.only_refunds import OnlyRefunds
from taps.tap_files.sums.other_lists import OtherLists
from taps.tap_files.sums.other_sections import OtherSections
from taps.tap_files.sums.refunds_twice import RefundsTwice
from taps.tap_files.sums.row_codes import RowCodes
from taps.tap_files.sums.row_kinds import RowKinds
from taps.tap_files.sums.said_again import SaidAgain, UnreadNumbers, Versions
from taps.tap_files.sums.said_elsewhere import (
    SaidElsewhere,
    SaidInactive,
    StatesUnnamed,
)
from taps.tap_files.sums.stages import Stages
from taps.tap_files.sums.tax_parts import TAX, TaxInSome
from taps.tap_files.sums.tips import Tips
from taps.tap_files.sums.unnamed_sums import UnnamedSums
from taps.tap_files.sums.unpaid_rows import UnpaidRows
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["Watch", "watches_of_worth"]

_RETURNED = frozenset(
    {
        "devuelta", "devueltas", "devuelto", "devueltos", "devolvida", "devolvidas",
        "returned", "refunded", "return", "devolucion", "retourniert", "retoure",
        "retourne", "retournee", "retournees", "reso", "resi", "geretourneerd",
    }
)  # fmt: skip
_PASSED_ON = frozenset(
    {"suplido", "suplidos", "disbursement", "disbursements", "debours", "auslagen"}
)
_OFF = re.compile(r"[^\w]*[\d.,]*[1-9][\d.,]*[^\w]*(?:[A-Za-z]{2,3})?")
_RATES = frozenset({"percent", "percentage", "pct", "rate", "porcentaje", "tasa"})
_RATES |= {"tipo", "id", "number", "numero", "code", "codigo", "satz", "taux"}
"""Words of headers of taxes that are no money."""


class Watch(Protocol):
    """Looks at each row of the first pass, and asks at its end."""

    def add(self, row: Row) -> None:
        """Look at a row."""

    def ask(self) -> None:
        """Raise FileError with the setting that answers, if there is a question."""


def watches_of_worth(
    name: str,
    binding: Binding,
    settings: Settings,
    statuses: Mapping[str, str],
    above: Sequence[str] = (),
) -> tuple[Watch, ...]:
    """What is looked at in a log of purchases, or of bills; of a preset's, hardly any.

    Parameters
    ----------
    statuses : normalised word of a status column -> what it means for money.
    above : lines above the header, which may say what the list is.
    """
    contract = binding.contract.name
    if contract not in {"purchases", "invoices", "subscriptions"}:
        return ()
    ignored = {normalised(header) for header in settings.ignored_columns.split("|")}
    log = LogColumns(name, binding, ignored)
    if binding.preset:
        return (RefundsTwice(log, binding, settings.columns, statuses),)
    if contract == "subscriptions":
        rates = set(log.holding(_RATES))
        taxes = [at for at in log.holding(TAX) if at not in rates]
        return (_TaxInPrice(log, taxes), SaidInactive(log, statuses))
    if contract == "invoices":
        return (CreditNotes(log, settings, statuses, is_of_bills=True),)
    watches: list[Watch] = [
        *(
            CreditNotes(log, settings, statuses),
            _Discounts(log),
            _ReturnedUnits(log),
            UnitAmounts(log),
        ),
        *(Tips(log), RowKinds(log), NoGoods(log), UnitsBack(log, statuses)),
        GroupHeadings(log, binding),
        RefundsTwice(log, binding, settings.columns, statuses),
        RefundsLessFees(log, binding, settings.columns),
        OnlyRefunds(log, binding),
        *(_UnreadUnits(log), OtherSections(log)),
        *(
            NotSales(log, binding),
            OtherLists(log, binding),
            Stages(log, binding, settings, statuses),
            RowCodes(log),
        ),
        *(CreditSeries(log), CountedSales(log, binding), Versions(log)),
        *_doubts(log, binding, statuses, " ".join(above)),
        *(LostThousands(log, settings, binding), TaxInSome(log)),
        Discounted(log, is_told="amount" in settings.columns),
        Commissions(log, is_told="amount" in settings.columns),
        NetBeside(log, is_told="amount" in settings.columns),
        _PassedOn(log, log.holding(_PASSED_ON)),
        _Withheld(log, [] if "amount" in settings.columns else log.holding(WITHHELD)),
    ]
    if settings.amount_per == AUTO:
        watches += (SaidAgain(log, binding, statuses), UnnamedSums(log, binding))
        watches += (OrderSums(log), UnreadNumbers(log, binding))
    return tuple(watches)


def _doubts(
    log: LogColumns, binding: Binding, statuses: Mapping[str, str], above: str
) -> tuple[Watch, ...]:
    """What a cell may say that makes a row a doubtful sale."""
    prepaid = Prepaid(log)
    readers: tuple[Reader, ...] = (
        prepaid,
        SaidElsewhere(log, statuses),
        StatesUnnamed(log, statuses),
        Modes(log, statuses),
        SaidInText(log, binding, statuses),
        Parts(log, binding.positions.get("customer_id")),
    )
    return (
        FirstSeen(log, readers, statuses, (MoneyOut(log, above), Costs(log, above))),
        UnpaidRows(log),
        ReferredRows(log, binding, statuses),
        Kits(log, binding),
        SaidOutcomes(log, statuses),
        UnmarkedRows(log, binding, statuses),
        MixedRates(log, binding),
        Warranties(log, binding.positions.get("customer_id"), statuses),
        prepaid,
    )


class _Columns:
    """Columns whose first cell with a number other than 0 is asked about."""

    def __init__(
        self,
        log: LogColumns,
        positions: Sequence[int],
        unless: re.Pattern[str] | None = None,
    ) -> None:
        self._log, self._positions, self._unless = log, positions, unless
        self._first: Place | None = None

    def add(self, row: Row) -> None:
        for position in self._positions:
            text = as_text(row.cells[position])
            is_none = self._unless is not None and self._unless.fullmatch(text)
            if _OFF.fullmatch(text) and not is_none:
                self._first = self._first or (row.line, position, text)

    def ask(self) -> None:
        if self._first is None:
            return
        line, position, text = self._first
        problem, remedy = self.said(self._log.title(position), text)
        raise FileError(self._log.name, problem, remedy=remedy, line=line)

    def said(self, header: str, text: str) -> tuple[str, str]:
        """The problem and its remedy."""
        raise NotImplementedError


class _Discounts(_Columns):
    """Discounts beside prices, which hardly have them taken off."""

    def __init__(self, log: LogColumns) -> None:
        is_price = log.amount is None or normalised(log.title(log.amount)) in PRICES
        super().__init__(log, taken_off(log) if is_price else [])

    def said(self, header: str, text: str) -> tuple[str, str]:
        return (
            f"prices are read, and the column {header!r} (here {text!r}) may be taken "
            "off them",
            "Export what each row was sold for and name it with columns.amount=<column "
            f"of the file>, columns.discount_amount={header} takes it off, or "
            f"ignored_columns={header} if the prices are without it",
        )


class _ReturnedUnits(_Columns):
    """Units that came back, where nothing says what was paid for them."""

    def __init__(self, log: LogColumns) -> None:
        units = set(log.holding(UNITS)) if not log.tells_refunds else set()
        super().__init__(log, sorted(units & set(log.holding(_RETURNED))))

    def said(self, header: str, text: str) -> tuple[str, str]:
        return (
            f"the column {header!r} says that {text} came back, and no column how much "
            "was given back",
            "Export the refunded amount too, and name it with "
            "columns.refunded_amount=<column of the file>, or "
            f"ignored_columns={header} if the amounts are without it",
        )


class _TaxInPrice(_Columns):
    """Taxes beside the price of a subscription, which is told without them."""

    def said(self, header: str, text: str) -> tuple[str, str]:
        return (
            f"the column {header!r} (here {text!r}) may be a part of the price, and "
            "MRR is without tax",
            "Export prices without tax and name them with columns.amount=<column of "
            f"the file>, or ignored_columns={header} if they are so already",
        )


class _Withheld(_Columns):
    """What the buyer keeps for the State, which is a part of what was sold."""

    def said(self, header: str, text: str) -> tuple[str, str]:
        return (
            f"the column {header!r} (here {text!r}) says what the buyer withheld, and "
            "whether the amounts are without it is not known",
            "Say it: columns.amount=<column of the whole> reads what was billed, "
            f"ignored_columns={header} if the amounts are so already",
        )


class _PassedOn(_Columns):
    """What was paid for the buyer, and is charged again: nobody's revenue."""

    def said(self, header: str, text: str) -> tuple[str, str]:
        return (
            f"the column {header!r} (here {text!r}) says what was paid for the buyer, "
            "and whether the amounts hold it is not known",
            f"Say it: columns.discount_amount={header} takes it off, or "
            f"ignored_columns={header} if the amounts are without it",
        )


class _UnreadUnits(_Columns):
    """Units beside a price that nobody multiplies by them."""

    def __init__(self, log: LogColumns) -> None:
        is_price = log.amount is not None and normalised(log.title(log.amount)) in (
            PRICES
        )
        returned = set(log.holding(_RETURNED))
        units = [p for p in log.holding(UNITS) if p not in returned]
        super().__init__(log, units if is_price else [], unless=ONE)

    def said(self, header: str, text: str) -> tuple[str, str]:
        return (
            f"prices are read, and the column {header!r} says that {text} were sold",
            f"columns.quantity={header} with columns.unit_price=<column of the price> "
            f"and columns.amount= (empty) multiplies them, or ignored_columns={header} "
            "if each price is of all the units",
        )
