"""Ad sets."""

from __future__ import annotations

from taps.api_source.schemas import text
from taps.tap_meta_ads.streams.entities import EntitiesStream, entity_schema

__all__ = ["AdsetsStream"]


class AdsetsStream(EntitiesStream):
    """Ad sets, archived and deleted ones too."""

    name = "adsets"
    extra_fields = ("campaign_id",)
    record_schema = entity_schema(
        "ad set", text("campaign_id", "Campaign it belongs to.")
    )
