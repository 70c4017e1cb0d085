"""Customers: the advertising accounts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from taps.api_source.schemas import boolean, instant, schema, text
from taps.api_source.streams import SourceStream

if TYPE_CHECKING:
    from taps.tap_google_ads.tap import TapGoogleAds

__all__ = ["CustomersStream"]


class CustomersStream(SourceStream):
    """The accounts that are read, whole each time."""

    name = "customers"
    primary_keys = ("customer_id",)
    replication_key = "read_at"
    record_schema = schema(
        (
            text("customer_id", "Customer, digits only."),
            text("name", "Name of the account."),
            text("currency_code", "Currency of all its money, ISO 4217."),
            text("time_zone", "Time zone of all its dates, IANA name."),
            text("status", "Status: ENABLED, SUSPENDED, CANCELED, CLOSED."),
            boolean("is_test", "Whether it is a test account, which spends nothing."),
            text("login_customer_id", "Manager through which it was read, if any."),
            instant("read_at", "When it was read."),
        ),
        primary_keys,
    )
    _tap: TapGoogleAds

    def read(self) -> None:
        """Write every customer."""
        read_at = datetime.now(UTC)
        self.emit_all(
            {
                "customer_id": customer.id,
                "name": customer.name,
                "currency_code": customer.currency_code,
                "time_zone": customer.time_zone,
                "status": customer.status,
                "is_test": customer.is_test,
                "login_customer_id": customer.login_customer_id,
                "read_at": read_at,
            }
            for customer in self._tap.customers
        )
