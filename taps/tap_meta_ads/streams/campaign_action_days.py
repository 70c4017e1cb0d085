"""Conversions and other actions per campaign, day, type and attribution window."""

from __future__ import annotations

from taps.api_source.account_days import WrittenAlong
from taps.api_source.schemas import number, schema, text
from taps.tap_meta_ads.streams.days import CURRENCY, READ_AT, SLICE

__all__ = ["CampaignActionDaysStream"]


class CampaignActionDaysStream(WrittenAlong):
    """Actions, as many rows as Meta names windows.

    Types overlap (purchase, omni_purchase, offsite_conversion.fb_pixel_purchase count
    the same purchases) and so do windows: choose one of each, never add them up.
    """

    name = "campaign_action_days"
    written_by = "campaign_days"
    primary_keys = (
        "account_id",
        "date",
        "campaign_id",
        "action_type",
        "attribution_window",
    )
    record_schema = schema(
        (
            *SLICE,
            text("campaign_id", "Campaign."),
            text(
                "action_type",
                "Kind of action: purchase, omni_purchase, link_click ... Kinds overlap "
                "and must not be added.",
            ),
            text(
                "attribution_window",
                "1d_click, 7d_click, 28d_click, 1d_view, or value: by each ad set's "
                "own setting. Windows overlap; one that is missing had no action.",
            ),
            text("campaign_name", "Name of the campaign when it was read."),
            CURRENCY,
            number("action_count", "How many actions; null where only a value came."),
            number(
                "action_value", "What they are worth; null for kinds without worth."
            ),
            READ_AT,
        ),
        primary_keys,
    )
