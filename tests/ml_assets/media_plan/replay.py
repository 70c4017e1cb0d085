"""Advice beside what following it brings: the truth is known, as it was made up.

What is replayed is what readers are shown: the scenarios of `budget_scenarios`, with
the limits of a company that set none, and whether `reporting.insights` would tell the
move as proven or as too uncertain to move money.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets import mmm
from ml_assets.clv.expected_purchases import purchases_if_alive
from ml_assets.media_plan.budgets import HORIZON_DAYS, Limits
from ml_assets.media_plan.media_days import MediaDays, fitting_periods, media_days
from ml_assets.media_plan.responses import largest_spend
from ml_assets.media_plan.scenarios import budget_scenarios
from ml_assets.mmm import MediaMix
from sandbox.simulation.buying import BUYING, SPENDING, draw_purchases
from sandbox.simulation.companies import TIENDA_NORTE
from sandbox.simulation.demand import Demand, draw_demand
from sandbox.simulation.seasons import seasons_of
from sandbox.simulation.spend import Spend, draw_spend
from sandbox.simulation.timeline import Timeline
from tests.ml_assets.mmm.market import CHANNELS, company, curves_of

__all__ = ["Replay", "replay_market", "replay_tienda_norte"]

Floats = npt.NDArray[np.float64]

Earned = Callable[[Floats, Floats], tuple[float, float]]
"""The true outcome of the horizon with the second plan, less that with the first.

