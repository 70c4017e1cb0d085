"""The ids of recent orders, to find those that were deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from taps.api_source.errors import SourceError
from taps.api_source.schemas import date as date_column
from taps.api_source.schemas import instant, schema, text
from taps.api_source.slices import SlicedStream, Tally
from taps.tap_shopify import nodes
from taps.tap_shopify.collection import Collection
from taps.tap_shopify.day_counts import day_counts
from taps.tap_shopify.flat_collection import FlatCollection, Names
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.streams.base import Record, ShopStream
from taps.tap_shopify.windows import Window, parse_instant

__all__ = ["SLICE_DATE", "OrderIdsStream"]

SLICE_DATE = date_column("date", "Day in the shop's time zone.")

_EVERY = timedelta(days=7)
# A day that has just ended may not be whole in Shopify's search index.
_SETTLED_AFTER = timedelta(hours=1)
# Their ids are counted together, so that memory does not grow with the days listed.
_DAYS_TOGETHER = 10
_KEY = ("date", "id")
_COLUMNS = (
    SLICE_DATE,
    text("id", "Shopify's number of the order."),
    instant("created_at", "When it was created."),
    instant("read_at", "When the listing was read."),
)


class _OrderId(Record, kw_only=True):
    date: date
    id: str
    created_at: str
    read_at: datetime


class OrderIdsStream(SlicedStream, ShopStream):
    """Ids of orders by the day they were created, listed once a week.

    Shopify does not tell of deleted orders: an order whose id is not in the listing of
    its day is one.
    """

    name = "order_ids"
    primary_keys: Sequence[str] = _KEY
    record_schema = schema(_COLUMNS, _KEY)

    def read(self) -> None:
        """List the ids of the last ``deleted_orders_days``, if a week has passed."""
        number = self._tap.config["deleted_orders_days"]
        if number == 0 or self._tap.is_rereading:
            return
        access, now = self._tap.access, self._tap.client.now()
        today = access.day_of(now - _SETTLED_AFTER)
        bookmark = self.bookmark()
        if bookmark and today - date.fromisoformat(bookmark) < _EVERY:
            return
        first = max(
            today - timedelta(days=number), access.first_whole_day(now) or date.min
        )
        # Today is still growing; what is deleted of it is found next week.
        days = [first + timedelta(days=n) for n in range((today - first).days)]
        for start in range(0, len(days), _DAYS_TOGETHER):
            self._list_ids(days[start : start + _DAYS_TOGETHER])
        self.advance(today.isoformat())

    def _list_ids(self, days: Sequence[date]) -> None:
        client, access = self._tap.client, self._tap.access
        self._read_at = client.now()
        self._ids: dict[date, set[str]] = defaultdict(set)
        window = Window(
            "created_at",
            access.midnight(days[0]),
            access.midnight(days[-1] + timedelta(days=1)),
        )
        for _ in self._tap.reader.windows(self._collection(), window):
            pass
        for day, count in day_counts(client, access, days):
            listed = len(self._ids[day])
            if listed < count:
                raise SourceError(
                    f"{listed} ids were listed and Shopify counts {count}",
                    call=f"order_ids, {day}",
                    remedy="Nothing was bookmarked; run it again later.",
                )
            self.close_slice(
                {"date": day},
                Tally(row_count=listed),
                self._read_at,
                control_total=count,
            )

    def _collection(self) -> Collection:
        names = Names("orders", "ordersCount", "CREATED_AT")
        return FlatCollection(names, nodes.OrderId, "id createdAt", self._emit)

    def _emit(self, found: Sequence[tuple[nodes.OrderId, int]]) -> None:
        records = []
        for order, _ in found:
            day = self._tap.access.day_of(parse_instant(order.created_at))
            number = number_of(order.id)
            self._ids[day].add(number)
            records.append(
                _OrderId(
                    date=day,
                    id=number,
                    created_at=order.created_at,
                    read_at=self._read_at,
                )
            )
        self.emit_all(records)
