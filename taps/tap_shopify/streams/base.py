"""What the streams of this tap have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from taps.api_source.schemas import instant, text
from taps.api_source.streams import SourceStream

if TYPE_CHECKING:
    from singer_sdk.helpers import types

    from taps.tap_shopify.tap import TapShopify

__all__ = ["ORDER_ID", "ORDER_UPDATED_AT", "OrderTreeStream", "Record", "ShopStream"]

ORDER_ID = text("order_id", "Order it belongs to.")
ORDER_UPDATED_AT = instant(
    "order_updated_at",
    "Last change of the order when the row was read. All rows of an order bear that of "
    "its latest read: one with an older stamp is not part of the order any more.",
)


class Record(msgspec.Struct, gc=False):
    """A row as it is written; its fields are the stream's columns.

    Make subclasses `kw_only`: columns in a row of their own would be exchanged unseen.
    """


class ShopStream(SourceStream):
    """A stream of this tap; one that fails does not keep the others from being read."""

    _tap: TapShopify
    #: What changed since the last run may be nothing, for weeks.
    quiet_for = timedelta(days=30)
    #: What fails together with it.
    part: ClassVar[str | None] = None

    def get_records(self, context: types.Context | None) -> Iterable[dict[str, Any]]:
        """Nothing: what was read is written, and a failure is kept for the end."""
        with self._tap.failures.of(self.part or self.name):
            super().get_records(context)
        return ()

    def set_bookmark(self, value: str) -> None:
        """Bookmark without writing the state, which several streams then do at once."""
        state = self.get_context_state(None)
        state["replication_key"] = self.replication_key
        state["replication_key_value"] = value


class OrderTreeStream(ShopStream):
    """A stream that comes with the orders: whoever is read first reads all."""

    primary_keys: Sequence[str] = ("id",)
    replication_key = "order_updated_at"
    part = "orders"

    def read(self) -> None:
        """Read all orders that changed, once per run."""
        self._tap.order_tree.read()
