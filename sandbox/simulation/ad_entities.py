"""Campaigns, ad sets and ads as the platforms list them, removed ones too."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import msgspec

from sandbox.simulation.channels import Ad, Channel
from sandbox.simulation.companies import Company
from sandbox.simulation.records import AdEntity, AdLevel
from sandbox.simulation.spend import Spend
from sandbox.simulation.timeline import Timeline
from sandbox.store import Version

__all__ = ["account_of", "entity_versions", "status_of"]

Status = Literal["ACTIVE", "PAUSED", "REMOVED"]

_encode = msgspec.json.Encoder().encode


def account_of(company: Company, source: str) -> str:
    """The company's ad account at a source."""
    is_meta = source == "meta_ads"
    return company.meta_account_id if is_meta else company.google_customer_id


def entity_versions(timeline: Timeline, spends: tuple[Spend, ...]) -> Iterator[Version]:
    """Campaigns, ad sets and ads of these channels, one version each."""
    found: dict[tuple[AdLevel, str], AdEntity] = {}
    for spend in spends:
        for ad in spend.channel.ads:
            for entity in _entities(timeline, spend.channel, ad):
                found.setdefault((entity.level, entity.id), entity)
    for entity in found.values():
        yield Version(
            id=f"{entity.level}/{entity.id}",
            visible_from=entity.created_at,
            created_at=entity.created_at,
            updated_at=entity.updated_at,
            body=_encode(entity),
        )


def status_of(ad: Ad) -> Status:
    """Of the ad and its campaign, as of today."""
    if ad.is_phantom:
        return "PAUSED"
    return "ACTIVE" if ad.until_share is None else "REMOVED"


def _entities(timeline: Timeline, channel: Channel, ad: Ad) -> Iterator[AdEntity]:
    created_at = timeline.midnight(0) - timedelta(days=1)
    status = status_of(ad)
    ended = int(timeline.history * (ad.until_share or 0))
    campaign = AdEntity(
        level="campaign",
        account_id=account_of(timeline.company, channel.source),
        id=ad.campaign_id,
        name=ad.campaign_name,
        status=status,
        campaign_id=ad.campaign_id,
        adset_id=None,
        channel=channel.slug,
        kind=ad.kind,
        created_at=created_at,
        updated_at=timeline.midnight(ended) if ended else created_at,
    )
    yield campaign
    if ad.adset_id and ad.adset_name:
        yield replace(
            campaign,
            level="adset",
            id=ad.adset_id,
            name=ad.adset_name,
            adset_id=ad.adset_id,
        )
    if ad.ad_id and ad.ad_name:
        yield replace(
            campaign, level="ad", id=ad.ad_id, name=ad.ad_name, adset_id=ad.adset_id
        )
