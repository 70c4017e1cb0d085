"""What the tables of days have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from taps.api_source.account_days import AccountDaysStream
from taps.api_source.ad_accounts import AdAccount
from taps.api_source.part_failures import PartFailures
from taps.api_source.schemas import date as day_column
from taps.api_source.schemas import instant, integer, number, text
from taps.api_source.whole_reads import Record
from taps.tap_google_ads.client import Row
from taps.tap_google_ads.customers import Customer
from taps.tap_google_ads.queries import daily

if TYPE_CHECKING:
    from taps.tap_google_ads.tap import TapGoogleAds

__all__ = ["CONVERSIONS", "COST", "DELIVERY", "MONEY", "READ_AT", "SLICE", "DaysStream"]

SLICE = (
    text("customer_id", "Customer, digits only."),
    day_column("date", "Day in the customer's time zone."),
)
MONEY = (
    text("currency_code", "Currency of the customer, ISO 4217."),
    text("time_zone", "Time zone of the date, IANA name."),
)
COST = (
    number("cost", "Cost in the customer's currency, exactly cost_micros / 1,000,000."),
    integer("cost_micros", "Cost in millionths, as Google tells it."),
)
DELIVERY = (
    integer("impressions", "How often ads were shown."),
    integer("clicks", "Clicks."),
)
CONVERSIONS = (
    number("conversions", "Conversions of the primary actions; may be fractions."),
    number("conversions_value", "Their value in the customer's currency."),
    number("all_conversions", "Conversions of all actions."),
)
READ_AT = instant("read_at", "When the read of the customer's day began.")


class DaysStream(AccountDaysStream):
    """Figures per day of one resource.

    Conversions are put down to the day of the click, so a day grows until the window
    of the slowest conversion action is over; cost is provisional for about three days.
    """

    account_column = "customer_id"
    total_name = "cost"
    resource: ClassVar[str]
    #: What the query selects besides the date.
    fields: ClassVar[tuple[str, ...]]
    _tap: TapGoogleAds

    @property
    def window_days(self) -> int:  # type: ignore[override]
        """Days of one query."""
        return int(self.config["window_days"])

    @property
    def failures(self) -> PartFailures:
        """Customers that could not be read in this run."""
        return self._tap.failures

    def certain_now(self) -> datetime:
        """Google's time or ours, whichever is behind."""
        return self._tap.ads.certain_now()

    def accounts(self) -> Sequence[AdAccount]:
        """The customers to read."""
        return self._tap.customers

    def fetch(
        self, account: AdAccount, first: date, last: date
    ) -> Iterable[tuple[str, Record]]:
        """Every row of these days."""
        assert isinstance(account, Customer)  # noqa: S101 - from accounts()
        asked = daily(self.resource, self.fields, first, last)
        for row in self._tap.day_rows(account, asked):
            yield self.name, self.record(row, account)

    @abstractmethod
    def record(self, row: Row, customer: Customer) -> Record:
        """What a row becomes."""

    def control_totals(
        self, account: AdAccount, first: date, last: date
    ) -> Mapping[date, Decimal]:
        """Cost of the whole customer per day."""
        assert isinstance(account, Customer)  # noqa: S101 - from accounts()
        return self._tap.cost_by_day(account, first, last)
