"""The plans of a mix of revenue, weighed by what its customers are worth in a year."""

from dataclasses import replace

from ml_assets.media_plan.budgets import budget_grid
from ml_assets.media_plan.evaluation import Settings, Verdict, baseline_of
from ml_assets.media_plan.scenarios import budget_scenarios
from ml_assets.media_plan.value_ratios import ValueRatios, ratio_rows

__all__ = ["BUDGET_TABLES", "value_of", "with_ratios"]

BUDGET_TABLES = ("budget_grid", "budget_scenarios", "budget_scenario_channels")
"""The tables of plans: those by value are `value_of` the mix of revenue, no fit's."""


def with_ratios(verdict: Verdict, ratios: ValueRatios) -> Verdict:
    """The verdict whose curves tell what a unit of each channel's sales becomes."""
    if verdict.tables is None:
        return verdict
    curves = verdict.tables.marketing_curves.merge(
        ratio_rows(ratios), on="channel_id", how="left"
    )
    return replace(verdict, tables=replace(verdict.tables, marketing_curves=curves))


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
    names = [name.removeprefix("spend_") for name in mix.channel_names]
    positions = [ratios.channels.index(name) for name in names]
    weights = ratios.drawn(len(mix.draws.points))[:, positions]
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
