"""Cost, delivery and conversions per ad and day."""

from __future__ import annotations

from taps.api_source.schemas import schema, text
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

__all__ = ["AdDaysStream"]


class AdDaysStream(DaysStream):
    """Ads. Performance Max has none, so this is never all of the spend."""

    name = "ad_days"
    resource = "ad_group_ad"
    control = "at_most"
    rereads_shortfalls = False
    primary_keys = ("customer_id", "date", "ad_group_id", "ad_id")
    fields = (
        "campaign.id",
        "campaign.name",
        "ad_group.id",
        "ad_group_ad.ad.id",
        "ad_group_ad.ad.name",
        "metrics.cost_micros",
        "metrics.impressions",
        "metrics.clicks",
        "metrics.conversions",
        "metrics.conversions_value",
        "metrics.all_conversions",
    )
    record_schema = schema(
        (
            *SLICE,
            text("ad_group_id", "Ad group: an ad may be in more than one."),
            text("ad_id", "Ad."),
            text("campaign_id", "Campaign."),
            text("campaign_name", "Name of the campaign when it was read."),
            text("ad_name", "Name of the ad, for types that have one."),
            *MONEY,
            *COST,
            *DELIVERY,
            *CONVERSIONS,
            READ_AT,
        ),
        primary_keys,
    )

    def record(self, row: Row, customer: Customer) -> Record:
        """What a row becomes."""
        return {
            **day_of(row, customer),
            "ad_group_id": text_of(row["ad_group.id"]),
            "ad_id": text_of(row["ad_group_ad.ad.id"]),
            "campaign_id": text_of(row["campaign.id"]),
            "campaign_name": row["campaign.name"],
            "ad_name": row["ad_group_ad.ad.name"],
            "currency_code": customer.currency_code,
            "time_zone": customer.time_zone,
            "cost": money(row["metrics.cost_micros"]),
            "cost_micros": whole(row["metrics.cost_micros"]),
            "impressions": whole(row["metrics.impressions"]),
            "clicks": whole(row["metrics.clicks"]),
            "conversions": decimal(row["metrics.conversions"]),
            "conversions_value": decimal(row["metrics.conversions_value"]),
            "all_conversions": decimal(row["metrics.all_conversions"]),
        }
