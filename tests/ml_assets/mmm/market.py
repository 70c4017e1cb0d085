"""A company whose advertising is known, because it was made up."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ml_assets.mmm.adstock import Floats, adstock

DECAY = np.array([0.5, 0.2, 0.3])
HALF = np.array([1.0, 0.6, 1.5])
SLOPE = np.array([1.0, 1.4, 1.0])
EFFECT = np.array([0.20, 0.12, 0.06])
CHANNELS = ["meta", "google", "tiktok"]
TYPICAL = np.array([4000.0, 2500.0, 900.0])
MEAN = 50_000.0


class Market(NamedTuple):
    """The table, and what each channel truly brought, shape (n, 3)."""

    frame: pd.DataFrame
    truth: Floats


def steady(spend: Floats) -> Floats:
    """True long-run response of each channel to spend per week, shapes (..., 3)."""
    a = spend / TYPICAL
    height = MEAN * EFFECT * (1 + HALF**SLOPE)
    return np.asarray(height * a**SLOPE / (HALF**SLOPE + a**SLOPE))


class Curves(NamedTuple):
    """What is true of a company's channels; arrays of shape (3,).

    `half` in typical spends, `effect` in mean sales of a week at the typical spend,
    `decay` a week.
    """

    half: Floats
    slope: Floats
    effect: Floats
    decay: Floats

    def steady(self, spend: Floats) -> Floats:
        """Long-run outcome per week of spend per week, shapes (..., 3)."""
        a = (spend / TYPICAL) ** self.slope
        height = MEAN * self.effect * (1 + self.half**self.slope)
        return np.asarray(height * a / (self.half**self.slope + a))

    def brought(self, bursts: Floats) -> Floats:
        """Outcome by week and channel of spend by week, in typical spends, (n, 3)."""
        kept = [adstock(bursts[:, c], d) * (1 - d) for c, d in enumerate(self.decay)]
        return self.steady(TYPICAL * np.column_stack(kept))


def market(weeks: int = 156, seed: int = 1, noise: float = 0.02) -> Market:
    """Three channels that come and go, a season, a trend and a promotion."""
    rng = np.random.default_rng(seed)
    week = np.arange(weeks)
    bursts = np.clip(rng.gamma(2.0, 0.5, (weeks, 3)), 0, None)
    off = rng.random((weeks, 3)) < 0.15
    spend = TYPICAL * np.where(off, 0.0, bursts)
    kept = [adstock(spend[:, c], d) * (1 - d) for c, d in enumerate(DECAY)]
    truth = steady(np.column_stack(kept))
    season = 0.08 * np.cos(2 * np.pi * week / 52.18)
    promotion = (rng.random(weeks) < 0.06).astype(float)
    base = MEAN * (0.6 + 0.1 * week / weeks + season + 0.15 * promotion)
    sales = base + truth.sum(axis=1) + MEAN * noise * rng.standard_normal(weeks)
    frame = pd.DataFrame(spend, columns=CHANNELS).assign(
        date=pd.date_range("2023-01-01", periods=weeks, freq="7D"),
        revenue=np.maximum(sales, 0),
        promotion=promotion,
    )
    return Market(frame, truth)


def company(seed: int, *, weeks: int = 156) -> Market:
    """A company of its own: decays, curves, effects, season and noise drawn by seed.

    Half-saturations from half to twice the typical spend, slopes from 0.8 to 1.8,
    effects from 2 to 20 % of the mean sales, decays from 0.05 to 0.7 a week.
    """
    rng = np.random.default_rng([77, seed])
    curves = _drawn(rng)
    week = np.arange(weeks)
    bursts = rng.gamma(2.0, 0.5, (weeks, 3)) * (rng.random((weeks, 3)) > 0.15)
    truth = curves.brought(bursts)
    wave = 2 * np.pi * (week / 52.18 + rng.random())
    base = 0.6 + rng.normal(0, 0.1) * week / weeks + rng.uniform(0, 0.1) * np.cos(wave)
    base = base + 0.02 * np.cumsum(rng.standard_normal(weeks)) / np.sqrt(13)
    promotion = (rng.random(weeks) < 0.06).astype(float)
    noise = rng.uniform(0.02, 0.06) * rng.standard_normal(weeks)
    sales = MEAN * (base + 0.15 * promotion + noise) + truth.sum(axis=1)
    frame = pd.DataFrame(TYPICAL * bursts, columns=CHANNELS).assign(
        date=pd.date_range("2023-01-01", periods=weeks, freq="7D"),
        revenue=np.maximum(sales, 0),
        promotion=promotion,
    )
    return Market(frame, truth)


def curves_of(seed: int) -> Curves:
    """The true channels of `company(seed)`."""
    return _drawn(np.random.default_rng([77, seed]))


def _drawn(rng: np.random.Generator) -> Curves:
    half, slope = np.exp(rng.uniform(-0.7, 0.7, 3)), rng.uniform(0.8, 1.8, 3)
    effect = np.exp(rng.uniform(np.log(0.02), np.log(0.2), 3))
    return Curves(half, slope, effect, rng.uniform(0.05, 0.7, 3))
