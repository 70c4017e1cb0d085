"""Delivery per account and day: what the other tables must add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from taps.api_source.ad_accounts import AdAccount
from taps.api_source.whole_reads import Record
from taps.tap_meta_ads.streams.days import DaysStream, days_schema

__all__ = ["AccountDaysTotalsStream"]


class AccountDaysTotalsStream(DaysStream):
    """The account as a whole, by a call of its own."""

    name = "account_days"
    level = "account"
    control = None
    primary_keys = ("account_id", "date")
    record_schema = days_schema(primary_keys)

    def prefetch(self, account: AdAccount, spans: Sequence[tuple[date, date]]) -> None:
        """Nothing: these answers come at once."""

    def fetch(
        self, account: AdAccount, first: date, last: date
    ) -> Iterable[tuple[str, Record]]:
        """One row per day with delivery."""
        for row in self._tap.account_rows(account, first, last):
            yield self.name, row
