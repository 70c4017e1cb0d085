"""Whether the amounts of a log are those before or after the discount beside them.

Other columns tell it where an amount and its discount make one of them: ``Bruto`` less
``Descuento`` is ``Importe``, or ``Importe`` less ``Descuento`` is ``Total``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

from taps.tap_files.log_columns import LogColumns, Place
from taps.tap_files.problems import FileError
from taps.tap_files.sums.keyed_amounts import written_number
from taps.tap_files.tables import Cell, Row, as_text
from taps.tap_files.wording import normalised, words_in

__all__ = ["DISCOUNT", "PRICES", "Discounted", "taken_off"]

DISCOUNT = frozenset(
    {
        "discount", "discounts", "coupon", "coupons", "descuento", "descuentos",
        "cupon", "cupones", "desconto", "descontos", "cupom", "cupons", "dto", "dcto",
        "dscto", "rebaja", "rabatt", "rabatte", "nachlass", "skonto", "gutschein",
        "remise", "remises", "sconto", "sconti", "korting", "kortingen",
    }
)  # fmt: skip
_HELD_BACK = frozenset(
    {
        "beca", "becas", "scholarship", "bursary", "ajuste", "ajustes", "adjustment",
        "adjustments", "compensacion", "compensaciones", "compensation", "penalizacion",
        "penalty", "deduccion", "deducciones", "deduction", "deductions", "incidencia",
        "incidencias",
    }
)  # fmt: skip
"""What is taken off as well, unless it is counted: incidents, or days of a penalty."""
DISCOUNT |= _HELD_BACK
_COUNTED = frozenset(
    {"num", "numero", "nro", "number", "count", "dias", "days", "horas", "hours"}
    | {"puntos", "points", "minutos", "minutes", "meses", "months", "semanas", "weeks"}
)
_NUMBER_OF = re.compile(r"\W*n[.\u00ba\u00b0o]{0,2}\W", re.IGNORECASE)
PRICES = frozenset(
    {
        "price", "precio", "preco", "unitprice", "itemprice", "preciounitario", "pvp",
        "preciounidad", "preciodeventa", "precioventa", "precounitario",
        "valorunitario", "preis", "einzelpreis", "stuckpreis", "stueckpreis",
        "prix", "prixunitaire", "prezzo", "prezzounitario", "prijs", "stukprijs",
        "prijsperstuk", "itemcost",
    }
)  # fmt: skip
_AFTER = frozenset(
    {
        "total", "totales", "net", "neto", "neta", "liquido", "paid", "pagado",
        "pagada", "cobrado", "collected", "charged", "final", "pago", "netto",
        "bezahlt", "gesamt", "gesamtbetrag", "summe", "endbetrag", "ttc", "paye",
        "totale", "pagato", "totaal", "totaalbedrag", "betaald",
    }
)  # fmt: skip
_ADDED = frozenset(
    {
        "tax", "taxes", "vat", "iva", "igv", "impuesto", "impuestos", "imposto",
        "shipping", "envio", "despacho", "flete", "frete", "portes", "tip", "tips",
        "propina", "gorjeta", "gratuity", "surcharge", "recargo", "mwst", "ust",
        "steuer", "versand", "versandkosten", "porto", "trinkgeld", "tva", "livraison",
        "port", "pourboire", "spedizione", "mancia", "btw", "verzendkosten", "fooi",
    }
)  # fmt: skip
_CODE = frozenset(
    {"rounding", "redondeo", "code", "codigo", "name", "nombre", "nome", "type", "tipo"}
)
_SHARE = frozenset(
    {"percent", "percentage", "porcentaje", "pct", "porcentagem", "rate"}
)
_OFF = re.compile(r"[^\w]*[\d.,]*[1-9][\d.,]*[^\w]*(?:[A-Za-z]{2,3})?")
_SEPARATORS = ".,"
_CENT = 0.015
_ROUNDED = 0.55
_LARGE = 100
_MOST_ROWS = 2_000
_NEARLY_ALL = 0.9
_PRODUCT = -1
"""Stands for the price times the quantity, where another position stands for itself."""


class _Compared:
    """Says of a row which other columns are its amount with, or without, a discount."""

    def __init__(self, log: LogColumns, discounts: Sequence[int]) -> None:
        self._amount = log.amount or 0
        self._added = [
            at for at, title in enumerate(log.header) if words_in(title) & _ADDED
        ]
        self._apart = {*discounts, self._amount, *self._added, log.day}
        self._factors = log.named("quantity"), log.named("unit_price")

    def columns(
        self, row: Row, offs: Sequence[int], separator: str
    ) -> tuple[set[int], set[int]]:
        """(columns that are what is left of the amount, those it is left of)."""
        before, after = set(), set()
        amount = abs(_number(row.cells[self._amount], separator))
        added = _sums([abs(_number(row.cells[at], separator)) for at in self._added])
        takes = _takes([abs(_number(row.cells[at], separator)) for at in offs])
        # What remains of a share may be rounded to a whole peso.
        is_whole = amount == int(amount) and amount >= _LARGE
        width = _ROUNDED if is_whole else _CENT
        left = {amount * (1 - share) - off for share, off in takes}
        left = {each + more for each, more in product(left, added)}
        for at, other in self._others(row, separator):
            if not other or not amount:
                continue
            of_other = (other * (1 - share) - off for share, off in takes)
            if any(
                abs(each + more - amount) <= width
                for each, more in product(of_other, added)
            ):
                after.add(at)
            elif (at == _PRODUCT and abs(other - amount) <= _CENT) or any(
                abs(each - other) <= width for each in left
            ):
                before.add(at)
        return before, after

    def _others(self, row: Row, separator: str) -> Iterator[tuple[int, float]]:
        for at, cell in enumerate(row.cells):
            if at not in self._apart:
                yield at, abs(_number(cell, separator))
        quantity, price = self._factors
        if quantity is not None and price is not None:
            units = abs(_number(row.cells[quantity], separator))
            yield _PRODUCT, units * abs(_number(row.cells[price], separator))


class Discounted:
    """Looks at the rows of a log that have a discount."""

    def __init__(self, log: LogColumns, *, is_told: bool) -> None:
        self._log = log
        title = "" if log.amount is None else log.title(log.amount)
        is_looked_for = bool(title) and normalised(title) not in PRICES and not is_told
        self._discounts = [
            position
            for position in (taken_off(log) if is_looked_for else [])
            if position != log.amount and not words_in(log.title(position)) & _CODE
        ]
        self._says_after = bool(words_in(title) & _AFTER)
        self._compared = _Compared(log, self._discounts)
        self._first: Place | None = None
        self._count = 0
        self._before: Counter[int] = Counter()
        self._after: Counter[int] = Counter()

    def add(self, row: Row) -> None:
        """Look at a row."""
        offs = [
            (row.line, position, text)
            for position in self._discounts
            if _OFF.fullmatch(text := as_text(row.cells[position]))
        ]
        if not offs or self._count >= _MOST_ROWS:
            return
        self._first = self._first or offs[0]
        self._count += 1
        places = [position for _, position, _ in offs]
        told = [self._compared.columns(row, places, mark) for mark in _SEPARATORS]
        self._before.update(set().union(*(before for before, _ in told)))
        self._after.update(set().union(*(after for _, after in told)))

    def ask(self) -> None:
        """Raise FileError where the discount may have to be taken off."""
        if self._first is None:
            return
        before, after = self._best(self._before), self._best(self._after)
        if before is None and (after is not None or self._says_after):
            return
        line, position, text = self._first
        problem, remedy = _said(self._log, position, text, before)
        raise FileError(self._log.name, problem, remedy=remedy, line=line)

    def _best(self, found: Counter[int]) -> int | None:
        """The column that tells it of nearly every row, or None."""
        position, count = next(iter(found.most_common(1)), (None, 0))
        return position if count >= _NEARLY_ALL * self._count else None


def taken_off(log: LogColumns) -> list[int]:
    """Positions of discounts and the like: *Nº incidencias* only counts them."""
    return [at for at in log.holding(DISCOUNT) if not _is_count(log.title(at))]


def _is_count(title: str) -> bool:
    words = words_in(title)
    is_held_back = not words & (DISCOUNT - _HELD_BACK)
    return is_held_back and bool(words & _COUNTED or _NUMBER_OF.match(title))


def _said(
    log: LogColumns, position: int, text: str, before: int | None
) -> tuple[str, str]:
    """The problem and its remedy; `before` is the column that shows it."""
    header = log.title(position)
    problem = (
        f"the column {log.title(log.amount)!r} is read, and the column {header!r} "
        f"(here {text!r}) may have to be taken off it"
    )
    options = [f"ignored_columns={header} if the amounts are without it"]
    is_share = "%" in header + text or words_in(header) & _SHARE
    if not is_share and not text.startswith(("0.", "0,")):
        taken = f"columns.discount_amount={header} takes it off (if it is money)"
        options.insert(0, taken)
    if before == _PRODUCT:
        problem += ", as price and quantity show"
    elif before is not None:
        problem += f", as {log.title(before)!r} shows"
        options.insert(0, f"columns.amount={log.title(before)} reads what is left")
    if len(options) == 1:
        options.insert(0, "export what was paid, columns.amount=<column of the file>")
    return problem, f"Say it: {', or '.join(options)}"


def _takes(values: Sequence[float]) -> list[tuple[float, float]]:
    """Ways to take discounts off: (share of the whole, money)."""
    shares = [each if each < 1 else each / 100 for each in values if each <= 100]
    money = {*values, sum(values)}
    return [*((0.0, off) for off in money), *((share, 0.0) for share in shares)]


def _sums(added: Sequence[float]) -> list[float]:
    """What taxes and shipping may add: each of them, or not."""
    chosen = product((0, 1), repeat=min(len(added), 4))
    return [
        sum(more for is_in, more in zip(each, added, strict=False) if is_in)
        for each in chosen
    ]


def _number(cell: Cell, separator: str) -> float:
    """0 where there is no number."""
    try:
        return float(written_number(cell, separator) if isinstance(cell, str) else cell)
    except ValueError:
        return 0.0
