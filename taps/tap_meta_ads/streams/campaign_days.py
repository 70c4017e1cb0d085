"""Delivery per campaign and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from taps.api_source.ad_accounts import AdAccount
from taps.api_source.schemas import text
from taps.api_source.whole_reads import Record
from taps.tap_meta_ads.reports import Report
from taps.tap_meta_ads.rows import DELIVERY, action_records
from taps.tap_meta_ads.streams.campaign_action_days import CampaignActionDaysStream
from taps.tap_meta_ads.streams.days import DaysStream, days_schema

__all__ = ["CampaignDaysStream"]


class CampaignDaysStream(DaysStream):
    """Campaigns; their conversions come in the same answer, and go to a table."""

    name = "campaign_days"
    level = "campaign"
    primary_keys = ("account_id", "date", "campaign_id")
    names = ("campaign_id", "campaign_name")
    metrics = (*DELIVERY, "actions", "action_values")
    also_writes = (CampaignActionDaysStream.name,)
    record_schema = days_schema(
        primary_keys,
        text("campaign_id", "Campaign."),
        text("campaign_name", "Name of the campaign when it was read."),
    )

    def report(self, account: AdAccount, first: date, last: date) -> Report:
        """The question, with windows in so many words: defaults change."""
        return replace(
            super().report(account, first, last),
            windows=tuple(self.config["attribution_windows"]),
            action_report_time=self.config["action_report_time"],
        )

    def records(
        self, row: dict[str, Any], account: AdAccount
    ) -> Iterable[tuple[str, Record]]:
        """Delivery, and every action by window."""
        for name, day in super().records(row, account):
            yield name, day
            windows = self.config["attribution_windows"]
            for action in action_records(row, day, windows):
                yield CampaignActionDaysStream.name, action
