"""Campaigns, ad sets, ads and creatives as documents."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sandbox.meta_ads.account import AdAccount
from sandbox.meta_ads.errors import GraphError
from sandbox.meta_ads.filters import Filter
from sandbox.meta_ads.statuses import HIDDEN, configured_status, effective_status
from sandbox.simulation.records import AdEntity, AdLevel

__all__ = ["EDGES", "edge_documents", "entity_document", "selected"]

EDGES: Final[dict[str, AdLevel]] = {
    "campaigns": "campaign",
    "adsets": "adset",
    "ads": "ad",
    "adcreatives": "ad",
}
_NODE_TYPES: Final = {"campaign": "Campaign", "adset": "AdSet", "ad": "Ad"}
_DELIVERY: Final = {
    "ACTIVE": "active",
    "PAUSED": "inactive",
    "CAMPAIGN_PAUSED": "inactive",
    "ADSET_PAUSED": "inactive",
    "ARCHIVED": "archived",
    "DELETED": "deleted",
}
# Fields that exist and that these objects leave empty, which the API leaves out.
_EMPTY_NAMES: Final = """
    ad_active_time ad_review_feedback adlabels adset_schedule attribution_spec
    bid_adjustments bid_amount bid_constraints bid_info bid_strategy bid_type
    billing_event body boosted_object_id brand_lift_studies budget_rebalance_flag
    budget_remaining call_to_action_type campaign_attribution
    can_create_brand_lift_study
    can_use_spend_cap conversion_domain conversion_specs creative_sequence daily_budget
    daily_min_spend_target daily_spend_cap destination_type effective_object_story_id
    end_time frequency_cap frequency_cap_reset_period frequency_control_specs
    image_hash image_url instagram_actor_id instagram_permalink_url is_autobid
    is_average_price_pacing is_dynamic_creative is_skadnetwork_attribution
    issues_info last_updated_by_app_id learning_stage_info lifetime_budget
    lifetime_frequency_cap lifetime_imps lifetime_min_spend_target lifetime_spend_cap
    link_og_id link_url multi_optimization_goal_weight object_id object_story_id
    object_story_spec object_type object_url optimization_goal optimization_sub_event
    pacing_type preview_shareable_link product_set_id promoted_object recommendations
    recurring_budget_semantics review_feedback rf_prediction_id smart_promotion_type
    source_ad source_ad_id source_adset source_adset_id source_campaign
    source_campaign_id special_ad_categories special_ad_category spend_cap stop_time
    targeting template_url thumbnail_url title topline_id tracking_specs url_tags
    use_new_app_click video_id
"""
_EMPTY: Final = frozenset(_EMPTY_NAMES.split())


def edge_documents(
    account: AdAccount, edge: str, filters: Iterable[Filter], parent: str | None
) -> list[dict[str, Any]]:
    """What an edge lists: without archived and deleted ones unless a filter asks.

    `parent` is the campaign or ad set whose edge it is; None for the account's own.
    """
    filters = list(filters)
    asks_status = any(
        one.attribute in ("effective_status", "delivery_info") for one in filters
    )
    found = []
    for entity in account.entities.values():
        if entity.level != EDGES[edge]:
            continue
        if parent not in (None, entity.campaign_id, entity.adset_id):
            continue
        document = entity_document(account, entity)
        if document["effective_status"] in HIDDEN and not asks_status:
            continue
        known = _filterable(account, entity, document)
        if all(one.holds(known) for one in filters):
            found.append(_creative(document) if edge == "adcreatives" else document)
    return found


def entity_document(account: AdAccount, entity: AdEntity) -> dict[str, Any]:
    """All fields of a campaign, ad set or ad."""
    status = configured_status(entity)
    found: dict[str, Any] = {
        "id": entity.id,
        "account_id": entity.account_id,
        "name": entity.name,
        "status": status,
        "configured_status": status,
        "effective_status": effective_status(entity, account.entities),
        "created_time": _moment(account, entity.created_at),
        "updated_time": _moment(account, entity.updated_at),
        "start_time": _moment(account, entity.created_at),
    }
    if entity.level == "campaign":
        return found | {"objective": entity.kind, "buying_type": "AUCTION"}
    found["campaign_id"] = entity.campaign_id
    if entity.level == "ad":
        found["adset_id"] = entity.adset_id
        found["creative"] = {"id": f"9{entity.id}"}
    return found


def selected(
    document: dict[str, Any], names: list[str], level: AdLevel | None
) -> dict[str, Any]:
    """The fields asked for, and the id. An unknown one is an error, an empty one not.

    Raises
    ------
    GraphError
        100, naming the field.
    """
    known = set(document) | _EMPTY | {"insights", "campaign", "adset", "ads", "adsets"}
    for name in names:
        if name not in known:
            node = _NODE_TYPES.get(str(level), "AdAccount")
            raise GraphError(
                100,
                f"(#100) Tried accessing nonexisting field ({name}) on node type "
                f"({node})",
            )
    return {
        name: document[name]
        for name in dict.fromkeys([*names, "id"])
        if name in document
    }


def _filterable(
    account: AdAccount, entity: AdEntity, document: dict[str, Any]
) -> dict[str, Any]:
    status = document["effective_status"]
    found = document | {
        "updated_time": entity.updated_at.timestamp(),
        "created_time": entity.created_at.timestamp(),
        "delivery_info": _DELIVERY[status],
        "campaign.id": entity.campaign_id,
    }
    for level, identifier in (
        ("campaign", entity.campaign_id),
        ("adset", str(entity.adset_id)),
    ):
        above = account.entities.get((level, identifier))
        if above is not None and above is not entity:
            found[f"{level}.effective_status"] = effective_status(
                above, account.entities
            )
            found[f"{level}.id"] = above.id
    return found


def _creative(ad: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": ad["creative"]["id"],
        "account_id": ad["account_id"],
        "name": f"{ad['name']} creative",
        "status": "ACTIVE",
    }


def _moment(account: AdAccount, moment: datetime) -> str:
    """As Meta writes instants: in the account's zone, the offset without a colon."""
    return moment.astimezone(account.company.zone).strftime("%Y-%m-%dT%H:%M:%S%z")
