"""Whole files, in the shapes that shops and advertisers export them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from tests.taps.tap_files.shopify_export import EXAMPLES
from tests.taps.tap_files.test_presets import spreadsheet

__all__ = ["CURRENCY", "SHAPES", "ZONE", "File", "Shape", "Told", "whole"]

ZONE, CURRENCY = "Europe/Madrid", "EUR"
_NUMBER = re.compile(r"-?[1-9]\d{0,14}(\.\d+)?([eE]\d{1,2})?")
_AMOUNTS = (
    "1234.56 20.10 75.25 310.40 18.99 92.05 45.60 1850.75 64.30 27.85 150.15 33.45"
)


class Told(NamedTuple):
    """What a row says; the day in ISO, where the stream has one."""

    who: str | None
    day: str | None
    money: Decimal
    currency: str


@dataclass(frozen=True)
class Shape:
    """How a program writes its rows.

    Attributes
    ----------
    cells : header -> cell, to be filled with a sale's number, who, day and amount.
    who, day, amount : columns of the file, and after the slash of the record.
    number : the column of the order's number; "" where rows have none.
    is_whole : amounts are whole pesos, a hundred for each cent.
    """

    stream: str
    cells: Mapping[str, str]
    who: str
    day: str
    amount: str
    number: str = ""
    ending: str = "csv"
    delimiter: str = ","
    decimal: str = "."
    currency: str = CURRENCY
    above: Sequence[str] = ()
    is_whole: bool = False

    def at(self, what: str) -> int:
        """Position of ``who``, ``day``, ``amount`` or ``number``; -1 without one."""
        name = str(getattr(self, what)).partition("/")[0]
        return list(self.cells).index(name) if name else -1

    @property
    def thousands(self) -> str:
        return "," if self.decimal == "." else "."

    @property
    def tells_currency(self) -> bool:
        """Whether the file itself says which currency its amounts are in."""
        said = ("currency", "moneda", f"({self.currency.lower()})")
        return any(word in name.lower() for name in self.cells for word in said)

    def written(self, amount: Decimal) -> str:
        """An amount in the shape's own way."""
        text = f"{amount:.0f}" if self.is_whole else f"{amount:.2f}"
        return text.replace(".", self.decimal)

    def told(self, record: Mapping[str, Any]) -> Told:
        """What a record of the tap says."""
        who, day, amount = (
            getattr(self, what).partition("/")[2] for what in ("who", "day", "amount")
        )
        when = record[day] if day else None
        if when and len(when) > 10:
            moment = datetime.fromisoformat(when).astimezone(ZoneInfo(ZONE))
            when = moment.date().isoformat()
        return Told(record[who], when, record[amount], record["currency_code"])


@dataclass(frozen=True)
class File:
    """A table and what it truly says.

    Attributes
    ----------
    true : what may be loaded, each as often as it stands there.
    lost : rows beside them whose money nobody can tell: they must be set aside.
    raw : lines written as they are, instead of the row of that index.
    """

    header: list[str]
    rows: list[list[str]]
    true: list[Told]
    lost: int = 0
    raw: Mapping[int, str] = field(default_factory=dict)

    def written(self, shape: Shape) -> bytes:
        """The bytes of the file."""
        if shape.ending == "xlsx":
            typed = [[_typed(cell) for cell in row] for row in self.rows]
            return spreadsheet([list(self.header), *typed])
        if shape.ending == "parquet":
            packed = io.BytesIO()
            columns = zip(
                self.header, map(list, zip(*self.rows, strict=True)), strict=False
            )
            pq.write_table(pa.table(dict(columns)), packed)
            return packed.getvalue()
        lines = [self.raw.get(i) or self.line(shape, i) for i in range(len(self.rows))]
        if shape.ending == "csv":
            lines = [*shape.above, _csv_line(self.header, shape.delimiter), *lines]
        return "".join(f"{line}\n" for line in lines).encode()

    def line(self, shape: Shape, index: int) -> str:
        """A row of a text file."""
        row = self.rows[index]
        if shape.ending == "csv":
            return _csv_line(row, shape.delimiter)
        pairs = (
            f"{json.dumps(name)}: "
            + (
                cell
                if _NUMBER.fullmatch(cell)
                else json.dumps(cell, ensure_ascii=False)
            )
            for name, cell in zip(self.header, row, strict=False)
        )
        return "{" + ", ".join(pairs) + "}"


