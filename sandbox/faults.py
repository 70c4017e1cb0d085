"""What goes wrong on request: faults that are switched on over HTTP and wear off.

Middleware sees to faults of the transport (`WIRE_FAULTS`). Emulators ask for faults of
the content (`CONTENT_FAULTS`): `faults.active("page_missing", path)`.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["CONTENT_FAULTS", "WIRE_FAULTS", "Fault", "Faults", "UnknownFault"]

WIRE_FAULTS: Final = frozenset(
    {"throttle", "server_error", "timeout", "truncated_body", "slow_drip"}
)
CONTENT_FAULTS: Final = frozenset(
    {
        "shopify_throttle",
        "bulk_failed",
        "bulk_seconds",
        "token_expired",
        "page_repeated",
        "page_missing",
        "clock_skew",
        "schema_change",
        "duplicate_ids",
        "inexact_counts",
        "quota_exceeded",
        "report_failed",
        "report_not_visible",
        "report_skipped",
        "stream_broken",
        "too_much_data",
        "unknown_error",
    }
)
_OWN: Final = frozenset({"kind", "path_contains", "after", "times"})


class UnknownFault(ValueError):
    """A fault was asked for that the sandbox does not have."""


@dataclass
class Fault:
    """A fault: lets `after` matching requests pass, then strikes `times` requests.

    `times` None never wears off. `options` are the fault's own, whatever else its
    description says: retry_after, status, seconds, bytes_per_second, field, share.
    """

    kind: str
    path_contains: str = ""
    after: int = 0
    times: int | None = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    struck: int = 0


class Faults:
    """The faults now switched on, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def switch_on(self, description: Mapping[str, Any]) -> Fault:
        """Add a fault from its JSON description.

        Raises
        ------
        UnknownFault
        """
        kind = description.get("kind")
        if kind not in WIRE_FAULTS | CONTENT_FAULTS:
            known = ", ".join(sorted(WIRE_FAULTS | CONTENT_FAULTS))
            raise UnknownFault(f"no fault is called {kind!r}; there are {known}")
        times = description.get("times", 1)
        fault = Fault(
            kind=str(kind),
            path_contains=str(description.get("path_contains", "")),
            after=int(description.get("after", 0)),
            times=None if times is None else int(times),
            options={k: v for k, v in description.items() if k not in _OWN},
        )
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Switch all faults off."""
        with self._lock:
            self._faults.clear()

    def all(self) -> list[Fault]:
        """The faults switched on, worn off or not."""
        with self._lock:
            return list(self._faults)

    def active(self, kind: str, path: str) -> Fault | None:
        """The fault that strikes this request, if one does.

        Asking is striking: ask once per request, and only where the fault can be
        acted out. `path` is the request's path with its query.
        """
        with self._lock:
            for fault in self._faults:
                if fault.kind != kind or fault.path_contains not in path:
                    continue
                if fault.after > 0:
                    fault.after -= 1
                elif fault.times is None or fault.struck < fault.times:
                    fault.struck += 1
                    return fault
            return None

    def standing(self, kind: str, path: str) -> Fault | None:
        """The fault of this kind for this path, without striking."""
        with self._lock:
            return next(
                (
                    fault
                    for fault in self._faults
                    if fault.kind == kind and fault.path_contains in path
                ),
                None,
            )
