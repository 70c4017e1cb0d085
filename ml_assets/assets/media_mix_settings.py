"""What a company says of its media, in the terms of the mix."""

from ml_assets.media_plan.budgets import Limits
from ml_assets.media_plan.evaluation import Settings
from ml_assets.mmm import LiftTest
from orchestration.lib.tenancy.media_settings import MediaSettings

__all__ = ["settings_of"]


def settings_of(told: MediaSettings, margin_rate: float | None) -> Settings:
    """Limits, targets and experiments; the margin is a share of revenue."""
    return Settings(
        limits=_limits(told),
        margin_rate=margin_rate,
        return_target=told.marginal_return_target,
        lift_tests=_lift_tests(told),
    )


def _limits(told: MediaSettings) -> Limits:
    limits = told.limits
    return Limits(
        minimum={
            one.channel_id: float(one.minimum_spend)
            for one in limits
            if one.minimum_spend is not None
        },
        maximum={
            one.channel_id: float(one.maximum_spend)
            for one in limits
            if one.maximum_spend is not None
        },
        changes={
            one.channel_id: float(one.maximum_change)
            for one in limits
            if one.maximum_change is not None
        },
    )


def _lift_tests(told: MediaSettings) -> dict[str, tuple[LiftTest, ...]]:
    """Experiments by the outcome they measured, in the names of the columns."""
    found: dict[str, tuple[LiftTest, ...]] = {}
    for one in told.lift_tests:
        test = LiftTest(
            f"spend_{one.channel_id}",
            one.start_date,
            one.end_date,
            float(one.lift),
            float(one.lift_error),
        )
        found[one.outcome_unit] = (*found.get(one.outcome_unit, ()), test)
    return found
