"""Reads the orders that changed, and everything below them, once per run."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from taps.tap_shopify.by_ids import ask_by_ids
from taps.tap_shopify.collection import Reader
from taps.tap_shopify.journeys import WaitingJourneys
from taps.tap_shopify.oldest import beginning
from taps.tap_shopify.order_collection import OrderCollection
from taps.tap_shopify.record_buffer import Outbox
from taps.tap_shopify.streams.base import OrderTreeStream
from taps.tap_shopify.windows import Window, instant_text, parse_instant

if TYPE_CHECKING:
    from taps.tap_shopify.tap import TapShopify

__all__ = ["OrderTree"]

_WAITING = "waiting_journeys"
_HISTORY_FROM = "history_from"


class OrderTree:
    """Orders, lines, refunds, transactions, ledger and visits; one bookmark for all.

    Every stream keeps the bookmark, so that one which is selected later is read from
    its own beginning.
    """

    def __init__(self, tap: TapShopify, reader: Reader) -> None:
        self._tap = tap
        self._client = tap.client
        self._reader = reader
        self._is_read = False

    @property
    def hours_created(self) -> frozenset[str]:
        """Hours (UTC) in which the orders that were read were created."""
        return frozenset(self._collection.hours_created)

    def read(self) -> None:
        """Read what changed since the bookmark, or what is asked for again."""
        if self._is_read or not self._streams:
            return
        self._is_read = True
        _ = self._tap.access  # the first request tells what time it is at Shopify
        window = self._window(self._client.now())
        certain = self._client.certain_now()
        if window is not None:
            for part in self._reader.windows(self._collection, window):
                self._collection.flush()
                self._advance(min(part.until, certain))
        self._read_waiting()

    @cached_property
    def _streams(self) -> list[OrderTreeStream]:
        streams = self._tap.streams.values()
        return [s for s in streams if isinstance(s, OrderTreeStream) and s.selected]

    @cached_property
    def _state(self) -> dict[str, Any]:
        return self._tap.streams["orders"].get_context_state(None)

    @cached_property
    def _journeys(self) -> WaitingJourneys:
        known = self._state.get(_WAITING, {})
        days = self._tap.config["journey_days"]
        return WaitingJourneys(known, self._client.now(), days)

    @cached_property
    def _collection(self) -> OrderCollection:
        without = self._tap.refused_order_fields
        if not self._tap.streams["order_sales"].selected:
            without |= {"agreements"}
        outbox = Outbox(self._tap.streams)
        return OrderCollection(self._client, outbox, self._journeys, without)

    @cached_property
    def _was_opened(self) -> bool:
        """Whether Shopify now shows what it did not when the bookmark was made."""
        return bool(self._state.get(_HISTORY_FROM)) and self._limit is None

    @cached_property
    def _limit(self) -> str | None:
        """First day of orders that was to be seen, if more was wanted."""
        is_new = not self._state.get("replication_key_value")
        before = self._state.get(_HISTORY_FROM)
        wall, start = self._tap.access.history_from, self._tap.start_date
        if wall is None or not (is_new or before):
            return None
        if start is not None and start >= wall:
            return None
        return str(before or wall)

    def _window(self, until: datetime) -> Window | None:
        if self._tap.is_rereading:
            return self._tap.requested_window(until)
        since = self._since()
        if since is None or since >= until:
            return None
        return Window("updated_at", since, until)

    def _since(self) -> datetime | None:
        bookmarks = [stream.bookmark() for stream in self._streams]
        if all(bookmarks) and not self._was_opened:
            lookback = timedelta(minutes=self._tap.config["lookback_minutes"])
            return parse_instant(min(bookmarks)) - lookback
        if self._tap.start_date is not None:
            return self._tap.access.midnight(self._tap.start_date)
        return beginning(self._client, "orders", "UPDATED_AT", "updatedAt")

    def _advance(self, until: datetime) -> None:
        if self._tap.is_rereading:
            return
        self._state[_WAITING] = self._journeys.state
        self._state[_HISTORY_FROM] = self._limit
        for stream in self._streams:
            stream.set_bookmark(instant_text(until))
        self._streams[0].write_state()

    def _read_waiting(self) -> None:
        """Ask again for orders whose journey was not ready and that did not change."""
        if self._tap.is_rereading or not self._journeys.to_ask:
            return
        waiting = self._journeys.to_ask
        found = ask_by_ids(
            self._client,
            waiting,
            kind="Order",
            fields=self._collection.page_fields(),
            shape=self._collection.page_shape,
            call="orders whose journey was not ready",
        )
        for order_id, order in zip(waiting, found, strict=True):
            if order is None:
                self._journeys.forget(order_id)
            else:
                self._collection.take_order(order)
        self._collection.flush()
        self._state[_WAITING] = self._journeys.state
        self._streams[0].write_state()
