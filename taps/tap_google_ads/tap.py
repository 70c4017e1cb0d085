"""The tap: its settings, its streams, and what they share."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from singer_sdk import Stream

from taps.api_source.errors import TooMuchData
from taps.api_source.part_failures import PartsTap
from taps.api_source.slices import SlicesStream
from taps.tap_google_ads.client import SCOPE, GoogleAds, Row
from taps.tap_google_ads.customers import Customer, customers
from taps.tap_google_ads.figures import money
from taps.tap_google_ads.queries import DAY, Query, daily
from taps.tap_google_ads.settings import CURRENT_VERSIONS, SETTINGS
from taps.tap_google_ads.streams.account_days import AccountDaysTotalsStream
from taps.tap_google_ads.streams.ad_days import AdDaysStream
from taps.tap_google_ads.streams.ad_groups import AdGroupsStream
from taps.tap_google_ads.streams.campaign_days import CampaignDaysStream
from taps.tap_google_ads.streams.campaigns import CampaignsStream
from taps.tap_google_ads.streams.conversion_action_days import (
    ConversionActionDaysStream,
)
from taps.tap_google_ads.streams.conversion_actions import ConversionActionsStream
from taps.tap_google_ads.streams.customers import CustomersStream
from taps.tap_google_ads.streams.days import SLICE

__all__ = ["TapGoogleAds"]

_COST = "metrics.cost_micros"


class TapGoogleAds(PartsTap):
    """Reads cost, delivery and conversions from Google Ads, day by day."""

    name = "tap-google-ads"
    part_kind = "customer"
    config_jsonschema = SETTINGS

    @cached_property
    def ads(self) -> GoogleAds:
        """The API."""
        return GoogleAds(self.config, self.wait)

    @cached_property
    def customers(self) -> list[Customer]:
        """The customers to read, asked for once per run."""
        found = customers(self.ads, self.config, self.failures, self.not_enabled)
        if self.not_enabled:
            self.logger.warning("%s", self._cancelled)
        if skipped := self.config.get("skip_customer_ids"):
            self.logger.warning("Not read, as set: %s", ", ".join(skipped))
        return found

    @cached_property
    def not_enabled(self) -> list[str]:
        """Customers below the managers that are cancelled; filled by ``customers``."""
        return []

    @property
    def _cancelled(self) -> str:
        return (
            f"Not read, because they are cancelled or not enabled: "
            f"{', '.join(self.not_enabled)}. Activate them in Google Ads to read them."
        )

    def wait(self, seconds: float) -> None:
        """How waiting is done."""
        time.sleep(seconds)

    def day_rows(self, customer: Customer, query: Query) -> list[Row]:
        """Rows by day; in halves if Google finds a query too expensive.

        Raises
        ------
        SourceError
        """
        try:
            return self.ads.rows(customer.id, query, login=customer.login_customer_id)
        except TooMuchData:
            halves = query.halves()
            if not halves:
                raise
        self.logger.info("%s is too much at a time; asking for halves", query.call)
        return [row for half in halves for row in self.day_rows(customer, half)]

    def cost_by_day(
        self, customer: Customer, first: date, last: date
    ) -> Mapping[date, Decimal]:
        """Cost of the whole customer, by a query of its own."""
        rows = self.day_rows(customer, daily("customer", (_COST,), first, last))
        return {date.fromisoformat(row[DAY]): money(row[_COST]) for row in rows}

    def discover_streams(self) -> Sequence[Stream]:
        """Customers, what is in them, four tables of days, and their slices.

        In the order in which they are read: what the customer and its
        campaigns cost comes first.
        """
        return [
            CustomersStream(self),
            AccountDaysTotalsStream(self),
            CampaignDaysStream(self),
            CampaignsStream(self),
            ConversionActionsStream(self),
            ConversionActionDaysStream(self),
            AdGroupsStream(self),
            AdDaysStream(self),
            SlicesStream(self, SLICE),
        ]

    def check(self) -> dict[str, Any]:
        """What the connection can see."""
        found = self.customers
        self.failures.tell()
        return {
            "account": ", ".join(f"{each.name} ({each.id})" for each in found),
            "currency_code": found[0].currency_code,
            "time_zone": found[0].time_zone,
            "currency_codes": sorted({each.currency_code for each in found}),
            "time_zones": sorted({each.time_zone for each in found}),
            "scopes": [SCOPE],
            "history_from": min(each.first_day for each in found).isoformat(),
            "api_version": self.config["api_version"],
            "warnings": list(self._warnings(found)),
        }

    def _warnings(self, found: Sequence[Customer]) -> Iterator[str]:
        for what, words in (("currency_code", "currency"), ("time_zone", "time zone")):
            if len({getattr(each, what) for each in found}) > 1:
                yield f"The customers differ in {words}."
        for customer in found:
            if customer.is_test:
                yield f"Customer {customer.id} is a test account: it spends nothing."
            if customer.status != "ENABLED":
                yield f"Customer {customer.id} is {customer.status}."
            if self.start_date and self.start_date < customer.first_day:
                yield (
                    "Google keeps 37 months: there is nothing before "
                    f"{customer.first_day}."
                )
        if self.not_enabled:
            yield self._cancelled
        if skipped := self.config.get("skip_customer_ids"):
            yield f"Not read, as set: {', '.join(skipped)}."
        if self.config["api_version"] not in CURRENT_VERSIONS:
            yield (
                f"Version {self.config['api_version']} is not known to be served; "
                f"{', '.join(CURRENT_VERSIONS)} are."
            )
