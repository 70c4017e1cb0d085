"""Delivery per campaign, day and platform."""

from __future__ import annotations

from taps.api_source.schemas import text
from taps.tap_meta_ads.streams.days import DaysStream, days_schema

__all__ = ["CampaignPlatformDaysStream"]


class CampaignPlatformDaysStream(DaysStream):
    """Campaigns, split by where the ads were shown."""

    name = "campaign_platform_days"
    level = "campaign"
    breakdowns = ("publisher_platform",)
    primary_keys = ("account_id", "date", "campaign_id", "publisher_platform")
    names = ("campaign_id", "campaign_name", "publisher_platform")
    record_schema = days_schema(
        primary_keys,
        text("campaign_id", "Campaign."),
        text("publisher_platform", "facebook, instagram, audience_network, messenger."),
        text("campaign_name", "Name of the campaign when it was read."),
    )
