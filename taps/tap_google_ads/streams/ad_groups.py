"""Ad groups."""

from __future__ import annotations

from taps.api_source.schemas import text
from taps.tap_google_ads.streams.entities import EntitiesStream, entity_schema

__all__ = ["AdGroupsStream"]


class AdGroupsStream(EntitiesStream):
    """Ad groups, removed ones too."""

    name = "ad_groups"
    resource = "ad_group"
    texts = {  # noqa: RUF012
        "id": "ad_group.id",
        "campaign_id": "campaign.id",
        "name": "ad_group.name",
        "status": "ad_group.status",
    }
    record_schema = entity_schema(
        "ad group", text("campaign_id", "Campaign it belongs to.")
    )
