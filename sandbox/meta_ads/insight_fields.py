"""The fields of insights: what the sandbox fills in, and what exists beside it."""

from collections.abc import Sequence
from typing import Final

from sandbox.meta_ads.errors import invalid_parameter

__all__ = ["SERVED", "checked_fields"]

_SERVED_NAMES: Final = """
    account_id account_name account_currency campaign_id campaign_name adset_id
    adset_name ad_id ad_name objective buying_type date_start date_stop spend
    impressions clicks inline_link_clicks reach frequency cpc cpm cpp ctr actions
    action_values attribution_setting
"""
SERVED: Final = frozenset(_SERVED_NAMES.split())
# Real fields that are left out of every row, as the API does with what has no value.
_EMPTY_NAMES: Final = """
    auction_bid auction_competitiveness auction_max_competitor_bid call_to_action_clicks
    canvas_avg_view_percent canvas_avg_view_time catalog_segment_actions
    catalog_segment_value conversion_rate_ranking conversion_values conversions
    converted_product_quantity converted_product_value cost_per_15_sec_video_view
    cost_per_2_sec_continuous_video_view cost_per_action_type cost_per_ad_click
    cost_per_conversion cost_per_dda_countby_convs cost_per_estimated_ad_recallers
    cost_per_inline_link_click cost_per_inline_post_engagement
    cost_per_one_thousand_ad_impression cost_per_outbound_click cost_per_thruplay
    cost_per_total_action cost_per_unique_action_type cost_per_unique_click
    cost_per_unique_conversion cost_per_unique_inline_link_click
    cost_per_unique_outbound_click created_time dda_countby_convs dda_results
    engagement_rate_ranking estimated_ad_recall_rate estimated_ad_recallers
    full_view_impressions full_view_reach gender_targeting inline_link_click_ctr
    inline_post_engagement instant_experience_clicks_to_open
    instant_experience_clicks_to_start instant_experience_outbound_clicks labels
    location mobile_app_purchase_roas optimization_goal outbound_clicks
    outbound_clicks_ctr place_page_name purchase_roas
    qualifying_question_qualify_answer_rate
    quality_ranking relevance_score social_clicks social_impressions social_reach
    social_spend total_action_value total_actions total_unique_actions unique_actions
    unique_clicks unique_conversions unique_ctr unique_impressions
    unique_inline_link_click_ctr unique_inline_link_clicks unique_link_clicks_ctr
    unique_outbound_clicks unique_outbound_clicks_ctr unique_social_clicks
    unique_video_view_15_sec updated_time video_15_sec_watched_actions
    video_30_sec_watched_actions video_avg_time_watched_actions
    video_continuous_2_sec_watched_actions video_p100_watched_actions
    video_p25_watched_actions video_p50_watched_actions video_p75_watched_actions
    video_p95_watched_actions video_play_actions video_play_curve_actions
    video_thruplay_watched_actions video_time_watched_actions website_ctr
    website_purchase_roas wish_bid
"""
_WITHOUT_VALUE: Final = frozenset(_EMPTY_NAMES.split())
_DEFAULT: Final = ("account_id", "spend", "impressions")


def checked_fields(asked: Sequence[str]) -> tuple[str, ...]:
    """The fields that get a value; a few when none were named.

    Raises
    ------
    GraphError
        100, naming a field that insights do not have.
    """
    for name in asked:
        if name not in SERVED | _WITHOUT_VALUE:
            raise invalid_parameter(
                f"{name} is not valid for fields param. please check "
                "https://developers.facebook.com/docs/marketing-api/reference/"
                "ads-insights/ for all valid values"
            )
    return tuple(name for name in asked or _DEFAULT if name in SERVED)
