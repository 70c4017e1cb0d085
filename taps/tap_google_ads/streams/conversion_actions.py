"""Conversion actions: what the account counts as a conversion."""

from __future__ import annotations

from taps.api_source.schemas import integer, text
from taps.tap_google_ads.streams.entities import EntitiesStream, entity_schema

__all__ = ["ConversionActionsStream"]


class ConversionActionsStream(EntitiesStream):
    """Conversion actions and the time after a click in which they count."""

    name = "conversion_actions"
    resource = "conversion_action"
    texts = {  # noqa: RUF012
        "id": "conversion_action.id",
        "name": "conversion_action.name",
        "status": "conversion_action.status",
        "category": "conversion_action.category",
    }
    wholes = {  # noqa: RUF012
        "click_through_lookback_window_days": (
            "conversion_action.click_through_lookback_window_days"
        ),
    }
    record_schema = entity_schema(
        "conversion action",
        text("category", "PURCHASE, SIGNUP, PAGE_VIEW ..."),
        integer(
            "click_through_lookback_window_days",
            "Days after a click in which a conversion is put down to it.",
        ),
    )
