"""Campaigns."""

from __future__ import annotations

from taps.api_source.schemas import text
from taps.tap_google_ads.streams.entities import EntitiesStream, entity_schema

__all__ = ["CampaignsStream"]


class CampaignsStream(EntitiesStream):
    """Campaigns, removed ones too: what they spent stays spent."""

    name = "campaigns"
    resource = "campaign"
    texts = {  # noqa: RUF012
        "id": "campaign.id",
        "name": "campaign.name",
        "status": "campaign.status",
        "channel_type": "campaign.advertising_channel_type",
    }
    record_schema = entity_schema(
        "campaign",
        text("channel_type", "SEARCH, SHOPPING, PERFORMANCE_MAX, VIDEO ..."),
    )
