"""Ads."""

from __future__ import annotations

from taps.api_source.schemas import text
from taps.tap_meta_ads.streams.entities import EntitiesStream, entity_schema

__all__ = ["AdsStream"]


class AdsStream(EntitiesStream):
    """Ads, archived and deleted ones too."""

    name = "ads"
    extra_fields = ("campaign_id", "adset_id")
    record_schema = entity_schema(
        "ad",
        text("campaign_id", "Campaign it belongs to."),
        text("adset_id", "Ad set it belongs to."),
    )
