"""Exports as six programs write them, and what chance does to their bytes."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

__all__ = ["EXPORTS", "KINDS", "Damaged", "Export", "damaged"]

ROWS = 14
_NAMES = ("Ana Peña", "Leo Núñez", "Eva Gil", "José Díaz", "Zoe Ruiz")


@dataclass(frozen=True)
class Export:
    """How a program writes a sale a row; ``money`` and ``text`` are columns of it."""

    header: str
    row: str
    delimiter: str
    money: int
    text: int
    decimal: str = "."
    is_quoted: bool = False
    is_whole: bool = False

    def sales(self) -> list[tuple[str, Decimal]]:
        """(number, amount) of each row."""
        scale = 100 if self.is_whole else 1
        return [
            (
                f"{1000 + n}",
                (Decimal("1037.45") / (n % 7 + 1)).quantize(Decimal("0.01")),
            )
            if scale == 1
            else (f"{1000 + n}", Decimal(103745 // (n % 7 + 1)))
            for n in range(ROWS)
        ]

    def cells(self, n: int) -> list[str]:
        """The cells of row n."""
        number, amount = self.sales()[n]
        day = date(2025, 1, 13) + timedelta(n)
        name = _NAMES[n % len(_NAMES)]
        said = {"n": number, "day": day, "who": f"c{n}@x.es", "name": name}
        said["amount"] = self.written(amount)
        return [cell.format(**said) for cell in self.row.split("~")]

    def written(self, amount: Decimal) -> str:
        """An amount as the program writes it."""
        return str(amount).replace(".", self.decimal)

    def line(self, cells: Sequence[str]) -> str:
        """A row of the file, without its end."""
        text = io.StringIO()
        dialect = "unix" if self.is_quoted else "excel"
        csv.writer(text, dialect, delimiter=self.delimiter).writerow(cells)
        return text.getvalue().rstrip("\r\n")

    @property
    def lines(self) -> list[str]:
        """The header and every row."""
        header = self.line(self.header.split(self.delimiter))
        return [header, *(self.line(self.cells(n)) for n in range(ROWS))]


EXPORTS = {
    "prestashop": Export(
        "ID;Referencia;Nuevo cliente;Entrega;Cliente;Total;Pago;Estado;Fecha",
        "7{n}~{n}~Sí~España~{name}~{amount} €~Tarjeta~Pago aceptado~{day} 10:00:00",
        ";", 5, 4, ",",
    ),
    "stripe": Export(
        "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Description,"
        "Fee,Status,Customer Email",
        "{n}~{day} 10:30~{amount}~0.00~eur~true~Pedido de {name}~0.30~Paid~{who}",
        ",", 2, 6,
    ),
    "paypal": Export(
        "Fecha,Hora,Zona horaria,Nombre,Tipo,Estado,Divisa,Bruto,Tarifa,Neto,"
        "Correo electrónico del remitente,Id. de transacción",
        "{day:%d/%m/%Y}~10:00:00~CET~{name}~Pago de Express Checkout~Completado~EUR~"
        "{amount}~0,00~{amount}~{who}~{n}",
        ",", 7, 3, ",", is_quoted=True,
    ),
    "jumpseller": Export(
        "Order ID,Created At,Status,Customer Name,Customer Email,Currency,Subtotal,"
        "Shipping,Discount,Tax,Total,Payment Method,Product,Quantity",
        "{n}~{day} 10:00:00~Pagado~{name}~{who}~CLP~{amount}~0~0~0~{amount}~Webpay~"
        "Taza~1",
        ",", 10, 3, is_whole=True,
    ),
    "woocommerce": Export(
        "order_id,order_number,date,status,shipping_total,tax_total,discount_total,"
        "order_total,refunded_total,order_currency,payment_method,customer_id,"
        "billing_email,item_name,item_quantity,item_total",
        "{n}~{n}~{day} 10:00:00~completed~0~0~0~{amount}~0.00~EUR~card~1{n}~{who}~"
        "Taza de {name}~1~{amount}",
        ",", 7, 13,
    ),
    "a list": Export(
        "Fecha;Pedido;Cliente;Concepto;Importe;Notas",
        "{day:%d/%m/%Y}~{n}~{who}~Bolso de {name}~{amount}~",
        ";", 4, 3, ",",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Damaged:
    """A damaged file.

    Attributes
    ----------
    whole : rows that nothing happened to.
    may : money that a damaged row may be read as, beside being set aside.
    count : rows in the file, whole or not.
    """

    content: bytes
    whole: Counter[tuple[str, Decimal]]
    may: Counter[Decimal] = field(default_factory=Counter)
    count: int = ROWS


_Kind = Callable[[Export, random.Random], Damaged]


def damaged(export: Export, kind: str, seed: int) -> Damaged:
    """One file; the same for the same seed."""
    return KINDS[kind](export, random.Random(f"{kind} {seed} {export.header}"))


def _bytes(lines: Sequence[str], end: str = "\n") -> bytes:
    return (end.join(lines) + end).encode()


def _without(export: Export, *rows: int) -> Counter[tuple[str, Decimal]]:
    sales = export.sales()
    return Counter(sale for n, sale in enumerate(sales) if n not in rows)


def _some(rng: random.Random, count: int = 2) -> list[int]:
    return sorted(rng.sample(range(ROWS), count))


def _changed(
    change: Callable[[Export, random.Random, list[str]], str],
) -> _Kind:
    """Some rows written otherwise: their own money, or none, may be read of them."""

    def kind(export: Export, rng: random.Random) -> Damaged:
        lines, rows = export.lines, _some(rng)
        for row in rows:
            lines[row + 1] = change(export, rng, export.cells(row))
        may = Counter(export.sales()[row][1] for row in rows)
        return Damaged(_bytes(lines), _without(export, *rows), may)

    return kind


def _cut(export: Export, rng: random.Random) -> Damaged:
    content = _bytes(export.lines)
    first = len(_bytes(export.lines[:2]))
    at = rng.randrange(first, len(content))
    full = content[:at].count(b"\n") - 1
    last = Counter({export.sales()[full][1]: 1}) if full < ROWS else Counter()
    whole = Counter(export.sales()[:full])
    return Damaged(content[:at], whole, last, full)


def _quote_lost(export: Export, rng: random.Random) -> Damaged:
    lines, row = export.lines, _some(rng, 1)[0]
    line = lines[row + 1]
    places = [at for at, c in enumerate(line) if c == '"']
    at = rng.choice(places or [-1])
    if at < 0:
        cells = export.cells(row)
        cells[export.text] = f'"{cells[export.text]}'
        lines[row + 1] = export.delimiter.join(cells)
    else:
        lines[row + 1] = line[:at] + line[at + 1 :]
    may = Counter({export.sales()[row][1]: 1})
    return Damaged(_bytes(lines), _without(export, row), may)


def _shifted(export: Export, rng: random.Random) -> Damaged:
    """Cells moved to the right in a spreadsheet, which gives all rows a column more."""
    table = [export.header.split(export.delimiter), *map(export.cells, range(ROWS))]
    table = [[*cells, ""] for cells in table]
    rows = _some(rng)
    for row in rows:
        at = rng.randrange(export.money + 1)
        table[row + 1] = [*table[row + 1][:at], "", *table[row + 1][at:-1]]
    may = Counter(export.sales()[row][1] for row in rows)
    lines = list(map(export.line, table))
    return Damaged(_bytes(lines), _without(export, *rows), may)


def _cell_lost(export: Export, rng: random.Random, cells: list[str]) -> str:
    at = rng.randrange(len(cells))
    return export.line([*cells[:at], *cells[at + 1 :]])


def _unquoted(export: Export, rng: random.Random, cells: list[str]) -> str:
    cells[export.text] = f"{cells[export.text]}{export.delimiter} y otros"
    return export.delimiter.join(cells)


def _broken_amount(export: Export, rng: random.Random, cells: list[str]) -> str:
    cells[export.money] += rng.choice(["\n(pagado)", "\n", " aprox.", "\r\n5"])
    return export.line(cells)


def _encoded_row(export: Export, rng: random.Random) -> Damaged:
    rows = _some(rng)
    lines = [line.encode() for line in export.lines]
    for row in rows:
        text = lines[row + 1].decode()
        # The mark of the euro is in none of the old alphabets.
        lines[row + 1] = text.replace("€", "EUR").encode(
            rng.choice(["latin-1", "cp850"])
        )
    may = Counter(export.sales()[row][1] for row in rows)
    return Damaged(b"\n".join([*lines, b""]), _without(export, *rows), may)


def _encoded_twice(export: Export, rng: random.Random, cells: list[str]) -> str:
    cells[export.text] += " ñ"
    return export.line(cells).encode().decode("latin-1")


def _ends(export: Export, rng: random.Random) -> Damaged:
    text = "".join(line + rng.choice(["\n", "\r\n", "\r"]) for line in export.lines)
    return Damaged(text.encode(), _without(export))


def _zero(export: Export, rng: random.Random) -> Damaged:
    content, row = _bytes(export.lines), _some(rng, 1)[0]
    start = len(_bytes(export.lines[: row + 1]))
    at = rng.randrange(start, start + len(export.lines[row + 1].encode()))
    may = Counter({export.sales()[row][1]: 1})
    return Damaged(content[:at] + b"\0" + content[at:], _without(export, row), may)


def _twice(export: Export, rng: random.Random) -> Damaged:
    lines, rows = export.lines, _some(rng, 3)
    again = [lines[row + 1] for row in rows]
    lines = [lines[0], *lines[1:], *again]
    return Damaged(_bytes(lines), _without(export))


def _mark_inside(export: Export, rng: random.Random) -> Damaged:
    lines, row = export.lines, _some(rng, 1)[0]
    lines[row + 1] = "\ufeff" + lines[row + 1]
    may = Counter({export.sales()[row][1]: 1})
    return Damaged(_bytes(lines), _without(export, row), may)


def _other_order(export: Export, rng: random.Random) -> Damaged:
    order = list(range(len(export.cells(0))))
    while order == sorted(order):
        rng.shuffle(order)
    titles = export.header.split(export.delimiter)
    second = [export.line([titles[at] for at in order])]
    second += [export.line([export.cells(n)[at] for at in order]) for n in range(ROWS)]
    # The second export repeats the sales of the first, in other columns.
    lines = [*export.lines, *second]
    return Damaged(_bytes(lines), _without(export), count=2 * ROWS)


def _thousand(export: Export, rng: random.Random) -> Damaged:
    """A thousand and more without cents, with the other country's mark or its own."""
    lines, rows = export.lines, _some(rng)
    may: Counter[Decimal] = Counter()
    for row in rows:
        cells, value = export.cells(row), rng.randrange(1_001, 9_999)
        mark = "." if export.is_whole else rng.choice(".,")
        amount = f"{value // 1000}{mark}{value % 1000:03}"
        cells[export.money] = amount + (" €" if "€" in cells[export.money] else "")
        lines[row + 1] = export.line(cells)
        may[Decimal(value)] += 1
    return Damaged(_bytes(lines), _without(export, *rows), may)


def _other_days(export: Export, rng: random.Random, cells: list[str]) -> str:
    at = next(i for i, cell in enumerate(cells) if "2025" in cell)
    cells[at] = rng.choice(["13.25.2025", "01-25-25", "25/13/2025", "ayer", "45.000,5"])
    return export.line(cells)


KINDS: dict[str, _Kind] = {
    "cut": _cut,
    "a quote lost": _quote_lost,
    "cells shifted": _shifted,
    "a cell lost": _changed(_cell_lost),
    "a delimiter in a text": _changed(_unquoted),
    "an amount and more": _changed(_broken_amount),
    "rows of another encoding": _encoded_row,
    "rows encoded twice": _changed(_encoded_twice),
    "ends of three kinds": _ends,
    "a zero byte": _zero,
    "rows twice": _twice,
    "a mark inside": _mark_inside,
    "two exports in another order": _other_order,
    "a thousand without cents": _thousand,
    "days that are none": _changed(_other_days),
}
