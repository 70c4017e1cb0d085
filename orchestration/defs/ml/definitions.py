"""The models' shells, written beside the models."""

import dagster as dg

from ml_assets.assets import customer_value


@dg.definitions
def models() -> dg.Definitions:
    """Customer value; the media mix joins it."""
    return dg.Definitions(assets=dg.load_assets_from_modules([customer_value]))
