"""The file of a bulk operation over orders: lines in any order, joined by parent.

The file is read twice. The first pass keeps what children need of their parents and
counts; nothing leaves before the counts agree with Shopify's. The second decodes.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from taps.tap_shopify import nodes
from taps.tap_shopify.bulk import BulkFailed, BulkFile
from taps.tap_shopify.client import decoded
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.streams.order_sales import AgreementKey

__all__ = ["OrderFile"]

_ORDER, _LINE, _AGREEMENT, _SALE = range(4)


class _Head(msgspec.Struct, rename="camel", gc=False):
    """What the first pass reads of any line."""

    id: str
    parent: str | None = msgspec.field(name="__parentId", default=None)
    updated_at: str = ""
    happened_at: str = ""
    reason: str = ""


class _Line(nodes.LineItem, kw_only=True):
    parent: str = msgspec.field(name="__parentId")


class _Sale(nodes.Sale, kw_only=True):
    parent: str = msgspec.field(name="__parentId")


_decode_head = msgspec.json.Decoder(_Head).decode
_decode_line = msgspec.json.Decoder(_Line).decode
_decode_sale = msgspec.json.Decoder(_Sale).decode


class OrderFile:
    """A counted file.

    Parameters
    ----------
    shape
        Type of its orders.

    Memory grows by some 1,000 bytes per order, so an operation reads a limited number.

    Raises
    ------
    BulkFailed
        It is cut off, holds more or less than Shopify says, or a child of nobody.
    """

    def __init__(self, file: BulkFile, shape: type[nodes.Order], call: str) -> None:
        self._file = file
        self._shape = shape
        self._call = call
        self._kinds = bytearray()
        self._updated_at: dict[str, str] = {}
        self._line_counts: Counter[str] = Counter()
        self._agreements: dict[str, AgreementKey] = {}
        self._parents_of_sales: set[str] = set()
        self._take_heads()
        self._check()

    @property
    def order_count(self) -> int:
        """Different orders in the file."""
        return len(self._updated_at)

    def give_to(
        self,
        on_order: Callable[[nodes.Order, int], None],
        on_line: Callable[[nodes.LineItem, str, str], None],
        on_sale: Callable[[nodes.Sale, AgreementKey, str], None],
    ) -> None:
        """Hand every object over, in the order of the file.

        Parameters
        ----------
        on_order
            Gets an order and how many lines it has.
        on_line
            Gets a line, its order's id and that order's ``updated_at``.
        on_sale
            Gets a sale, its agreement and the order's ``updated_at``.
        """
        updated_at, counts, agreements = (
            self._updated_at,
            self._line_counts,
            self._agreements,
        )
        decode_order = msgspec.json.Decoder(self._shape).decode
        for kind, line in zip(self._kinds, self._file.lines(), strict=True):
            try:
                if kind == _ORDER:
                    order = decode_order(line)
                    on_order(order, counts[number_of(order.id)])
                elif kind == _LINE:
                    item = _decode_line(line)
                    order_id = number_of(item.parent)
                    on_line(item, order_id, updated_at[order_id])
                elif kind == _SALE:
                    sale = _decode_sale(line)
                    agreement = agreements[sale.parent]
                    on_sale(sale, agreement, updated_at[agreement.order_id])
            except msgspec.ValidationError:
                shapes: dict[int, Any] = {_ORDER: self._shape, _LINE: _Line}
                decoded(line, shapes.get(kind, _Sale), self._call)  # says what it is
                raise

    def _take_heads(self) -> None:
        for line in self._file.lines():
            try:
                head = _decode_head(line)
            except msgspec.DecodeError:
                number = len(self._kinds) + 1
                raise self._broken(f"line {number} of the file is cut off") from None
            self._kinds.append(self._take_head(head))

    def _take_head(self, head: _Head) -> int:
        if head.parent is None:
            self._updated_at[number_of(head.id)] = head.updated_at
            return _ORDER
        if "/LineItem/" in head.id:
            self._line_counts[number_of(head.parent)] += 1
            return _LINE
        if "Agreement/" in head.parent:
            self._parents_of_sales.add(head.parent)
            return _SALE
        self._agreements[head.id] = AgreementKey(
            id=number_of(head.id),
            order_id=number_of(head.parent),
            happened_at=head.happened_at,
            reason=sys.intern(head.reason.lower()),
        )
        return _AGREEMENT

    def _check(self) -> None:
        if len(self._kinds) != self._file.object_count:
            raise self._broken(
                f"the file has {len(self._kinds)} objects, "
                f"Shopify counts {self._file.object_count}"
            )
        if (orders := self._kinds.count(_ORDER)) != self._file.root_count:
            raise self._broken(
                f"the file has {orders} orders, Shopify counts {self._file.root_count}"
            )
        known = self._updated_at.keys()
        owners = {agreement.order_id for agreement in self._agreements.values()}
        orphans = (self._line_counts.keys() | owners) - known
        orphans |= self._parents_of_sales - self._agreements.keys()
        if orphans:
            raise self._broken(f"{len(orphans)} parents are not in the file")
        self._parents_of_sales.clear()

    def _broken(self, problem: str) -> BulkFailed:
        return BulkFailed(
            problem,
            call=self._call,
            remedy="Nothing of it was written; run it again later.",
        )
