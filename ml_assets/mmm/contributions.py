"""What made up the outcome, period by period: components that add up."""

import numpy as np
import pandas as pd

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.fitted_mix import FittedMix, with_interval

__all__ = ["KINDS", "contributions"]

KINDS = ("paid", "baseline", "trend", "season", "weekday", "control")


def contributions(mix: FittedMix) -> pd.DataFrame:
    """A row per fitted period and component, with 90 % intervals.

    Contributions of a period add up to what was fitted to it: they are means of the
    same draws.

    Returns
    -------
    DataFrame
        `date`, `component`, `kind` (see `KINDS`), `contribution`,
        `contribution_lower`, `contribution_upper`.
    """
    dates = mix.series.dates[: mix.series.fitted]
    tables = [
        with_interval(
            {"date": dates, "component": name, "kind": kind}, "contribution", draws
        )
        for name, kind, draws in _components(mix)
    ]
    return pd.concat(tables, ignore_index=True)


def _components(mix: FittedMix) -> list[tuple[str, str, Floats]]:
    """Name, kind and draws, shape (draws, n), of every component."""
    fitted = mix.series.fitted
    columns = mix.posterior.baseline.columns[:fitted]
    parts: dict[str, list[int]] = {}
    for position, name in enumerate(mix.posterior.baseline.component):
        parts.setdefault(name, []).append(position)
    found = []
    for name, positions in parts.items():
        kind = name if name in KINDS else "control"
        draws = mix.draws.coefficients[:, positions] @ columns[:, positions].T
        found.append((name, kind, np.asarray(mix.scale * draws)))
    for position, name in enumerate(mix.channel_names):
        found.append((name, "paid", mix.scale * mix.media[:, position]))
    return found
