"""What the tables of days have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from taps.api_source.account_days import AccountDaysStream
from taps.api_source.ad_accounts import AdAccount
from taps.api_source.part_failures import PartFailures
from taps.api_source.schemas import Column, instant, integer, number, schema, text
from taps.api_source.schemas import date as day_column
from taps.api_source.whole_reads import Record
from taps.tap_meta_ads.reports import Report
from taps.tap_meta_ads.rows import DELIVERY, delivery

if TYPE_CHECKING:
    from taps.tap_meta_ads.tap import TapMetaAds

__all__ = ["CURRENCY", "READ_AT", "SLICE", "DaysStream", "days_schema"]

SLICE = (
    text("account_id", "Ad account, without act_."),
    day_column("date", "Day in the account's time zone (see accounts)."),
)
CURRENCY = text("currency_code", "Currency of the account, ISO 4217.")
READ_AT = instant("read_at", "When the read of the account's day began.")

_FIGURES = (
    CURRENCY,
    number("spend", "Spend in the account's currency."),
    integer("impressions", "How often ads were shown."),
    integer("clicks", "Clicks of any kind."),
    integer("inline_link_clicks", "Clicks on links; null when Meta names none."),
    integer(
        "reach",
        "Estimated people who saw ads that day; not additive over days or campaigns.",
    ),
)


def days_schema(key: Sequence[str], *columns: Column) -> dict[str, Any]:
    """The schema of a table of delivery per day."""
    return schema((*SLICE, *columns, *_FIGURES, READ_AT), key)


class DaysStream(AccountDaysStream):
    """Delivery per day at one level of the account."""

    account_column = "account_id"
    total_name = "spend"
    level: ClassVar[str]
    breakdowns: ClassVar[tuple[str, ...]] = ()
    #: Texts of a row that the record has.
    names: ClassVar[tuple[str, ...]] = ()
    metrics: ClassVar[tuple[str, ...]] = DELIVERY
    _tap: TapMetaAds

    @property
    def sweep_days(self) -> int:  # type: ignore[override]
        """How far back the monthly sweep goes."""
        return int(self.config["sweep_days"])

    @property
    def failures(self) -> PartFailures:
        """Accounts that could not be read in this run."""
        return self._tap.failures

    def certain_now(self) -> datetime:
        """Meta's time or ours, whichever is behind."""
        return self._tap.meta.certain_now()

    def accounts(self) -> Sequence[AdAccount]:
        """The accounts of the settings."""
        return self._tap.ad_accounts

    def prefetch(self, account: AdAccount, spans: Sequence[tuple[date, date]]) -> None:
        """Let Meta make the next reports while the first one is read."""
        self._tap.reports.expect([self.report(account, *span) for span in spans])

    def requested_at(self, account: AdAccount, first: date, last: date) -> datetime:
        """When Meta was asked, which may be before the report's turn came."""
        return self._tap.reports.requested_at(self.report(account, first, last))

    def fetch(
        self, account: AdAccount, first: date, last: date
    ) -> Iterable[tuple[str, Record]]:
        """Every row of the report of these days."""
        report = self.report(account, first, last)
        for row in self._tap.reports.read(report):
            yield from self.records(row, account)

    def report(self, account: AdAccount, first: date, last: date) -> Report:
        """The question for these days."""
        return Report(
            account_id=account.id,
            level=self.level,
            metrics=self.metrics,
            breakdowns=self.breakdowns,
            first=first,
            last=last,
        )

    def records(
        self, row: dict[str, Any], account: AdAccount
    ) -> Iterable[tuple[str, Record]]:
        """What a row becomes."""
        yield self.name, delivery(row, account, self.names)

    def control_totals(
        self, account: AdAccount, first: date, last: date
    ) -> Mapping[date, Decimal]:
        """Spend of the whole account per day."""
        return {
            row["date"]: row["spend"]
            for row in self._tap.account_rows(account, first, last)
        }
