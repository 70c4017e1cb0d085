"""The models' shells, written beside the models."""

import dagster as dg

from ml_assets.assets import (
    channel_attribution,
    channel_values,
    customer_value,
    measurements,
    media_mix,
    plan_outcomes,
    scenarios,
    webinar_forecasts,
    webinar_leads,
    webinar_segments,
)
from ml_assets.assets.saas import (
    account_health,
    account_loyalty,
    account_programme,
    account_value,
)


@dg.definitions
def models() -> dg.Definitions:
    """Customer value, attribution, the media mix, and what was measured."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules(
            [
                account_health,
                account_loyalty,
                account_programme,
                account_value,
                channel_attribution,
                channel_values,
                customer_value,
                measurements,
                media_mix,
                plan_outcomes,
                scenarios,
                webinar_forecasts,
                webinar_leads,
                webinar_segments,
            ]
        )
    )