def _csv_line(row: Sequence[str], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow(row)
    return text.getvalue()[:-1]


def _typed(cell: str) -> object:
    return float(cell) if _NUMBER.fullmatch(cell) else escape(cell)


def whole(shape: Shape) -> File:
    """The undamaged file of a shape: twelve sales, from 2025-01-13 on."""
    rows: list[list[str]] = []
    true: list[Told] = []
    at = shape.at("who")
    for n, text in enumerate(_AMOUNTS.split(), start=1):
        day, money = (
            date(2025, 1, 12 + n),
            Decimal(text) * (100 if shape.is_whole else 1),
        )
        said = {"n": n, "who": f"peña{n:02}@x.com", "day": day}
        said["amount"] = shape.written(money)
        rows.append([cell.format(**said) for cell in shape.cells.values()])
        iso = day.isoformat() if shape.day else None
        true.append(Told(rows[-1][at], iso, money, shape.currency))
    return File(list(shape.cells), rows, true)


def _shopify_cells() -> Mapping[str, str]:
    with (EXAMPLES / "orders_export.csv").open(newline="") as stream:
        header = next(csv.reader(stream))
    return dict.fromkeys(header, "") | {
        "Name": "#10{n:02}", "Email": "{who}", "Financial Status": "paid",
        "Currency": CURRENCY, "Total": "{amount}", "Created at": "{day} 10:00:00 +0100",
        "Lineitem quantity": "1", "Lineitem name": "Mug", "Lineitem price": "{amount}",
        "Refunded Amount": "0.00", "Id": "68012345{n:02}",
    }  # fmt: skip


_ORDERS: dict[str, Any] = {
    "stream": "purchases", "who": "customer/customer_id", "day": "date/purchased_at",
    "amount": "amount/amount", "number": "order_id",
    "cells": {"order_id": "A-{n}", "customer": "{who}", "date": "{day}",
              "amount": "{amount}", "currency": CURRENCY, "note": "ok"},
}  # fmt: skip

SHAPES = {
    "orders": Shape(**_ORDERS),
    "log": Shape(
        "purchases", {"cliente": "{who}", "fecha": "{day:%d/%m/%Y}",
                      "importe": "{amount}", "notas": "en tienda"},
        "cliente/customer_id", "fecha/purchased_at", "importe/amount",
        delimiter=";", decimal=",",
    ),
    "shopify": Shape(
        "shopify_order_lines", _shopify_cells(), "Name/order_name",
        "Created at/created_at", "Total/total", "Id",
    ),
    "stripe": Shape(
        "purchases", {"id": "ch_{n:02}", "Created date (UTC)": "{day} 10:00",
                      "Amount": "{amount}", "Amount Refunded": "0.00",
                      "Currency": "eur", "Captured": "true", "Status": "Paid",
                      "Customer Email": "{who}"},
        "Customer Email/customer_id", "Created date (UTC)/purchased_at",
        "Amount/amount", "id",
    ),
    "meta": Shape(
        "ad_spend", {"Inicio del informe": "{day}", "Fin del informe": "{day}",
                     "Nombre de la campaña": "{who}",
                     "Importe gastado (CLP)": "{amount}", "Impresiones": "1200"},
        "Nombre de la campaña/campaign_name", "Inicio del informe/spend_date",
        "Importe gastado (CLP)/spend", currency="CLP", is_whole=True,
    ),
    "google": Shape(
        "ad_spend", {"Día": "{day.day} ene {day.year}", "Campaña": "{who}",
                     "Código de moneda": CURRENCY, "Coste": "{amount}",
                     "Impr.": "900", "Clics": "30"},
        "Campaña/campaign_name", "Día/spend_date", "Coste/spend", decimal=",",
        above=("Informe de campañas", "1 de enero de 2025 - 31 de enero de 2025"),
    ),
    "lines": Shape(
        "marketplace_payments", {"order_id": "{who}", "payment_id": "{n}",
                                 "method": "card", "amount": "{amount}",
                                 "currency": CURRENCY, "paid_at": "{day}"},
        "order_id/order_id", "paid_at/paid_at", "amount/amount", "order_id",
        ending="jsonl",
    ),
    "sheet": Shape(**_ORDERS, ending="xlsx"),
    "columns": Shape(**_ORDERS, ending="parquet"),
}  # fmt: skip
