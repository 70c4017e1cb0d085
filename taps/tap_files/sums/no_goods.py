"""Rows of a log that sell no goods, or give some back, and are written as sales.

A gift card that is sold is owed until it is spent, and a tip is nobody's sale; a row of
-1 units whose amount has no minus was given back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from taps.tap_files.log_columns import LogColumns, Place, is_negative
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import PRODUCTS, TIPS
from taps.tap_files.statuses import word_of
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import normalised

__all__ = ["NoGoods", "UnitsBack"]

_GIFT_CARD = re.compile(
    r"gift(?:card|voucher|certificate)|(?:tarjeta|cheque|vale|bono)(?:de)?regalo"
    r"|(?:cartao|vale)(?:de)?presente|(?:carte|cheque|bon)cadeau"
    r"|geschenk(?:gutschein|karte)|wertgutschein|(?:buono|carta)regalo"
    r"|cadeau(?:bon|kaart)|storecredit|^(?:recarga|topup)(?:de)?(?:saldo|monedero|wallet)"
    r"|(?:fianza|kaution|securitydeposit|deposito(?:de)?garantia).*"
)
_OF_A_SALE = "(?:pedido|orden|order|factura|invoice|ticket|compra|venta|cart)"
_SUM = re.compile(
    rf"(?:sub|sous|zwischen|gesamt|grand)(?:total|summe|totale)"
    rf"(?:(?:de[la]?)?{_OF_A_SALE})?"
    rf"|total(?:de[la]?)?{_OF_A_SALE}|{_OF_A_SALE}(?:sub)?total"
)
"""A product may be called Total, as a brand is."""
_KEPT = frozenset(
    {"commission", "commissions", "comision", "comisiones", "comissao", "comissoes"}
    | {"fee", "fees", "provision", "gebuhr", "gebuhren", "commissione", "commissie"}
    | {"gasto", "gastos", "alquiler", "nomina", "nominas", "sueldo", "sueldos", "luz"}
    | {"expense", "expenses", "rent", "payroll", "salary", "salaries", "wages"}
    | {"proveedor", "supplier", "impuesto", "impuestos", "seguridad", "pago", "pagos"}
    | {"payout", "withdrawal", "retiro", "retirada", "transferencia", "miete", "loyer"}
    | {"gehalt", "salaire", "aluguel", "salario", "affitto", "stipendio", "despesa"}
)
"""What somebody keeps of a sale, or a shop pays: a cost with a minus is no return."""


class NoGoods:
    """Looks for lines that are called a gift card, a deposit, a tip or a fee."""

    def __init__(self, log: LogColumns) -> None:
        self._log = log
        self._products = [at for at in log.holding(PRODUCTS) if at != log.amount]
        self._first: Place | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        if self._first or not any(c in "123456789" for c in self._log.worth_of(row)):
            return
        for position in self._products:
            text = as_text(row.cells[position])
            is_kept = _is_cost(text) and is_negative(self._log.worth_of(row))
            if is_kept or _is_no_goods(text):
                self._first = row.line, position, text

    def ask(self) -> None:
        """Raise FileError where such a line would be added up as a sale."""
        if self._first is None:
            return
        line, position, text = self._first
        header = self._log.title(position)
        problem = (
            f"the column {header!r} says {text!r}, which is no sale of goods (a gift "
            "card is owed until it is spent, a tip is not the shop's, a fee is a "
            "cost, a total is of other rows), and would be added up as one"
        )
        remedy = (
            "Export the file without such rows, or take them out; "
            f"ignored_columns={header} counts them as sales"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)


@lru_cache(maxsize=10_000)
def _is_no_goods(text: str) -> bool:
    word = normalised(text)
    is_sum = ("total" in word or "sum" in word) and bool(_SUM.fullmatch(word))
    return word in TIPS or is_sum or bool(_GIFT_CARD.search(word))


@lru_cache(maxsize=10_000)
def _is_cost(text: str) -> bool:
    return normalised(text.partition(" ")[0]) in _KEPT


class UnitsBack:
    """Looks for units with a minus beside an amount without one."""

    def __init__(self, log: LogColumns, statuses: Mapping[str, str]) -> None:
        self._log, self._meanings = log, statuses
        self._quantity = log.named("quantity") if log.amount is not None else None
        self._first: Place | None = None

    def add(self, row: Row) -> None:
        """Look at a row."""
        if self._first or self._quantity is None:
            return
        units = as_text(row.cells[self._quantity])
        amount = self._log.amount_of(row)
        if not is_negative(units) or is_negative(amount) or not _is_some(units, amount):
            return
        states = (word_of(as_text(row.cells[at])) for at in self._log.states)
        if not any(self._meanings.get(word) == "returned" for word in states):
            self._first = row.line, self._quantity, units

    def ask(self) -> None:
        """Raise FileError where what came back would be added up as a sale."""
        if self._first is None:
            return
        line, position, text = self._first
        header, amount = (self._log.title(at) for at in (position, self._log.amount))
        problem = (
            f"the column {header!r} says that {text} units were sold, and {amount!r} "
            "has no minus: what came back would be added up as a sale"
        )
        remedy = (
            "Write its amount with a minus; columns.amount= (empty) multiplies price "
            f"and quantity instead; ignored_columns={header} adds up as it stands"
        )
        raise FileError(self._log.name, problem, remedy=remedy, line=line)


def _is_some(*numbers: str) -> bool:
    return all(any(c in "123456789" for c in number) for number in numbers)
