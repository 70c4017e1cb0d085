"""The plans of a mix of revenue, weighed by what its customers are worth in a year."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.media_plan.budgets import budget_grid
from ml_assets.media_plan.evaluation import Settings, Verdict, baseline_of
from ml_assets.media_plan.scenarios import budget_scenarios
from ml_assets.media_plan.value_ratios import ValueRatios, ratio_rows
from ml_assets.mmm import MediaMix
from ml_assets.mmm.fitted_mix import interval

__all__ = ["BUDGET_TABLES", "value_of", "with_ratios"]

BUDGET_TABLES = ("budget_grid", "budget_scenarios", "budget_scenario_channels")
"""The tables of plans: those by value are `value_of` the mix of revenue, no fit's."""

Floats = npt.NDArray[np.float64]


def with_ratios(verdict: Verdict, ratios: ValueRatios) -> Verdict:
    """The verdict whose curves tell what a unit of each channel's sales becomes."""
    if verdict.tables is None:
        return verdict
    curves = verdict.tables.marketing_curves.merge(
        ratio_rows(ratios), on="channel_id", how="left"
    )
    if verdict.mix is not None:
        added = _value_of_one_more(verdict.mix, ratios)
        curves = curves.merge(added, on="channel_id", how="left")
    return replace(verdict, tables=replace(verdict.tables, marketing_curves=curves))


def _value_of_one_more(mix: MediaMix, ratios: ValueRatios) -> pd.DataFrame:
    """12-month value that one more unit of spend brings, with its 90 % interval.

    Of each draw of the curves, weighed by one of the ratio; NaN where value is not
    known.
    """
    names, weights = _weights(mix, ratios)
    sales = mix.steady_at(mix.current_spend)[1]
    value = sales * (weights if ratios.is_known else np.nan)
    return pd.DataFrame(
        {"channel_id": names, **interval("marginal_value_return", value)}
    )


def value_of(
    verdict: Verdict, ratios: ValueRatios, settings: Settings
) -> Verdict | None:
    """The verdict on revenue as plans by 12-month value: the same curves, weighed.

    What is sold without advertising counts as it is sold: no plan moves it. Where value
    is not known the plans are those by revenue.
    """
    mix, tables = verdict.mix, verdict.tables
    if mix is None or tables is None:
        return None
    if not ratios.is_known:
        return replace(verdict, outcome="value_12m")
    _, weights = _weights(mix, ratios)
    mix = replace(mix, outcome_unit="value_12m")
    limits, rate = settings.limits, settings.margin_rate
    base = baseline_of(tables.marketing_contributions)
    scenarios, channels = budget_scenarios(mix, limits, base, rate, weights)
    tables = replace(
        tables,
        budget_grid=budget_grid(mix, limits, weights),
        budget_scenarios=scenarios,
        budget_scenario_channels=channels,
    )
    return Verdict("value_12m", verdict.status, verdict.gates, mix, tables)


def _weights(mix: MediaMix, ratios: ValueRatios) -> tuple[list[str], Floats]:
    """The channels of a mix, and their ratios by draw, shape (draws, channels)."""
    names = [name.removeprefix("spend_") for name in mix.channel_names]
    positions = [ratios.channels.index(name) for name in names]
    return names, ratios.drawn(len(mix.draws.points))[:, positions]
