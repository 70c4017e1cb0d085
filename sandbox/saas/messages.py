"""What Cuaderno writes to its accounts: news by mail, and tips in the product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from sandbox.saas.accounts import Account
from sandbox.saas.subscriptions import Row

__all__ = ["messages"]

_DAYS: Final = 125
"""How long ago the first was sent."""
_EVERY: Final = {"email": 15, "in_app": 30}
_OPENED: Final = {"email": 0.3, "in_app": 0.6}


def messages(
    accounts: Sequence[Account], last_day: date, rng: np.random.Generator
) -> list[Row]:
    """Messages of the last months and which were opened the day after.

    They change nothing of who leaves.
    """
    rows: list[Row] = []
    for one in accounts:
        for channel, every in _EVERY.items():
            for age in range(int(rng.integers(0, every)), _DAYS, every):
                day = last_day - timedelta(days=age)
                if not one.is_here(day):
                    continue
                told = {
                    "message_id": f"{channel}-{one.account_id}-{day:%Y%m%d}",
                    "channel": channel,
                    "campaign_id": f"{channel}-{day:%Y-%m}",
                }
                rows.append({**told, "message_event": "sent", "occurred_at": day})
                if age and rng.random() < _OPENED[channel]:
                    opened = day + timedelta(days=1)
                    rows.append(
                        {**told, "message_event": "opened", "occurred_at": opened}
                    )
    return rows
