"""Cost and delivery per customer and day: what campaigns must add up to."""

from __future__ import annotations

from taps.api_source.schemas import schema
from taps.api_source.whole_reads import Record
from taps.tap_google_ads.client import Row
from taps.tap_google_ads.customers import Customer
from taps.tap_google_ads.figures import day_of, money, whole
from taps.tap_google_ads.streams.days import (
    COST,
    DELIVERY,
    MONEY,
    READ_AT,
    SLICE,
    DaysStream,
)

__all__ = ["AccountDaysTotalsStream"]


class AccountDaysTotalsStream(DaysStream):
    """The customer as a whole, by a query of its own."""

    name = "account_days"
    resource = "customer"
    control = None
    primary_keys = ("customer_id", "date")
    fields = (
        "customer.id",
        "metrics.cost_micros",
        "metrics.impressions",
        "metrics.clicks",
    )
    record_schema = schema((*SLICE, *MONEY, *COST, *DELIVERY, READ_AT), primary_keys)

    def record(self, row: Row, customer: Customer) -> Record:
        """What a row becomes."""
        return {
            **day_of(row, customer),
            "currency_code": customer.currency_code,
            "time_zone": customer.time_zone,
            "cost": money(row["metrics.cost_micros"]),
            "cost_micros": whole(row["metrics.cost_micros"]),
            "impressions": whole(row["metrics.impressions"]),
            "clicks": whole(row["metrics.clicks"]),
        }
