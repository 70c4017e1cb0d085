"""How much of its allowance an account has used, as every answer's headers tell.

Source: developers.facebook.com/docs/graph-api/overview/rate-limiting. Percentages of
calls, not of rows: small pages make it worse.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Usage", "usage_of"]

_SLOW_FROM = 75.0
_STOP_FROM = 95.0
_SLOWEST_SECONDS = 30.0
# The score of calls decays within 300 seconds.
_DECAY_SECONDS = 300.0

_PERCENTAGES = (
    "call_count",
    "total_cputime",
    "total_time",
    "acc_id_util_pct",
    "app_id_util_pct",
)
_REGAIN = "estimated_time_to_regain_access"


@dataclass(frozen=True)
class Usage:
    """The largest percentage used, and minutes until access is regained."""

    percent: float
    minutes_to_regain: float

    @property
    def pause_seconds(self) -> float:
        """How long to wait before the next call.

        Nothing below 75 %; from there up to 30 s; from 95 % on as long as Meta says.
        """
        if self.percent >= _STOP_FROM or self.minutes_to_regain > 0:
            return self.minutes_to_regain * 60 or _DECAY_SECONDS
        if self.percent < _SLOW_FROM:
            return 0.0
        share = (self.percent - _SLOW_FROM) / (_STOP_FROM - _SLOW_FROM)
        return max(1.0, share * _SLOWEST_SECONDS)


def usage_of(headers: Mapping[str, str]) -> Usage:
    """The usage an answer's headers tell; zero where they say nothing."""
    percent, minutes = 0.0, 0.0
    for told in _usage_rows(headers):
        percent = max([percent, *(_number(told.get(name)) for name in _PERCENTAGES)])
        minutes = max(minutes, _number(told.get(_REGAIN)))
    return Usage(percent, minutes)


def _usage_rows(headers: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name in ("X-App-Usage", "X-Ad-Account-Usage", "X-FB-Ads-Insights-Throttle"):
        told = _decoded(headers.get(name))
        if isinstance(told, dict):
            yield told
    cases = _decoded(headers.get("X-Business-Use-Case-Usage"))
    if isinstance(cases, dict):
        for case in cases.values():
            yield from (one for one in case if isinstance(one, dict))


def _decoded(value: str | None) -> Any:
    try:
        return json.loads(value) if value else None
    except ValueError:
        return None


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
