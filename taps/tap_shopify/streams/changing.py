"""Streams whose rows are found by when they were last changed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Container
from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

from taps.api_source.errors import AccessDenied
from taps.tap_shopify.access import refused_fields
from taps.tap_shopify.collection import Collection
from taps.tap_shopify.flat_collection import Names
from taps.tap_shopify.oldest import beginning
from taps.tap_shopify.streams.base import ShopStream
from taps.tap_shopify.windows import Window, instant_text, parse_instant

__all__ = ["ChangingStream"]


class ChangingStream(ShopStream):
    """Reads what changed since its bookmark, by windows.

    What the app may not see is left out with a warning, and not bookmarked: an empty
    table and a missing scope are different things.
    """

    replication_key = "updated_at"
    #: Access scope it needs.
    scope: ClassVar[str]
    #: What the API calls it.
    names: ClassVar[Names]
    #: Days before the bookmark that are read again, beside the common minutes.
    lookback_days: ClassVar[int] = 0
    #: Sort key and field by which the oldest is found.
    oldest_by: ClassVar[tuple[str, str]] = ("UPDATED_AT", "updatedAt")

    @staticmethod
    @abstractmethod
    def fields(without: Container[str]) -> str:
        """What is asked of an object, without some fields."""

    @abstractmethod
    def collection(self) -> Collection:
        """What is read."""

    @cached_property
    def allowed_fields(self) -> str:
        """What is asked of an object: the fields that the app is not refused."""
        known = self._tap.refused_of_customers
        known |= refused_fields(self._tap.client, self.names.name, self.fields, known)
        return self.fields(known)

    def read(self) -> None:
        """Read what changed."""
        if not self._tap.access.may(self.scope):
            return
        try:
            self._read_windows()
        except AccessDenied as denial:
            self._tap.client.warn(f"{self.name} stays as it is: {denial}")

    def _read_windows(self) -> None:
        client = self._tap.client
        until, certain = client.now(), client.certain_now()
        window = self._window(until)
        if window is None:
            return
        for part in self._tap.reader.windows(self.collection(), window):
            self.advance(instant_text(min(part.until, certain)))

    def _window(self, until: datetime) -> Window | None:
        if self._tap.is_rereading:
            # Not all of these can be searched by when they were created, and what
            # was created since then was changed since then.
            asked = self._tap.requested_window(until)
            return Window("updated_at", asked.since, max(asked.since, until))
        since = self._since()
        if since is None or since >= until:
            return None
        return Window("updated_at", since, until)

    def _since(self) -> datetime | None:
        if bookmark := self.bookmark():
            minutes = self._tap.config["lookback_minutes"]
            lookback = timedelta(days=self.lookback_days, minutes=minutes)
            return parse_instant(bookmark) - lookback
        if self._tap.start_date is not None:
            return self._tap.access.midnight(self._tap.start_date)
        return beginning(self._tap.client, self.names.name, *self.oldest_by)
