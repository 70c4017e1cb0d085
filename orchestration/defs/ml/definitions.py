"""The models' shells, written beside the models."""

import dagster as dg

from ml_assets.assets import channel_attribution, customer_value


@dg.definitions
def models() -> dg.Definitions:
    """Customer value and attribution; the media mix joins them."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules([channel_attribution, customer_value])
    )
