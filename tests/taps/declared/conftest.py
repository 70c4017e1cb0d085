"""Sources that are declared for the tests alone, and the sandbox serving them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.declared.endpoints import source_routes
from sandbox.declared.source import Source, declared_sources, settings
from sandbox.faults import Faults
from sandbox.server import app
from taps.declared.tap import DeclaredTap, declared_tap
from tests.sandbox.serving import listening
from tests.taps.tap_runs import Output, sync

VENDORS = Path(__file__).with_name("vendors")


@dataclass
class Vendor:
    """A source of the tests or of the platform, its faults, and its tap."""

    source: Source
    tap: type[DeclaredTap]
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    base_url: str = ""

    def settings(self, **changes: Any) -> dict[str, Any]:
        found = settings(self.source, self.base_url) | changes
        days = (each.told.get("days", {}) for each in self.source.streams)
        if any(each.get("window_days") == 1 for each in days):
            # Years of days, one by one, would be thousands of questions.
            found["start_date"] = f"{self.clock.now() - timedelta(days=30):%Y-%m-%d}"
        return found

    def read(self, state: dict[str, Any] | None = None, **changes: Any) -> Output:
        return sync(self.tap, self.settings(**changes), state)

    def routes(self, _: Any) -> list[Route]:
        return source_routes(self, self.source)  # type: ignore[arg-type]


def vendors() -> list[Vendor]:
    """Those of the tests, and every source of the platform that is served from rows."""
    ours = [
        Vendor(source, declared_tap(source.slug, VENDORS))
        for source in declared_sources(VENDORS)
    ]
    return ours + [
        Vendor(source, declared_tap(source.slug)) for source in declared_sources()
    ]


@pytest.fixture(params=vendors(), ids=lambda vendor: vendor.source.slug)
def vendor(request: pytest.FixtureRequest) -> Iterator[Vendor]:
    """Its clock stands at now: one that is hours ahead would be told of."""
    vendor: Vendor = request.param
    vendor.clock.freeze(datetime.now(UTC).replace(microsecond=0))
    vendor.faults.clear()
    with listening(app(vendor, [vendor.routes])) as vendor.base_url:  # type: ignore[arg-type]
        yield vendor
