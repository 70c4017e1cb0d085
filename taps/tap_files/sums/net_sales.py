"""What a log comes to without taxes and shipping, as the warehouse will say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from taps.tap_files.statuses import COUNTED

__all__ = ["NetSales"]

_CENT = Decimal("0.01")
_NAMES = ("taxes", "shipping", "net sales")


class _Order:
    """An order's money: what was charged, and what was given back of it."""

    def __init__(self) -> None:
        self.charged = self.tax = self.shipping = Decimal(0)
        self.back = self.tax_back = self.shipping_back = Decimal(0)
        self.is_back_told = True

    def add(self, row: Mapping[str, Any]) -> None:
        amount, refunded = row["amount"], row["refunded_amount"] or Decimal(0)
        tax, shipping = row["tax_amount"] or 0, row["shipping_amount"] or 0
        if amount < 0:
            self.back -= amount
            self.tax_back -= tax
            self.shipping_back -= shipping
            self.is_back_told = self.is_back_told and bool(tax or shipping)
            return
        self.charged += amount
        self.tax += tax
        self.shipping += shipping
        self.back += refunded
        self.is_back_told = self.is_back_told and not refunded

    def kept(self) -> tuple[Decimal, Decimal, Decimal]:
        """(taxes, shipping, net sales) after what was given back.

        Where that does not tell its taxes and shipping, it has its share of both.
        """
        if self.back and not self.is_back_told:
            share = max(1 - self.back / self.charged, Decimal(0)) if self.charged else 0
            tax, shipping = self.tax * share, self.shipping * share
        else:
            tax = self.tax - self.tax_back
            shipping = self.shipping - self.shipping_back
        return tax, shipping, self.charged - self.back - tax - shipping


class NetSales:
    """Adds up a log's taxes, shipping and net sales, by currency."""

    def __init__(self) -> None:
        self._orders: dict[tuple[str, object], _Order] = defaultdict(_Order)
        self._is_told: set[bool] = set()

    def add(self, record: Mapping[str, Any]) -> None:
        """Add a row of the stream ``purchases``."""
        if record["status"] is not None and record["status"] not in COUNTED:
            return
        order = record["purchase_id"] or record["line_number"]
        self._orders[record["currency_code"] or "", order].add(record)
        if record["is_untaxed"] or record["tax_amount"]:
            self._is_told.add(True)
        elif record["tax_amount"] is None:
            self._is_told.add(False)

    def told(self) -> dict[str, Any]:
        """``basis`` (excluded, mixed or not_told) and ``money`` by currency."""
        money: dict[str, dict[str, Decimal]] = {}
        for (code, _), order in self._orders.items():
            sums = money.setdefault(code, dict.fromkeys(_NAMES, Decimal(0)))
            for name, value in zip(_NAMES, order.kept(), strict=True):
                sums[name] += value
        told, untold = True in self._is_told, False in self._is_told
        basis = "mixed" if told and untold else "excluded" if told else "not_told"
        return {
            "basis": basis,
            "money": {
                code: {name: str(value.quantize(_CENT)) for name, value in sums.items()}
                for code, sums in money.items()
            },
        }
