"""One company and outcome: fitted, judged, and turned into the rows to publish."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd

from ml_assets import mmm
from ml_assets.media_plan.budgets import HORIZON_DAYS, Limits, budget_grid
from ml_assets.media_plan.claim_gates import claim_gates, no_unusual_periods
from ml_assets.media_plan.curve_draws import curve_draws
from ml_assets.media_plan.curve_tables import (
    contribution_rows,
    curve_points,
    curve_rows,
)
from ml_assets.media_plan.gates import (
    baseline_not_negative,
    certain_enough,
    enough_media_history,
    has_media_spend,
    mix_better_than_naive,
    mix_converged,
    stable_returns,
    within_observed_spend,
)
from ml_assets.media_plan.media_days import (
    CLICKS,
    MediaDays,
    fitting_periods,
    known_outcome,
    value_draws,
)
from ml_assets.media_plan.responses import largest_spend
from ml_assets.media_plan.scenarios import budget_scenarios
from ml_assets.media_plan.unusual_periods import without_unusual
from ml_assets.mmm import LiftTest, MediaMix
from ml_assets.mmm.errors import MediaMixError
from ml_assets.mmm.gates import GateResult, distinct_channels, quiet_residuals
from ml_assets.mmm.identifiability import advise
from ml_assets.mmm.policy import Policy, spend_policies
from ml_assets.sentences import Sentence, said

__all__ = [
    "MODEL_VERSION",
    "Evidence",
    "MixTables",
    "Settings",
    "Verdict",
    "baseline_of",
    "evaluate",
    "margin_of",
]

# Raise it with every change that moves a published number.
MODEL_VERSION: Final = "2.1"

_MONEY: Final = frozenset({"revenue", "margin", "value_12m"})
_SHORTEST_DAYS: Final = 365
_ENDS: Final = (0.05, 0.95)
_OUTCOMES: Final = {
    "revenue": Sentence("outcomes.revenue", "revenue"),
    "orders": Sentence("outcomes.orders", "orders"),
    "value_12m": Sentence("outcomes.value_12m", "value_12m"),
}
_ROI: Final = {
    "roi": "roi_without_search",
    "roi_lower": "roi_without_search_lower",
    "roi_upper": "roi_without_search_upper",
}


@dataclass(frozen=True)
class Settings:
    """What a company says of its money.

    `margin_rate` is what stays of revenue, a share, None when not told;
    `return_target` the marginal return at which a channel counts as saturated;
    `lift_tests` experiments by outcome.
    """

    limits: Limits
    margin_rate: float | None = None
    return_target: float = 1.0
    lift_tests: Mapping[str, tuple[LiftTest, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was seen before: the curves published last, and backtests (`backtests`)."""

    curves: pd.DataFrame
    backtests: pd.DataFrame


@dataclass(frozen=True, eq=False)
class MixTables:
    """Rows to publish, by table, without the keys that the writer adds."""

    marketing_curves: pd.DataFrame
    marketing_curve_points: pd.DataFrame
    marketing_curve_draws: pd.DataFrame
    marketing_contributions: pd.DataFrame
    budget_grid: pd.DataFrame
    budget_scenarios: pd.DataFrame
    budget_scenario_channels: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Verdict:
    """What came of one outcome: "published", "blocked" or "not_fitted", and why."""

    outcome: str
    status: str
    gates: tuple[GateResult, ...]
    mix: MediaMix | None = None
    tables: MixTables | None = None

    @property
    def reasons(self) -> list[str]:
        """Messages of the gates for which nothing was published; empty when it was."""
        wanted = {"blocked": "blocked", "not_fitted": "warned"}.get(self.status)
        return [gate.message for gate in self.gates if gate.outcome == wanted]

    @property
    def reason(self) -> str | None:
        """The same as one text; None when it was published."""
        return " ".join(self.reasons) or None


def evaluate(
    media: MediaDays, outcome: str, settings: Settings, evidence: Evidence
) -> Verdict:
    """Fit one outcome and judge it; nothing here writes anything.

    A company without advertising, or with less than a year of it, is not fitted, which
    is no failure. What cannot be fitted, or fails a gate, is blocked.
    """
    gates = [has_media_spend(media), enough_media_history(media)]
    if not media.channels or media.days < _SHORTEST_DAYS:
        return Verdict(outcome, "not_fitted", tuple(gates))
    if not media.frame[outcome].any():
        message = Sentence(
            "mix_converged.unknown",
            "No {outcome} is known of any day.",
            outcome=_OUTCOMES.get(outcome, outcome),
        )
        nothing = GateResult("mix_converged", "warned", 0, None, message)
        return Verdict(outcome, "not_fitted", (*gates, nothing))
    periods, dates, unusual = without_unusual(fitting_periods(media, outcome), outcome)
    tests = settings.lift_tests.get(outcome, ())
    try:
        mix = _fitted(periods, outcome, settings)
        alone = mix
        if tests:
            alone = _fitted(periods, outcome, replace(settings, lift_tests={}))
    except MediaMixError as refusal:
        gates.append(mix_converged("refused", _in_channels(said(refusal))))
        return Verdict(outcome, "blocked", tuple(gates))
    tables, base = _tables(mix, periods, settings)
    gates += _judged(mix, tables, base, evidence)
    gates += (
        replace(gate, message=_in_channels(gate.message))
        for gate in claim_gates(mix, alone, tests, _policies(mix, periods, outcome))
    )
    gates.append(no_unusual_periods(dates, unusual))
    if any(gate.outcome == "blocked" for gate in gates):
        return Verdict(outcome, "blocked", tuple(gates), mix)
    curves = without_search(tables.marketing_curves, periods, outcome, settings)
    tables = replace(tables, marketing_curves=curves)
    return Verdict(outcome, "published", tuple(gates), mix, tables)


