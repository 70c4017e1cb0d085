"""What Meta calls the state of a campaign, ad set or ad."""

from collections.abc import Mapping
from typing import Final

from sandbox.simulation.records import AdEntity

__all__ = ["HIDDEN", "Entities", "configured_status", "effective_status"]

HIDDEN: Final = ("ARCHIVED", "DELETED")
"""Edges leave these out unless a filter names them."""

Entities = Mapping[tuple[str, str], AdEntity]


def configured_status(entity: AdEntity) -> str:
    """What its owner set. Of what is gone, every other campaign is only archived."""
    if entity.status != "REMOVED":
        return entity.status
    return "ARCHIVED" if int(entity.campaign_id) % 2 == 0 else "DELETED"


def effective_status(entity: AdEntity, entities: Entities) -> str:
    """What that amounts to, given what it belongs to."""
    own = configured_status(entity)
    campaign = entities.get(("campaign", entity.campaign_id), entity)
    above = configured_status(campaign)
    if own in HIDDEN or above in HIDDEN:
        return own if own in HIDDEN else above
    if own == "PAUSED":
        return own
    if above == "PAUSED":
        return "CAMPAIGN_PAUSED"
    adset = entities.get(("adset", str(entity.adset_id)))
    if adset is not None and configured_status(adset) == "PAUSED":
        return "ADSET_PAUSED"
    return own