Plans are spend of the horizon per channel, in the order of the mix. First what moves
with advertising itself, then with what the customers it wins buy again.
"""

_ANCHOR: Final = date(2026, 11, 21)
_LAST_DAYS: Final = 91


@dataclass(frozen=True)
class Replay:
    """One scenario: what was promised (90 %) and what is earned; outcome of 30 days.

    `is_fitted`: the chains agree, else nothing is published. `is_proven`: told as a
    move to make, not as one too uncertain to move money. `moved` is the share of the
    budget that changes its channel, or is added or taken. `earned` is what moves with
    advertising itself, `earned_with_repeats` has what its customers buy again.
    """

    scenario: str
    is_fitted: bool
    is_proven: bool
    moved: float
    promised: float
    lower: float
    upper: float
    earned: float
    earned_with_repeats: float

    @property
    def is_inside(self) -> bool:
        """Whether what is earned lies within what was promised."""
        return self.lower <= self.earned <= self.upper

    @property
    def is_inside_with_repeats(self) -> bool:
        """The same of all sales of the horizon."""
        return self.lower <= self.earned_with_repeats <= self.upper


def replay_market(seed: int, draws: int = 400) -> list[Replay]:
    """A company of three channels whose curves, season and noise are drawn by seed."""
    mix = mmm.fit(
        company(seed).frame,
        outcome="revenue",
        channels=CHANNELS,
        controls=["promotion"],
        draws=draws,
    )
    steady, weeks = curves_of(seed).steady, HORIZON_DAYS / 7

    def earned(now: Floats, plan: Floats) -> tuple[float, float]:
        gain = steady(plan / weeks).sum() - steady(now / weeks).sum()
        return float(gain * weeks), float(gain * weeks)

    return _replayed(mix, earned)


def replay_tienda_norte(seed: int, customers: int, draws: int = 400) -> list[Replay]:
    """The sandbox's shop, drawn by seed, without its documents.

    Earned are sales of the 30 days after the history: first orders of the customers
    whom the move wins in them (or loses), and then what these buy again until the end.
    """
    timeline = Timeline(TIENDA_NORTE, _ANCHOR)
    rng = np.random.default_rng([31, seed])
    spends = draw_spend(timeline, customers, rng)
    demand = draw_demand(timeline, spends, seasons_of(timeline), customers, rng)
    media = fitting_periods(_days(timeline, spends, demand, rng), "revenue")
    mix = mmm.fit(
        media.frame,
        outcome="revenue",
        channels=media.spend_columns(),
        controls=list(media.controls),
        draws=draws,
    )
    sources = [name.removeprefix("spend_") for name in mix.channel_names]
    unit = 10.0**TIENDA_NORTE.exponent

    def earned(now: Floats, plan: Floats) -> tuple[float, float]:
        factors = dict(zip(sources, plan / now, strict=True))
        each = [
            _earned(one, demand, timeline.history, factors[one.channel.source], unit)
            for one in spends
        ]
        return sum(first for first, _ in each), sum(every for _, every in each)

    return _replayed(mix, earned)


def _replayed(mix: MediaMix, earned: Earned) -> list[Replay]:
    totals, channels = budget_scenarios(
        mix, Limits({}, {}, {}), pd.Series([0.0]), margin_rate=None
    )
    most = largest_spend(mix) * HORIZON_DAYS
    found = []
    for row in totals[totals["scenario"] != "current"].to_dict("records"):
        mine = channels[channels["scenario"] == row["scenario"]]
        now, plan = mine["current_spend"], mine["projected_spend"]
        change = (plan - now).to_numpy(float)
        first, every = earned(now.to_numpy(float), plan.to_numpy(float))
        moved = max(change.clip(min=0).sum(), -change.clip(max=0).sum())
        found.append(
            Replay(
                scenario=str(row["scenario"]),
                is_fitted=mix.status == "fitted",
                is_proven=row["gain_lower"] > 0 and bool((plan <= most).all()),
                moved=float(moved / now.sum()),
                promised=float(row["gain"]),
                lower=float(row["gain_lower"]),
                upper=float(row["gain_upper"]),
                earned=first,
                earned_with_repeats=every,
            )
        )
    return found


def _earned(
    spend: Spend, demand: Demand, history: int, factor: float, unit: float
) -> tuple[float, float]:
    """Of one true channel, whose campaigns all move by the factor of their source."""
    known = spend.by_day[:history] / unit
    steady = np.full(HORIZON_DAYS, known[-_LAST_DAYS:].mean())
    response = demand.responses[spend.channel.slug]
    before, after = (
        response.expected(np.concatenate([known, plan]))[history:]
        for plan in (steady, factor * steady)
    )
    worth = SPENDING.of_channel(spend.channel.slug, TIENDA_NORTE.euro_rate).mean
    first = (after - before) * worth
    # Who comes on the first day has all but one of the days to come back in.
    left = np.arange(HORIZON_DAYS)[::-1].astype(float)
    buying = (BUYING.r, BUYING.alpha, BUYING.a, BUYING.b)
    again = purchases_if_alive(buying, left, np.zeros(1), np.zeros(1)).ravel()
    return float(first.sum()), float((first * (1 + again)).sum())


def _days(
    timeline: Timeline,
    spends: tuple[Spend, ...],
    demand: Demand,
    rng: np.random.Generator,
) -> MediaDays:
    """What the marts would hold of the shop's days."""
    shop, known = timeline.company, timeline.history
    purchases = draw_purchases(
        demand, timeline.days, shop.exponent, shop.euro_rate, rng
    )
    seasons = seasons_of(timeline)
    dates = [timeline.date(day) for day in range(known)]
    size, unit = timeline.days, 10.0**shop.exponent
    revenue = np.bincount(purchases.day, purchases.net_minor, size)[:known] / unit
    days = pd.DataFrame(
        {
            "calendar_date": dates,
            "order_count": np.bincount(purchases.day, minlength=size)[:known],
            "net_revenue": revenue,
            # Its codes take a tenth.
            "discount_rate": [
                0.1 * (seasons.code_of(day) is not None) for day in dates
            ],
            "is_holiday": seasons.holiday[:known] < 1,
            "event_ids": None,
            "mean_temperature_c": np.nan,
            "precipitation_mm": np.nan,
            "non_brand_click_count": np.nan,
        }
    )
    rows = [
        pd.DataFrame(
            {
                "calendar_date": dates,
                "channel_id": spend.channel.source,
                "spend": spend.by_day[:known] / unit,
                "unconverted_campaign_count": 0,
            }
        )
        for spend in spends
    ]
    no_worth = pd.DataFrame(
        columns=[
            "first_order_date",
            "value_12m",
            "shared_error",
            "independent_variance",
        ]
    )
    return media_days(days, pd.concat(rows), no_worth, timeline.as_of_date)
