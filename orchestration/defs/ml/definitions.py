"""The models' shells, written beside the models."""

import dagster as dg

from ml_assets.assets import customer_value, media_mix


@dg.definitions
def models() -> dg.Definitions:
    """Customer value, and the media mix that builds on it."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules([customer_value, media_mix])
    )
