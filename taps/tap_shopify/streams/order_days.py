"""Control totals: Shopify's own count of orders by day, and its own sales."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from taps.api_source.errors import SourceError
from taps.api_source.schemas import date as date_column
from taps.api_source.schemas import instant, integer, number, schema, text
from taps.tap_shopify.answers import FieldDenied
from taps.tap_shopify.day_counts import day_counts
from taps.tap_shopify.oldest import oldest
from taps.tap_shopify.streams.base import ShopStream

__all__ = ["OrderDaysStream"]

_COLUMNS = (
    date_column("date", "Day in the shop's time zone on which orders were created."),
    text("time_zone", "The shop's time zone."),
    integer("order_count", "Orders created on the day, as Shopify counts them."),
    number("total_sales", "Shopify's total sales of the day (ShopifyQL), or null."),
    number("net_sales", "Shopify's net sales of the day (ShopifyQL), or null."),
    text("currency_code", "Currency of the shop."),
    instant("read_at", "When it was counted."),
)

_QL = """query Sales($text: String!) {
  shopifyqlQuery(query: $text) { tableData { columns { name } rows } parseErrors }
}"""
_Sales = Mapping[date, tuple[Decimal, Decimal]]


class OrderDaysStream(ShopStream):
    """What Shopify says it has, to be compared with what was loaded."""

    name = "order_days"
    primary_keys: Sequence[str] = ("date",)
    replication_key = "read_at"
    record_schema = schema(_COLUMNS, ("date",))

    def read(self) -> None:
        """Count the days on which orders were created that this run has read."""
        self._tap.order_tree.read()
        client, access = self._tap.client, self._tap.access
        today = access.day_of(client.now())
        days = self._days(today)
        if not days:
            return
        read_at = client.now()
        sales = self._sales(days[0], days[-1])
        for day, count in day_counts(client, access, days):
            total, net = sales.get(day, (None, None))
            self.emit(
                {
                    "date": day,
                    "time_zone": access.shop.iana_timezone,
                    "order_count": count,
                    "total_sales": total,
                    "net_sales": net,
                    "currency_code": access.shop.currency_code,
                    "read_at": read_at,
                }
            )
        self.advance(today.isoformat())

    def _days(self, today: date) -> list[date]:
        first = self._first_day()
        if first is None:
            return []
        if self._tap.is_rereading:
            last = min(today, self._tap.end_date or today)
            return _span(first, last)
        bookmark = self.bookmark()
        if not bookmark:
            return _span(first, today)
        recent = today - timedelta(days=self._tap.config["control_days"])
        since_last = _span(date.fromisoformat(bookmark) - timedelta(days=1), today)
        days = {*since_last, *self._days_touched()}
        return sorted(day for day in days if day >= max(first, recent))

    def _first_day(self) -> date | None:
        access, now = self._tap.access, self._tap.client.now()
        days = [self._tap.start_date, access.first_whole_day(now)]
        known = [day for day in days if day is not None]
        if known:
            return max(known)
        moment = oldest(self._tap.client, "orders", "CREATED_AT", "createdAt")
        return self._tap.access.day_of(moment) if moment else None

    def _days_touched(self) -> Iterable[date]:
        for hour in self._tap.order_tree.hours_created:
            # Some zones are half an hour off: an hour may lie on two days.
            for minute in ("00", "59"):
                moment = datetime.fromisoformat(f"{hour}:{minute}:00Z")
                yield self._tap.access.day_of(moment)

    def _sales(self, first: date, last: date) -> _Sales:
        if not self._tap.access.may("read_reports"):
            return {}
        ask = (
            f"FROM sales SHOW total_sales, net_sales TIMESERIES day "
            f"SINCE {first} UNTIL {last} ORDER BY day"
        )
        client, call = self._tap.client, "sales by day (ShopifyQL)"
        try:
            data = client.query(_QL, {"text": ask}, call, dict[str, Any]).data
        except FieldDenied as denial:
            client.warn(f"order_days has no sales: {denial}")
            return {}
        answer = data["shopifyqlQuery"] or {}
        if not answer.get("tableData"):
            said = "; ".join(map(str, answer.get("parseErrors") or ())) or "no reason"
            client.warn(f"order_days has no sales: Shopify gives no table ({said}).")
            return {}
        return dict(_table(answer["tableData"], call))


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _table(
    table: Mapping[str, Any], call: str
) -> Iterable[tuple[date, tuple[Decimal, Decimal]]]:
    names = [column["name"] for column in table["columns"]]
    for row in table["rows"] or ():
        values = row if isinstance(row, dict) else dict(zip(names, row, strict=True))
        if values.get("total_sales", 0) is None or values.get("net_sales", 0) is None:
            continue
        try:
            sales = (
                Decimal(str(values["total_sales"])),
                Decimal(str(values["net_sales"])),
            )
            yield date.fromisoformat(str(values["day"])[:10]), sales
        except (KeyError, ValueError, InvalidOperation):
            raise SourceError("its table is not as documented", call=call) from None
