"""Companies whose media mix must not be believed, and some whose must; known truth.

What makes the trouble is not drawn from the model that looks for it: budgets follow
sales with a lag, by the month or by the week, with noise and gaps; sales have season,
trend, promotions and a level that wanders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from ml_assets import mmm
from ml_assets.media_plan.claim_gates import claim_gates, no_unusual_periods
from ml_assets.media_plan.curve_tables import contribution_rows
from ml_assets.media_plan.gates import (
    baseline_not_negative,
    certain_enough,
    mix_converged,
)
from ml_assets.media_plan.media_days import MediaDays
from ml_assets.media_plan.pairs import inseparable
from ml_assets.media_plan.unusual_periods import without_unusual
from ml_assets.mmm import LiftTest, MediaMix
from ml_assets.mmm.adstock import Floats, adstock
from ml_assets.mmm.policy import spend_policies
from tests.ml_assets.mmm.market import CHANNELS, MEAN, TYPICAL, company, curves_of

__all__ = ["KINDS", "SOUND", "Claim", "Judged", "judged"]

WEEKS: Final = 156
SOUND: Final = ("sound", "planned", "confirmed")
_ENDS: Final = (0.05, 0.95)
_FAR, _FAR_IN_ALL = 1.5, 1.25


@dataclass(frozen=True)
class Claim:
    """Weeks of a company, and what each channel truly brought in all, shape (c,)."""

    media: MediaDays
    truth: Floats
    tests: tuple[LiftTest, ...] = field(default=())


@dataclass(frozen=True)
class Judged:
    """Which gates block a company, and whether what its mix says is far from the truth.

    `is_wrong`: a 90 % interval of a channel (of the two together, where they cannot be
    told apart) lies beyond half as much again, or below two thirds, of what is true;
    that of all channels beyond a quarter more or a fifth less; each by more than 1 % of
    sales besides. Such a number is sure of itself and wrong, not only unlucky.
    """

    kind: str
    seed: int
    blocked: tuple[str, ...]
    warned: tuple[str, ...]
    is_wrong: bool
    total: tuple[float, float, float]
    truth: float

    @property
    def is_published_and_wrong(self) -> bool:
        """The claim that must not be."""
        return self.is_wrong and not self.blocked


def judged(kind: str, seed: int, draws: int = 200) -> Judged:
    """A company of a kind of `KINDS`, fitted and judged as the platform does."""
    made = KINDS[kind](seed)
    periods, dates, unusual = without_unusual(made.media, "revenue")

    def fitted(tests: tuple[LiftTest, ...]) -> MediaMix:
        return mmm.fit(
            periods.frame,
            outcome="revenue",
            channels=periods.spend_columns(),
            controls=list(periods.controls),
            lift_tests=tests,
            draws=draws,
        )

    mix = fitted(made.tests)
    alone = fitted(()) if made.tests else mix
    brought = mix.scale * mix.media.sum(axis=2)
    lower, upper = np.quantile(brought.sum(axis=1), _ENDS)
    rows = contribution_rows(mix)
    unpaid = rows[rows["kind"] != "paid"].groupby("calendar_date")["contribution"].sum()
    gates = [
        mix_converged(mix.status, mix.reason),
        baseline_not_negative(unpaid),
        certain_enough(float(lower), float(upper)),
        *claim_gates(mix, alone, made.tests, spend_policies(mix.series)),
        no_unusual_periods(dates, unusual),
    ]
    sales = float(periods.frame["revenue"].sum())
    return Judged(
        kind,
        seed,
        tuple(gate.gate for gate in gates if gate.outcome == "blocked"),
        tuple(gate.gate for gate in gates if gate.outcome == "warned"),
        _is_wrong(mix, brought, made.truth, 0.01 * sales),
        (lower / sales, float(brought.sum(axis=1).mean()) / sales, upper / sales),
        float(made.truth.sum()) / sales,
    )


def _is_wrong(mix: MediaMix, brought: Floats, truth: Floats, little: float) -> bool:
    groups = inseparable(mix)
    alone = [[c] for c in range(truth.size) if not any(c in group for group in groups)]
    said = [brought[:, group].sum(axis=1) for group in (*groups, *alone)]
    true = [truth[group].sum() for group in (*groups, *alone)]
    ends = [np.quantile(draws, _ENDS) for draws in said]
    each = any(
        low > _FAR * real + little or high < real / _FAR - little
        for (low, high), real in zip(ends, true, strict=True)
    )
    low, high = np.quantile(brought.sum(axis=1), _ENDS)
    real = truth.sum()
    return bool(
        each or low > _FAR_IN_ALL * real + little or high < real / _FAR_IN_ALL - little
    )


def _rng(kind: int, seed: int) -> np.random.Generator:
    return np.random.default_rng([91, kind, seed])


def _baseline(rng: np.random.Generator, noise: float) -> Floats:
    """Sales that no advertising brought: level, trend, season, promotions, noise."""
    week = np.arange(WEEKS)
    wave = 2 * np.pi * (week / 52.18 + rng.random())
    level = 0.02 * np.cumsum(rng.standard_normal(WEEKS)) / np.sqrt(13)
    season = rng.uniform(0.02, 0.15) * np.cos(wave)
    promotion = 0.2 * (rng.random(WEEKS) < 0.06)
    trend = rng.normal(0, 0.15) * week / WEEKS
    base = 1 + level + season + trend + promotion
    return np.asarray(MEAN * np.maximum(base + noise * rng.standard_normal(WEEKS), 0.1))


def _weeks(sales: Floats, spend: dict[str, Floats]) -> MediaDays:
    frame = pd.DataFrame({f"spend_{name}": values for name, values in spend.items()})
    frame = frame.assign(
        date=pd.date_range("2023-01-02", periods=len(frame), freq="7D"),
        revenue=np.maximum(sales, 0.0),
        orders=np.maximum(sales, 0.0) / 50,
    )
    return MediaDays(frame, tuple(spend), (), (), 0, period_days=7)


def _of_market(seed: int) -> tuple[pd.DataFrame, Floats]:
    made = company(seed)
    return made.frame, made.truth


def _as_media(frame: pd.DataFrame) -> MediaDays:
    columns = {name: f"spend_{name}" for name in CHANNELS}
    frame = frame.rename(columns=columns).assign(orders=frame["revenue"] / 50)
    return MediaDays(frame, tuple(CHANNELS), (), ("promotion",), 0, period_days=7)


def sound(seed: int) -> Claim:
    """Three channels that come and go by themselves, as in `market.company`."""
    frame, truth = _of_market(seed)
    return Claim(_as_media(frame), truth.sum(axis=0))


def planned(seed: int) -> Claim:
    """As sound, but budgets follow the season of the plan: by date, not by sales."""
    rng = _rng(1, seed)
    frame, truth = _of_market(seed)
    week = np.arange(WEEKS)
    plan = 1 + 0.4 * np.cos(2 * np.pi * (week / 52.18 + rng.random()))
    spend = frame[CHANNELS].to_numpy() * plan[:, None]
    typical = np.array([4000.0, 2500.0, 900.0])
    effect = truth.sum(axis=0) / MEAN / WEEKS
    kept = np.column_stack([adstock(a, 0.3) * 0.7 for a in (spend / typical).T])
    brought = MEAN * effect * 2 * kept / (1 + kept)
    sales = frame["revenue"].to_numpy() - truth.sum(axis=1) + brought.sum(axis=1)
    frame = frame.assign(**dict(zip(CHANNELS, spend.T, strict=True)), revenue=sales)
    return Claim(_as_media(frame), brought.sum(axis=0))


def follower(seed: int) -> Claim:
    """A channel gets about 8 % of what was sold and brings nothing; another works."""
    rng = _rng(2, seed)
    base = _baseline(rng, rng.uniform(0.03, 0.08))
    burst = rng.gamma(2.0, 0.5, WEEKS) * (rng.random(WEEKS) > 0.15)
    brought = MEAN * 0.08 * 2 * burst / (1 + burst)
    sales = base + brought
    policy = 0.08 * _rule(sales, rng) * np.exp(0.08 * rng.standard_normal(WEEKS))
    policy[rng.random(WEEKS) < 0.06] = 0.0
    spend = {"meta_ads": policy, "google_ads": 2500 * burst}
    return Claim(_weeks(sales, spend), np.array([0.0, brought.sum()]))


def _rule(sales: Floats, rng: np.random.Generator) -> Floats:
    """What a budget looks at: this week, the last, four weeks, or the last month."""
    rule = int(rng.integers(4))
    before = pd.Series(sales)
    if rule == 0:
        return sales
    if rule == 1:
        seen = before.shift(1)
    elif rule == 2:
        seen = before.rolling(4).mean().shift(1)
    else:
        month = np.arange(WEEKS) // 4
        seen = before.groupby(month).transform("mean").shift(4)
    return np.asarray(seen.bfill(), dtype=np.float64)


def many(seed: int) -> Claim:
    """Twenty weak channels, 20 % of sales spent, 17 % of sales brought."""
    rng = _rng(3, seed)
    base = _baseline(rng, 0.05)
    shares = rng.dirichlet(np.full(20, 2.0))
    bursts = rng.gamma(4.0, 0.25, (WEEKS, 20))
    kept = np.column_stack([adstock(b, 0.3) * 0.7 for b in bursts.T])
    brought = 0.205 * MEAN * shares * 2 * kept / (1 + kept)
    spend = {f"c{c:02d}": 0.2 * MEAN * shares[c] * bursts[:, c] for c in range(20)}
    return Claim(_weeks(base + brought.sum(axis=1), spend), brought.sum(axis=0))


def event(seed: int) -> Claim:
    """A sound company with one week of fifteen times the sales and eight the spend."""
    rng = _rng(4, seed)
    frame, truth = _of_market(seed)
    week = int(rng.integers(20, WEEKS - 20))
    sales = frame["revenue"].to_numpy(dtype=np.float64, copy=True)
    spend = frame[CHANNELS].to_numpy(dtype=np.float64, copy=True)
    sales[week] *= rng.uniform(12, 18)
    spend[week] = 8 * spend.mean(axis=0)
    frame = frame.assign(**dict(zip(CHANNELS, spend.T, strict=True)), revenue=sales)
    return Claim(_as_media(frame), truth.sum(axis=0))


def twins(seed: int) -> Claim:
    """The second channel gets what the first gets, give or take 2 %; it brings less."""
    rng = _rng(5, seed)
    base = _baseline(rng, rng.uniform(0.03, 0.06))
    one, other = rng.gamma(2.0, 0.5, (2, WEEKS))
    twin = one * np.exp(0.02 * rng.standard_normal(WEEKS))
    effects = np.array([rng.uniform(0.06, 0.15), rng.uniform(0.0, 0.03), 0.06])
    bursts = np.column_stack([one, twin, other])
    kept = np.column_stack([adstock(b, 0.3) * 0.7 for b in bursts.T])
    brought = MEAN * effects * 2 * kept / (1 + kept)
    names = ("meta_ads", "tiktok_ads", "google_ads")
    spend = dict(zip(names, (np.array([3000.0, 3000, 2500]) * bursts).T, strict=True))
    return Claim(_weeks(base + brought.sum(axis=1), spend), brought.sum(axis=0))


def contradicted(seed: int) -> Claim:
    """A sound company whose largest channel was tested: five times its true lift."""
    return _tested(seed, 5.0)


def confirmed(seed: int) -> Claim:
    """The same with a test that is right, give or take its error."""
    return _tested(seed, 1.0)


def _tested(seed: int, times: float) -> Claim:
    rng = _rng(6, seed)
    frame, truth = _of_market(seed)
    channel = int(truth.sum(axis=0).argmax())
    week = int(rng.integers(30, WEEKS - 30))
    dates = frame["date"]
    lift = switched_off(seed, channel, week)
    error = 0.15 * lift
    test = LiftTest(
        f"spend_{CHANNELS[channel]}",
        dates[week].date(),
        (dates[week + 3] + pd.Timedelta(days=6)).date(),
        times * lift + error * float(rng.standard_normal()),
        error,
    )
    return Claim(_as_media(frame), truth.sum(axis=0), (test,))


def switched_off(seed: int, channel: int, week: int) -> float:
    """What four weeks lose when a channel is off in them: the truth of an experiment.

    What was spent before goes on working, channel on or off. All that a channel brought
    in these weeks is more, much more after a burst: no experiment measures that.
    """
    on = company(seed).frame[CHANNELS].to_numpy() / TYPICAL
    off = on.copy()
    off[week : week + 4, channel] = 0.0
    curves = curves_of(seed)
    lost = curves.brought(on) - curves.brought(off)
    return float(lost[week : week + 4, channel].sum())


KINDS: Final[dict[str, Callable[[int], Claim]]] = {
    "sound": sound,
    "planned": planned,
    "confirmed": confirmed,
    "follower": follower,
    "many": many,
    "event": event,
    "twins": twins,
    "contradicted": contradicted,
}
