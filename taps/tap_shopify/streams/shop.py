"""The shop itself, and what the connection sees of it."""

from __future__ import annotations

from collections.abc import Sequence

from taps.api_source.schemas import array, date, instant, schema, text
from taps.tap_shopify.nodes import number_of
from taps.tap_shopify.streams.base import ShopStream

__all__ = ["ShopInfoStream"]

_COLUMNS = (
    text("id", "Shopify's number of the shop."),
    text("name", "Name of the shop."),
    text("myshopify_domain", "Its permanent domain."),
    text("currency_code", "Currency of its books."),
    text("time_zone", "Zone in which its days begin and end (IANA)."),
    text("plan", "Shopify plan."),
    text("api_version", "Version of the API that was asked."),
    array("scopes", "Access scopes of the app."),
    date("history_from", "First day whose orders Shopify shows; null for all."),
    array("warnings", "What is missing or about to break, in sentences."),
    instant("read_at", "When this was read."),
)


class ShopInfoStream(ShopStream):
    """One row, written after the streams before it had their chance to warn."""

    name = "shop"
    primary_keys: Sequence[str] = ("id",)
    replication_key = "read_at"
    record_schema = schema(_COLUMNS, ("id",))

    def read(self) -> None:
        """Write the row."""
        access, client = self._tap.access, self._tap.client
        self.emit(
            {
                "id": number_of(access.shop.id),
                "name": access.shop.name,
                "myshopify_domain": access.shop.myshopify_domain,
                "currency_code": access.shop.currency_code,
                "time_zone": access.shop.iana_timezone,
                "plan": access.shop.plan.public_display_name,
                "api_version": client.version,
                "scopes": access.scopes,
                "history_from": access.history_from,
                "warnings": client.warnings,
                "read_at": client.now(),
            }
        )
