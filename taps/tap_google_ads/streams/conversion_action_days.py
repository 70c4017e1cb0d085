"""Conversions per campaign, conversion action and day."""

from __future__ import annotations

from taps.api_source.schemas import schema, text
from taps.api_source.whole_reads import Record
from taps.tap_google_ads.client import Row
from taps.tap_google_ads.customers import Customer
from taps.tap_google_ads.figures import day_of, decimal, text_of
from taps.tap_google_ads.streams.days import (
    CONVERSIONS,
    MONEY,
    READ_AT,
    SLICE,
    DaysStream,
)

__all__ = ["ConversionActionDaysStream"]


class ConversionActionDaysStream(DaysStream):
    """Conversions by action; cost and clicks cannot be split that way."""

    name = "conversion_action_days"
    resource = "campaign"
    control = None
    total_name = "conversions"
    primary_keys = ("customer_id", "date", "campaign_id", "conversion_action_id")
    fields = (
        "campaign.id",
        "campaign.name",
        "segments.conversion_action",
        "segments.conversion_action_name",
        "segments.conversion_action_category",
        "metrics.conversions",
        "metrics.conversions_value",
        "metrics.all_conversions",
    )
    record_schema = schema(
        (
            *SLICE,
            text("campaign_id", "Campaign."),
            text("conversion_action_id", "Conversion action."),
            text("campaign_name", "Name of the campaign when it was read."),
            text("conversion_action_name", "Name of the action when it was read."),
            text("category", "PURCHASE, SIGNUP, PAGE_VIEW ..."),
            *MONEY,
            *CONVERSIONS,
            READ_AT,
        ),
        primary_keys,
    )

    def record(self, row: Row, customer: Customer) -> Record:
        """What a row becomes."""
        name = str(row["segments.conversion_action"])
        return {
            **day_of(row, customer),
            "campaign_id": text_of(row["campaign.id"]),
            "conversion_action_id": name.rpartition("/")[2],
            "campaign_name": row["campaign.name"],
            "conversion_action_name": row["segments.conversion_action_name"],
            "category": row["segments.conversion_action_category"],
            "currency_code": customer.currency_code,
            "time_zone": customer.time_zone,
            "conversions": decimal(row["metrics.conversions"]),
            "conversions_value": decimal(row["metrics.conversions_value"]),
            "all_conversions": decimal(row["metrics.all_conversions"]),
        }
