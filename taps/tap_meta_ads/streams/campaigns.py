"""Campaigns."""

from __future__ import annotations

from taps.api_source.schemas import text
from taps.tap_meta_ads.streams.entities import EntitiesStream, entity_schema

__all__ = ["CampaignsStream"]


class CampaignsStream(EntitiesStream):
    """Campaigns, archived and deleted ones too."""

    name = "campaigns"
    extra_fields = ("objective",)
    record_schema = entity_schema(
        "campaign", text("objective", "What the campaign is for: OUTCOME_SALES ...")
    )
