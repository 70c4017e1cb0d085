"""The tap: its settings, its streams, and what they share."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from singer_sdk import Stream

from taps.api_source.ad_accounts import AdAccount
from taps.api_source.errors import SourceError
from taps.api_source.history import first_day_kept
from taps.api_source.part_failures import PartsTap
from taps.api_source.slices import SlicesStream
from taps.api_source.whole_reads import Record
from taps.tap_meta_ads.accounts import MONTHS_KEPT, ad_accounts
from taps.tap_meta_ads.client import MetaAds
from taps.tap_meta_ads.entities import entities
from taps.tap_meta_ads.report_runs import ReportReader
from taps.tap_meta_ads.reports import Report
from taps.tap_meta_ads.rows import DELIVERY, delivery
from taps.tap_meta_ads.runs_in_flight import Pace
from taps.tap_meta_ads.settings import CURRENT_VERSIONS, SETTINGS
from taps.tap_meta_ads.streams.account_days import AccountDaysTotalsStream
from taps.tap_meta_ads.streams.accounts import AccountsStream
from taps.tap_meta_ads.streams.ad_days import AdDaysStream
from taps.tap_meta_ads.streams.ads import AdsStream
from taps.tap_meta_ads.streams.adsets import AdsetsStream
from taps.tap_meta_ads.streams.campaign_action_days import CampaignActionDaysStream
from taps.tap_meta_ads.streams.campaign_days import CampaignDaysStream
from taps.tap_meta_ads.streams.campaign_platform_days import CampaignPlatformDaysStream
from taps.tap_meta_ads.streams.campaigns import CampaignsStream
from taps.tap_meta_ads.streams.days import SLICE

__all__ = ["TapMetaAds"]


class TapMetaAds(PartsTap):
    """Reads spend, delivery and conversions from Meta's Marketing API, day by day."""

    name = "tap-meta-ads"
    part_kind = "ad account"
    config_jsonschema = SETTINGS

    @cached_property
    def meta(self) -> MetaAds:
        """The API."""
        return MetaAds(self.config, self.wait)

    @cached_property
    def reports(self) -> ReportReader:
        """Reads reports that Meta makes in the background."""
        pace = Pace(
            parallel=int(self.config["parallel_reports"]),
            poll_seconds=float(self.config["poll_seconds"]),
            timeout_seconds=float(self.config["report_timeout_seconds"]),
        )
        return ReportReader(self.meta, self._campaign_ids, pace)

    @cached_property
    def ad_accounts(self) -> list[AdAccount]:
        """The accounts to read, asked for once per run."""
        return ad_accounts(self.meta, self.config, self.failures)

    def wait(self, seconds: float) -> None:
        """How waiting is done, here and in the client."""
        time.sleep(seconds)

    def account_rows(
        self, account: AdAccount, first: date, last: date
    ) -> Iterator[Record]:
        """Delivery of the whole account per day, by a call of its own.

        Raises
        ------
        SourceError
        """
        report = Report(account.id, "account", DELIVERY, first, last)
        for row in self.reports.read_now(report):
            yield delivery(row, account, ())

    def discover_streams(self) -> Sequence[Stream]:
        """Accounts, what is in them, five tables of days, and their slices.

        In the order in which they are read: what the account and its campaigns cost
        comes first, and what is largest, the ads, last.
        """
        return [
            AccountsStream(self),
            AccountDaysTotalsStream(self),
            CampaignDaysStream(self),
            CampaignActionDaysStream(self),
            CampaignsStream(self),
            CampaignPlatformDaysStream(self),
            AdsetsStream(self),
            AdsStream(self),
            AdDaysStream(self),
            SlicesStream(self, SLICE),
        ]

    def check(self) -> dict[str, Any]:
        """What the connection can see."""
        scopes = self._scopes()
        accounts = self.ad_accounts
        self.failures.tell()
        return {
            "account": ", ".join(f"{each.name} ({each.id})" for each in accounts),
            "currency_code": accounts[0].currency_code,
            "time_zone": accounts[0].time_zone,
            "currency_codes": sorted({each.currency_code for each in accounts}),
            "time_zones": sorted({each.time_zone for each in accounts}),
            "scopes": scopes,
            "history_from": min(each.first_day for each in accounts).isoformat(),
            "api_version": self.meta.served_version or self.config["api_version"],
            "warnings": list(self._warnings(scopes, accounts)),
        }

    def _scopes(self) -> list[str]:
        pages = self.meta.pages("me/permissions", call="permissions of the token")
        return sorted(
            each["permission"]
            for page in pages
            for each in page["data"]
            if each.get("status") == "granted"
        )

    def _warnings(
        self, scopes: Sequence[str], accounts: Sequence[AdAccount]
    ) -> Iterator[str]:
        if not {"ads_read", "ads_management"} & set(scopes):
            yield "The token lacks ads_read: figures may be refused."
        for what in ("currency_code", "time_zone"):
            if len({getattr(each, what) for each in accounts}) > 1:
                words = what.removesuffix("_code").replace("_", " ")
                yield f"The accounts differ in {words}."
        for account in accounts:
            if account.status not in {"ACTIVE", None}:
                yield f"Account {account.id} is {account.status}."
            kept = first_day_kept(account.today, MONTHS_KEPT)
            if self.start_date and self.start_date < kept:
                yield f"Meta keeps 37 months: there is nothing before {kept}."
        if self.config["api_version"] not in CURRENT_VERSIONS:
            yield (
                f"Version {self.config['api_version']} is not known to be served; "
                f"{' and '.join(CURRENT_VERSIONS)} are."
            )

    def _campaign_ids(self, account_id: str) -> list[str]:
        found = entities(self.meta, account_id, "campaigns", ("id",))
        if not found:
            raise SourceError(
                "the report is too large, and there is no campaign to split it by",
                call=f"insights of {account_id}",
            )
        return [str(each["id"]) for each in found]
