"""Cost, delivery and conversions per campaign and day."""

from __future__ import annotations

from taps.api_source.schemas import integer, schema, text
from taps.api_source.whole_reads import Record
from taps.tap_google_ads.client import Row
from taps.tap_google_ads.customers import Customer
from taps.tap_google_ads.figures import day_of, decimal, money, text_of, whole
from taps.tap_google_ads.streams.days import (
    CONVERSIONS,
    COST,
    DELIVERY,
    MONEY,
    READ_AT,
    SLICE,
    DaysStream,
)

__all__ = ["CampaignDaysStream"]


class CampaignDaysStream(DaysStream):
    """Campaigns of every type and status: the table that holds all spend."""

    name = "campaign_days"
    resource = "campaign"
    primary_keys = ("customer_id", "date", "campaign_id")
    fields = (
        "campaign.id",
        "campaign.name",
        "campaign.status",
        "campaign.advertising_channel_type",
        "metrics.cost_micros",
        "metrics.impressions",
        "metrics.clicks",
        "metrics.conversions",
        "metrics.conversions_value",
        "metrics.all_conversions",
        "metrics.view_through_conversions",
    )
    record_schema = schema(
        (
            *SLICE,
            text("campaign_id", "Campaign."),
            text("campaign_name", "Name of the campaign when it was read."),
            text("campaign_status", "Status when it was read: ENABLED, REMOVED ..."),
            text("channel_type", "SEARCH, SHOPPING, PERFORMANCE_MAX, VIDEO ..."),
            *MONEY,
            *COST,
            *DELIVERY,
            *CONVERSIONS,
            integer("view_through_conversions", "Conversions after a view, no click."),
            READ_AT,
        ),
        primary_keys,
    )

    def record(self, row: Row, customer: Customer) -> Record:
        """What a row becomes."""
        return {
            **day_of(row, customer),
            "campaign_id": text_of(row["campaign.id"]),
            "campaign_name": row["campaign.name"],
            "campaign_status": row["campaign.status"],
            "channel_type": row["campaign.advertising_channel_type"],
            "currency_code": customer.currency_code,
            "time_zone": customer.time_zone,
            "cost": money(row["metrics.cost_micros"]),
            "cost_micros": whole(row["metrics.cost_micros"]),
            "impressions": whole(row["metrics.impressions"]),
            "clicks": whole(row["metrics.clicks"]),
            "conversions": decimal(row["metrics.conversions"]),
            "conversions_value": decimal(row["metrics.conversions_value"]),
            "all_conversions": decimal(row["metrics.all_conversions"]),
            "view_through_conversions": whole(row["metrics.view_through_conversions"]),
        }
