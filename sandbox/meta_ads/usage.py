"""How much of its allowance each ad account has used, and the headers that say so."""

import json
import threading
from collections import deque
from datetime import datetime, timedelta
from typing import Final

__all__ = ["Usage"]

_WINDOW: Final = timedelta(seconds=300)
_MOST_POINTS: Final = 9_000
_READ_POINTS: Final = 1
_WRITE_POINTS: Final = 3


class Usage:
    """The score of the standard access tier: reads 1, writes 3, forgotten in 300 s."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[str, deque[tuple[datetime, int]]] = {}

    def count(self, account_id: str, now: datetime, *, is_write: bool) -> None:
        """Count one call."""
        points = _WRITE_POINTS if is_write else _READ_POINTS
        with self._lock:
            self._calls.setdefault(account_id, deque()).append((now, points))

    def percent(self, account_id: str, now: datetime) -> int:
        """Used share of the allowance; the account is blocked at 100."""
        with self._lock:
            calls = self._calls.setdefault(account_id, deque())
            while calls and calls[0][0] <= now - _WINDOW:
                calls.popleft()
            return sum(points for _, points in calls) * 100 // _MOST_POINTS

    def headers(
        self, account_id: str, now: datetime, *, blocked_minutes: int = 0
    ) -> dict[str, str]:
        """What every answer says about the use of the account and of the app."""
        used = 100 if blocked_minutes else self.percent(account_id, now)
        load = {"call_count": used, "total_cputime": used // 4, "total_time": used // 4}
        case = {
            "type": "ads_insights",
            **load,
            "estimated_time_to_regain_access": blocked_minutes,
            "ads_api_access_tier": "standard_access",
        }
        account = {
            "acc_id_util_pct": used,
            "reset_time_duration": int(_WINDOW.total_seconds()),
            "ads_api_access_tier": "standard_access",
        }
        insights = {
            "app_id_util_pct": used / 10,
            "acc_id_util_pct": used,
            "ads_api_access_tier": "standard_access",
        }
        return {
            "X-Business-Use-Case-Usage": json.dumps({account_id: [case]}),
            "X-Ad-Account-Usage": json.dumps(account),
            "X-FB-Ads-Insights-Throttle": json.dumps(insights),
            "X-App-Usage": json.dumps(load),
        }