def _policies(mix: MediaMix, periods: MediaDays, outcome: str) -> list[Policy]:
    """Budgets are set by what was sold: nobody sees 12-month value by the day."""
    sold = periods.frame[known_outcome(outcome)].to_numpy(float)
    return spend_policies(replace(mix.series, outcome=sold))


def _fitted(periods: MediaDays, outcome: str, settings: Settings) -> MediaMix:
    return mmm.fit(
        periods.frame,
        outcome=outcome,
        outcome_unit=outcome,
        channels=periods.spend_columns(),
        controls=list(periods.controls),
        lift_tests=settings.lift_tests.get(outcome, ()),
        outcome_draws=value_draws(periods) if outcome == "value_12m" else None,
    )


def without_search(
    curves: pd.DataFrame, periods: MediaDays, outcome: str, settings: Settings
) -> pd.DataFrame:
    """The curves with what a fit that ignores search clicks says of each return.

    Some who click on a search result saw an advertisement before: as a control, the
    clicks take their sales from it. The truth lies between the two fits. Missing where
    clicks are no control, or the other fit fails.
    """
    if CLICKS not in periods.controls:
        return curves
    others = tuple(name for name in periods.controls if name != CLICKS)
    try:
        mix = _fitted(replace(periods, controls=others), outcome, settings)
    except MediaMixError:
        return curves
    told = mix.channels().set_index("channel")[list(_ROI)].rename(columns=_ROI)
    told.index = told.index.str.removeprefix("spend_")
    return curves.join(told, on="channel_id")


def margin_of(verdict: Verdict, media: MediaDays, settings: Settings) -> Verdict | None:
    """The verdict on revenue as one on margin; None without a margin to speak of.

    A constant share of revenue has the same fit, in another unit.
    """
    rate = settings.margin_rate
    if rate is None or rate <= 0 or verdict.mix is None or verdict.tables is None:
        return None
    mix = verdict.mix
    series = replace(mix.series, outcome=mix.series.outcome * rate)
    scaled = replace(mix, outcome_unit="margin", scale=mix.scale * rate, series=series)
    tables, _ = _tables(scaled, fitting_periods(media, "revenue"), settings)
    told = verdict.tables.marketing_curves.set_index("channel_id")
    told = rate * told.filter(items=list(_ROI.values()))
    curves = tables.marketing_curves.join(told, on="channel_id")
    tables = replace(tables, marketing_curves=curves)
    return Verdict("margin", verdict.status, verdict.gates, scaled, tables)


def _judged(
    mix: MediaMix, tables: MixTables, base: pd.Series, evidence: Evidence
) -> Iterator[GateResult]:
    brought = mix.scale * mix.media.sum(axis=(1, 2))
    lower, upper = np.quantile(brought, _ENDS)
    yield mix_converged(mix.status, mix.reason and _in_channels(mix.reason))
    yield baseline_not_negative(base)
    yield mix_better_than_naive(evidence.backtests)
    yield certain_enough(float(lower), float(upper), _advice(mix))
    yield within_observed_spend(_recommended(mix, tables.budget_scenario_channels))
    yield stable_returns(tables.marketing_curves, evidence.curves)
    for gate in (distinct_channels(mix), quiet_residuals(mix)):
        yield replace(gate, message=_in_channels(gate.message))


def _advice(mix: MediaMix) -> Sentence:
    """How to learn more of the channel that least is known of."""
    brought = mix.media.sum(axis=2)
    doubt = brought.std(axis=0) / np.maximum(brought.mean(axis=0), 1e-12)
    return _in_channels(advise(mix, mix.channel_names[int(doubt.argmax())]).sentence)


def _tables(
    mix: MediaMix, media: MediaDays, settings: Settings
) -> tuple[MixTables, pd.Series]:
    target = settings.return_target if mix.outcome_unit in _MONEY else None
    rate = settings.margin_rate if target is not None else None
    if mix.outcome_unit == "margin":
        rate = 1.0
    contributions = contribution_rows(mix)
    base = baseline_of(contributions)
    scenarios, channels = budget_scenarios(mix, settings.limits, base, rate)
    tables = MixTables(
        marketing_curves=curve_rows(mix, media, target),
        marketing_curve_points=curve_points(mix),
        marketing_curve_draws=curve_draws(mix),
        marketing_contributions=contributions,
        budget_grid=budget_grid(mix, settings.limits),
        budget_scenarios=scenarios,
        budget_scenario_channels=channels,
    )
    return tables, base


def baseline_of(contributions: pd.DataFrame) -> pd.Series:
    """Everything but the channels, by period, oldest first."""
    unpaid = contributions[contributions["kind"] != "paid"]
    return unpaid.groupby("calendar_date")["contribution"].sum().sort_index()


def _in_channels(sentence: Sentence) -> Sentence:
    """A sentence about columns as one about channels."""
    return sentence.renamed("spend_", "")


def _recommended(mix: MediaMix, channels: pd.DataFrame) -> pd.DataFrame:
    """The recommended spend per day beside the most that was ever spent in one."""
    plan = channels[channels["scenario"] == "recommended"]
    recommended = plan.set_index("channel_id")["projected_spend"]
    return pd.DataFrame(
        {
            "projected_spend": recommended / HORIZON_DAYS,
            "largest_spend": largest_spend(mix),
        }
    ).reset_index()
