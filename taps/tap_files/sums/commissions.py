"""Fees beside the amounts of a log: what somebody kept of them, or put on top of them.

What a marketplace or a gateway keeps is a cost of the sale, and never less revenue;
what a buyer pays on top, as a service charge, is no sale of goods. Which of both an
amount holds is told by its row: ``Bruto`` less ``Comisión`` is ``Importe``, or
``Subtotal`` and ``Service charge`` are ``Total``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import product

from taps.tap_files.log_columns import LogColumns, Place
from taps.tap_files.problems import FileError
from taps.tap_files.question_words import FEES, SHIPPING, TIPS
from taps.tap_files.sums.keyed_amounts import size_written
from taps.tap_files.sums.tax_parts import EQUIVALENCE, TAX
from taps.tap_files.tables import Row, as_text
from taps.tap_files.wording import words_in

__all__ = ["Commissions"]

_ON_TOP = frozenset(
    {
        "surcharge", "surcharges", "recargo", "recargos", "service", "servicio",
        "servico", "zuschlag", "aufschlag", "supplement", "supplemento", "toeslag",
        "handling", "booking", "gestion", "convenience",
    }
)  # fmt: skip
"""Words of fees that the buyer pays."""
_PRICED = frozenset({"price", "precio", "preco", "preis", "prix", "prezzo", "prijs"})
"""Words of what an amount is without a fee that the buyer pays on top of it."""
_TENDERS = frozenset(
    {
        "credit", "credito", "giftcard", "gift", "regalo", "voucher", "vouchers",
        "vale", "bono", "points", "puntos", "pontos", "punkte", "punti", "wallet",
        "monedero", "guthaben", "saldo", "loyalty", "cashback", "geschenkkarte",
        "cadeau",
    }
)  # fmt: skip
"""Words of what pays for goods beside money."""
_NET = frozenset(
    {
        "net", "neto", "neta", "netto", "liquido", "payout", "earnings", "proceeds",
        "settled", "received", "recibido", "recebido", "ganancia", "ganancias",
        "erhalten", "auszahlung", "auszahlungsbetrag", "recu", "versement",
    }
)  # fmt: skip
"""Words of amounts that are what is left of others."""
_GOODS = frozenset(
    {
        "subtotal", "zwischensumme", "items", "products", "productos", "produtos",
        "articulos", "goods", "artikel", "articles", "prodotti", "producten",
    }
)  # fmt: skip
_NO_FEE = SHIPPING | frozenset(
    {"date", "fecha", "data", "datum", "id", "code", "codigo", "tipo", "type", "rate"}
)
_AFTER_FEE = "after the fee in", "a fee is a cost, and takes nothing off sales"
_TO_PAY = "to pay after", "what pays for goods takes nothing off sales"
_OFF = re.compile(r"[^\w]*[\d.,]*[1-9][\d.,]*[^\w]*(?:[A-Za-z]{2,3})?")
_SEPARATORS = ".,"
_CENT = 0.015
_MOST_BESIDE = 4
_NEARLY_ALL = 0.9
_MOST_ROWS = 2_000


class Commissions:
    """Looks at the rows of a log that have a fee which nobody reads."""

    def __init__(self, log: LogColumns, *, is_told: bool) -> None:
        self._log = log
        is_open = not is_told and log.amount is not None
        fees = log.holding(FEES | {"gestion"}) if is_open else []
        self._fees = {
            at
            for at in fees
            if at != log.amount
            and not words_in(log.title(at)) & (_NO_FEE | EQUIVALENCE)
        }
        tenders = {*log.holding(_TENDERS)} - {*fees, log.amount, *log.read}
        self._tenders = tenders if is_open else set[int]()
        self._beside = {*self._fees, *log.holding(SHIPPING | TAX | TIPS)}
        self._first: dict[int, Place] = {}
        self._count: Counter[int] = Counter()
        self._before: Counter[tuple[int, int]] = Counter()
        self._after: Counter[tuple[int, int]] = Counter()

    def add(self, row: Row) -> None:
        """Look at a row: one of 0 tells nothing of what it is left of."""
        if not any(c in "123456789" for c in self._log.amount_of(row)):
            return
        for at in sorted(self._fees | self._tenders):
            text = as_text(row.cells[at])
            if not _OFF.fullmatch(text) or self._count[at] >= _MOST_ROWS:
                continue
            self._first.setdefault(at, (row.line, at, text))
            self._count[at] += 1
            others = {*range(len(row.cells))} - {at, self._log.amount, *self._fees}
            before, after = _related(row, self._log, at, others, self._beside - {at})
            self._before.update((at, other) for other in before)
            self._after.update((at, other) for other in after)

    def ask(self) -> None:
        """Raise FileError where the amounts hold a fee, or are what it left."""
        is_net = bool(words_in(self._log.title(self._log.amount)) & _NET)
        for at, place in self._first.items():
            before = self._best(self._before, at)
            after = self._best(self._after, at)
            if at in self._tenders:
                if before is not None and after is None:
                    raise _left(self._log, place, before, _TO_PAY)
            elif before is not None and (is_net or after is None):
                raise _left(self._log, place, before, _AFTER_FEE)
            elif _is_on_top(self._log, at, after):
                raise _holds(self._log, place, after)
            elif is_net and after is None:
                raise _left(self._log, place, None, _AFTER_FEE)

    def _best(self, found: Counter[tuple[int, int]], fee: int) -> int | None:
        """The column that tells it of nearly every row with this fee, or None."""
        told = {other: n for (of, other), n in found.items() if of == fee}
        other = max(told, key=told.__getitem__, default=None)
        is_all = other is not None and told[other] >= _NEARLY_ALL * self._count[fee]
        return other if is_all else None


def _related(
    row: Row, log: LogColumns, fee: int, others: set[int], beside: set[int]
) -> tuple[set[int], set[int]]:
    """(columns that the amount is left of, those that are left of it)."""
    before, after = set[int](), set[int]()
    for separator in _SEPARATORS:
        amount = size_written(log.amount_of(row), separator)
        off = size_written(as_text(row.cells[fee]), separator)
        if not amount or not off:
            continue
        sums = _sums(row, beside, separator)
        for other in others:
            value = size_written(as_text(row.cells[other]), separator)
            if value and _is_one(value - off - amount, sums):
                before.add(other)
            elif value and _is_one(amount - off - value, sums):
                after.add(other)
    return before, after


def _is_on_top(log: LogColumns, fee: int, rest: int | None) -> bool:
    """Whether a fee is paid by the buyer: it, or what is beside it, says so."""
    rest_words = frozenset[str]() if rest is None else words_in(log.title(rest))
    is_kept = bool(rest_words & _NET) and not rest_words & _GOODS
    on_top = words_in(log.title(fee)) & _ON_TOP or rest_words & (_GOODS | _PRICED)
    return bool(on_top) and not is_kept


def _left(
    log: LogColumns, place: Place, before: int | None, said: tuple[str, str]
) -> FileError:
    line, fee, text = place
    title, header = log.title(log.amount), log.title(fee)
    left, why = said
    problem = (
        f"the column {title!r} is read, and may be what is left {left} {header!r} "
        f"(here {text!r}): {why}"
    )
    answer = "<column of what the buyer paid>"
    if before is not None:
        answer = log.title(before)
        problem += f"; both are {answer!r}"
    remedy = (
        f"columns.amount={answer} reads what the buyer paid, ignored_columns="
        f"{header} if the amounts are so already"
    )
    return FileError(log.name, problem, remedy=remedy, line=line)


def _holds(log: LogColumns, place: Place, rest: int | None) -> FileError:
    line, fee, text = place
    title, header = log.title(log.amount), log.title(fee)
    holds, adds = "may hold", " says"
    if rest is not None:
        holds, adds = "holds", f" adds to {log.title(rest)!r}"
    problem = (
        f"the column {title!r} is read, and {holds} what {header!r} (here {text!r})"
        f"{adds}, which is no sale of goods"
    )
    remedy = (
        f"columns.discount_amount={header} takes it off, ignored_columns={header} "
        "if it is not in it, or is to count as a sale"
    )
    return FileError(log.name, problem, remedy=remedy, line=line)


def _sums(row: Row, columns: Iterable[int], separator: str) -> set[float]:
    """What some of these columns, or none, come to."""
    sizes = [size_written(as_text(row.cells[at]), separator) for at in sorted(columns)]
    told = list(filter(None, sizes))[:_MOST_BESIDE]
    chosen = product((0, 1), repeat=len(told))
    return {
        sum(a for a, is_in in zip(told, one, strict=True) if is_in) for one in chosen
    }


def _is_one(rest: float, sums: set[float]) -> bool:
    return any(abs(rest - each) < _CENT for each in sums)
