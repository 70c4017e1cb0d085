"""Orders whose customer journey is not ready yet.

Shopify works it out after the order, and does not count that as a change of the order:
nothing would make such an order be read again, so their ids are kept in the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from taps.tap_shopify import nodes
from taps.tap_shopify.windows import instant_text

__all__ = ["WaitingJourneys"]


class WaitingJourneys:
    """Ids of orders to ask for again.

    Parameters
    ----------
    known
        When each order was created, by id, as ``state`` gave it in an earlier run.
    now
        The present.
    days
        How long a journey is waited for.
    """

    def __init__(self, known: Mapping[str, str], now: datetime, days: int) -> None:
        self._oldest = instant_text(now - timedelta(days=days))
        self._created_at = {i: at for i, at in known.items() if at >= self._oldest}
        self._read_now: set[str] = set()

    def note(self, order: nodes.Order) -> None:
        """Remember an order that was read, or forget it if it is ready."""
        if order.created_at < self._oldest:
            return
        self._read_now.add(order.id)
        journey = order.customer_journey_summary
        if journey is not None and not journey.ready:
            self._created_at[order.id] = order.created_at
        else:
            self._created_at.pop(order.id, None)

    def forget(self, order_id: str) -> None:
        """The order is gone."""
        self._created_at.pop(order_id, None)

    @property
    def state(self) -> dict[str, str]:
        """What the next run has to know."""
        return dict(sorted(self._created_at.items()))

    @property
    def to_ask(self) -> list[str]:
        """Orders that wait and were not read in this run."""
        return sorted(self._created_at.keys() - self._read_now)
