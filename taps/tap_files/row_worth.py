"""Columns that say a row is worth something else than its amount, as a question.

A credit note written without a minus, a discount beside prices that are multiplied, an
amount that is of one unit where several were sold: what no column of the contract reads
would be added up as if it were not there.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import Protocol

from taps.tap_files.headers import Binding
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["DISCOUNT", "Watch", "is_negative", "watches_of_worth"]

DISCOUNT = frozenset(
    {
        "discount", "discounts", "coupon", "coupons", "descuento", "descuentos",
        "cupon", "cupones", "desconto", "descontos", "cupom", "cupons",
    }
)  # fmt: skip
_CREDIT_NOTES = frozenset(
    {
        "abono", "notadecredito", "notadeabono", "notacredito", "creditnote",
        "creditmemo", "facturarectificativa", "rectificativa", "facturadeabono",
        "devoluciondeventa", "notadedevolucion", "nc",
    }
)  # fmt: skip
_GIVEN_BACK = frozenset(
    {
        "devolucion", "devoluciones", "reembolso", "reembolsos", "refund", "refunds",
        "return", "returns", "devolucao", "estorno",
    }
)  # fmt: skip
_RETURNED = frozenset(
    {
        "devuelta", "devueltas", "devuelto", "devueltos", "devolvida", "devolvidas",
        "returned", "refunded", "return", "devolucion",
    }
)  # fmt: skip
_UNITS = frozenset(
    {"unidades", "units", "cantidad", "quantity", "qty", "quantidade", "items", "uds"}
)
_KINDS = frozenset(
    {"type", "tipo", "document", "documento", "comprobante", "clase", "kind"}
)
_PRICES = frozenset({"price", "precio", "preco"})
_WORD = re.compile(r"[^\W\d_]+")
_OFF = re.compile(r"[^\w]*[\d.,]*[1-9][\d.,]*[^\w]*(?:[A-Za-z]{2,3})?")
_Place = tuple[int, int, str]
"""Line, position and text of what is asked about."""
_ONE = re.compile(r"1(?:[.,]0+)?")


class Watch(Protocol):
    """Looks at each row of the first pass, and asks at its end."""

    def add(self, row: Row) -> None:
        """Look at a row."""

    def ask(self) -> None:
        """Raise FileError with the setting that answers, if there is a question."""


def watches_of_worth(
    name: str, binding: Binding, settings: Settings
) -> tuple[Watch, ...]:
    """What is looked at in a log of purchases that no preset explains."""
    if binding.contract.name != "purchases" or binding.preset:
        return ()
    ignored = {normalised(header) for header in settings.ignored_columns.split("|")}
    log = _Log(name, binding, ignored)
    return _CreditNotes(log), _Discounts(log), _ReturnedUnits(log), _UnitAmounts(log)


def is_negative(amount: str) -> bool:
    """Whether an amount is written with a minus, or in brackets."""
    return amount.startswith(("-", "(", "\u2212")) or amount.endswith("-")


class _Log:
    """The columns of a log that somebody may have to explain."""

    def __init__(self, name: str, binding: Binding, ignored: set[str]) -> None:
        self.name, self.header = name, binding.header
        self.amount = binding.positions.get("amount")
        self._id = binding.positions.get("purchase_id")
        self.tells_refunds = "refunded_amount" in binding.positions
        self._columns = {column.name: column for column in binding.contract.columns}
        self._keys = [
            "" if normalised(header) in ignored else normalised(header)
            for header in binding.header
        ]

    def holding(self, words: frozenset[str]) -> list[int]:
        """Positions of headers that hold one of these words."""
        return [
            position
            for position, header in enumerate(self.header)
            if self._keys[position]
            and words & set(map(normalised, _WORD.findall(header)))
        ]

    def named(self, column: str) -> int | None:
        """Position of a column of the contract, also if it is not read."""
        aliases = map(normalised, self._columns[column].aliases)
        return next((self._keys.index(a) for a in aliases if a in self._keys), None)

    def id_of(self, row: Row) -> str:
        return "" if self._id is None else as_text(row.cells[self._id])

    def amount_of(self, row: Row) -> str:
        return "" if self.amount is None else as_text(row.cells[self.amount])

    def title(self, position: int | None) -> str:
        return self.header[position or 0].strip()


class _CreditNotes:
    """Credit notes, and refunds beside their sale, whose amount has no minus.

    A row that says refund and is all there is of its order may be an order that was
    given back, which is a status and asked as such.
    """

    def __init__(self, log: _Log) -> None:
        self._log, self._kinds = log, log.holding(_KINDS)
        self._note: _Place | None = None
        self._refunds: dict[int, _Place] = {}
        self._sales = array("q")

    def add(self, row: Row) -> None:
        for position in self._kinds:
            text, amount = as_text(row.cells[position]), self._log.amount_of(row)
            order_id = hash(self._log.id_of(row) or row.line)
            is_sold = not is_negative(amount) and any(c in "123456789" for c in amount)
            if is_sold and normalised(text) in _CREDIT_NOTES:
                self._note = self._note or (row.line, position, text)
            elif is_sold and normalised(text) in _GIVEN_BACK:
                self._refunds.setdefault(order_id, (row.line, position, text))
            else:
                self._sales.append(order_id)

    def ask(self) -> None:
        beside = self._refunds.keys() & set(self._sales) if self._refunds else set()
        found = self._note or min(
            (self._refunds[each] for each in beside), default=None
        )
        if found is None:
            return
        line, position, text = found
        header = self._log.title(position)
        problem = f"the column {header!r} says {text!r}, and the amount has no minus"
        remedy = (
            "Write what is given back with a minus, or in a column of its own "
            "(columns.refunded_amount); if such a row is a sale, "
            f"ignored_columns={header} says so"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)


class _Columns:
    """Columns whose first cell with a number other than 0 is asked about."""

    def __init__(self, log: _Log, positions: Sequence[int]) -> None:
        self._log, self._positions = log, positions
        self._first: _Place | None = None

    def add(self, row: Row) -> None:
        for position in self._positions:
            text = as_text(row.cells[position])
            if _OFF.fullmatch(text):
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

    def __init__(self, log: _Log) -> None:
        is_price = log.amount is None or normalised(log.title(log.amount)) in _PRICES
        super().__init__(log, log.holding(DISCOUNT) if is_price else [])

    def said(self, header: str, text: str) -> tuple[str, str]:
        return (
            f"prices are read, and the column {header!r} (here {text!r}) may be taken "
            "off them",
            "Export what each row was sold for and name it with columns.amount=<column "
            f"of the file>, or ignored_columns={header} if the prices are without it",
        )


class _ReturnedUnits(_Columns):
    """Units that came back, where nothing says what was paid for them."""

    def __init__(self, log: _Log) -> None:
        units = set(log.holding(_UNITS)) if not log.tells_refunds else set()
        super().__init__(log, sorted(units & set(log.holding(_RETURNED))))

    def said(self, header: str, text: str) -> tuple[str, str]:
        return (
            f"the column {header!r} says that {text} came back, and no column how much "
            "was given back",
            "Export the refunded amount too, and name it with "
            "columns.refunded_amount=<column of the file>, or "
            f"ignored_columns={header} if the amounts are without it",
        )


class _UnitAmounts:
    """Amounts that are the price of one unit in every row of several units."""

    def __init__(self, log: _Log) -> None:
        self._log = log
        self._quantity, self._price = log.named("quantity"), log.named("unit_price")
        self._lines: Sequence[int] = ()
        self._is_looked_for = (
            log.amount not in {None, self._price}
            and self._quantity is not None
            and self._price is not None
        )

    def add(self, row: Row) -> None:
        if not self._is_looked_for:
            return
        amount = self._log.amount_of(row)
        quantity = as_text(row.cells[self._quantity or 0])
        is_sale = any(c in "123456789" for c in amount) and quantity.strip("0.,")
        if not is_sale or _ONE.fullmatch(quantity):
            return
        if as_text(row.cells[self._price or 0]) != amount:
            self._is_looked_for, self._lines = False, ()
        else:
            self._lines = self._lines or (row.line,)

    def ask(self) -> None:
        if not self._lines:
            return
        quantity = self._log.title(self._quantity)
        problem = (
            f"the column {self._log.title(self._log.amount)!r} holds the price of one "
            f"unit also where {quantity!r} says that several were sold"
        )
        remedy = (
            "columns.amount= (empty) multiplies price and quantity, or "
            f"ignored_columns={quantity} adds the amounts up as they are"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=self._lines[0])
