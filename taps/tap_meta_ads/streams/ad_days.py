"""Delivery per ad and day."""

from __future__ import annotations

from taps.api_source.schemas import text
from taps.tap_meta_ads.streams.days import DaysStream, days_schema

__all__ = ["AdDaysStream"]


class AdDaysStream(DaysStream):
    """Ads. Their spend may be less than the account's; it is never more."""

    name = "ad_days"
    level = "ad"
    control = "at_most"
    window_days = 14
    primary_keys = ("account_id", "date", "ad_id")
    names = (
        "campaign_id",
        "campaign_name",
        "adset_id",
        "adset_name",
        "ad_id",
        "ad_name",
    )
    record_schema = days_schema(
        primary_keys,
        text("campaign_id", "Campaign."),
        text("adset_id", "Ad set."),
        text("ad_id", "Ad."),
        text("campaign_name", "Name of the campaign when it was read."),
        text("adset_name", "Name of the ad set when it was read."),
        text("ad_name", "Name of the ad when it was read."),
    )
