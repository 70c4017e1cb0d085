"""The models' shells, written beside the models."""

import dagster as dg

from ml_assets.assets import (
    audience_uplifts,
    channel_attribution,
    customer_value,
    media_mix,
    scenarios,
)


@dg.definitions
def models() -> dg.Definitions:
    """Customer value, attribution, the media mix, and what actions brought."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules(
            [
                audience_uplifts,
                channel_attribution,
                customer_value,
                media_mix,
                scenarios,
            ]
        )
    )
