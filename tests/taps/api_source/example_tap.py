"""A tap of two slices whose failures are chosen by its settings."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from singer_sdk import Stream

from taps.api_source.errors import AccessDenied, TokenExpired
from taps.api_source.schemas import date, instant, number, schema, text
from taps.api_source.slices import SlicedStream, SlicesStream, Tally
from taps.api_source.tap import SourceTap

_SLICE = (text("account_id", "Account."), date("date", "Day."))
_KEY = ("account_id", "date", "campaign_id")


class Days(SlicedStream):
    """Spend."""

    name = "days"
    primary_keys = _KEY
    total_name = "spend"
    record_schema = schema(
        (
            *_SLICE,
            text("campaign_id", "Campaign."),
            number("spend", "Money."),
            instant("read_at", "When it was read."),
        ),
        _KEY,
    )

    def read(self) -> None:
        """Two days, with something going wrong between them."""
        first = self.bookmark(account_id="a") or "none"
        self.logger.info("bookmark: %s", first)
        self._read_day("2026-01-01")
        self._stumble(str(self.config.get("stumble", "")))
        self._read_day("2026-01-02")

    def _read_day(self, day: str) -> None:
        read_at, tally = datetime(2026, 1, 5, tzinfo=UTC), Tally()
        spend = Decimal("19.990")
        slice_ = {"account_id": "a", "date": day}
        self.emit({**slice_, "campaign_id": "1", "spend": spend, "read_at": read_at})
        tally.add(spend)
        self.close_slice(slice_, tally, read_at, control_total=Decimal("19.99"))
        self.advance(day, account_id="a")

    def _stumble(self, over: str) -> None:
        secret = self.config.get("token")
        if over == "access":
            raise AccessDenied(f"access_token={secret} is refused", call="days")
        if over == "token":
            raise TokenExpired("the token ran out", call="days", remedy="Connect.")
        if over == "signal":
            os.kill(os.getpid(), signal.SIGTERM)


class ExampleTap(SourceTap):
    """An example."""

    name = "tap-example"
    config_jsonschema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "stumble": {"type": "string", "description": "What goes wrong."},
            "token": {"type": "string", "secret": True, "description": "A secret."},
        },
    }

    def discover_streams(self) -> Sequence[Stream]:
        """One sliced stream."""
        return [Days(self), SlicesStream(self, _SLICE)]

    def check(self) -> dict[str, Any]:
        """A fixed answer."""
        return {"account": "Example", "history_from": datetime(2026, 1, 1, tzinfo=UTC)}


if __name__ == "__main__":
    ExampleTap.cli()()
