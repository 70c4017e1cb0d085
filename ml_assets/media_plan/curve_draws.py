"""The curves of every draw: what is kept of a posterior, so that plans need no fit."""

import numpy as np
import pandas as pd

from ml_assets.mmm import MediaMix

__all__ = ["curve_draws"]


def curve_draws(mix: MediaMix) -> pd.DataFrame:
    """The Hill curve of each draw: alpha s^n / (k^n + s^n) at a steady s per day.

    Returns
    -------
    DataFrame
        A row per channel: `channel_id`, and lists with an element per draw, `alphas`
        (outcome per day if money were no object), `half_saturations` (k, spend per
        day), `gammas` (n). The same place in all lists is the same draw.
    """
    period, at = mix.series.period_days, mix.at
    # `effect` is the outcome at the typical spend: its share of alpha is 1 / (1 + k^n).
    columns = {
        "alphas": mix.scale * at.effect * (1 + at.half**at.slope) / period,
        "half_saturations": at.half * mix.series.typical / period,
        "gammas": at.slope,
    }
    return pd.DataFrame(
        {
            "channel_id": [name.removeprefix("spend_") for name in mix.channel_names],
            **{name: np.asarray(v).T.tolist() for name, v in columns.items()},
        }
    )
