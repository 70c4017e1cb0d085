"""What a programme brings is told by the lot, with its interval, or not at all."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from ml_assets.subscriptions.grading import Estimate
from ml_assets.subscriptions.programme_parts import (
    Part,
    acquisition_part,
    churn_part,
    expansion_part,
    lifetime_value,
    together,
)


def _entries(
    acted: int, watched: int, *, left: tuple[int, int], growth: float = 0.0
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "is_watched": np.repeat([False, True], [acted, watched]),
            "left": [
                *(number < left[0] for number in range(acted)),
                *(number < left[1] for number in range(watched)),
            ],
            "months": 2.0,
            "growth": [*([growth, 0.0] * (acted // 2)), *([0.0, 1.0] * (watched // 2))],
        }
    )


def test_who_stays_pays_the_margin_of_the_months_since() -> None:
    part = churn_part(_entries(1_000, 100, left=(50, 30)), monthly_margin=8.0)

    # 25 points of 1,000 accounts, two months of 8 each.
    assert part.effect.value == pytest.approx(-0.25)
    assert part.margin.value == pytest.approx(0.25 * 1_000 * 2 * 8)
    assert part.margin.lower < part.margin.value < part.margin.upper
    assert part.margin.lower == pytest.approx(-part.effect.upper * 16_000)
    assert part.verdict == "helps"


def test_fewer_than_thirty_watched_tell_nothing() -> None:
    entries = _entries(1_000, 28, left=(0, 28))

    for part in (churn_part(entries, 8.0), expansion_part(entries, 0.8)):
        assert part.verdict == "too_early"
        assert math.isnan(part.effect.value)
        assert math.isnan(part.margin.value)


def test_without_a_margin_rate_the_effect_is_told_and_no_money() -> None:
    part = churn_part(_entries(1_000, 100, left=(300, 5)), math.nan)

    assert part.verdict == "harms"
    assert math.isnan(part.margin.value)


def test_growth_is_a_difference_of_means_with_welchs_interval() -> None:
    part = expansion_part(_entries(100, 100, left=(0, 0), growth=4.0), 0.5)

    assert part.effect.value == pytest.approx(2 - 0.5)
    # Halves of 0 and 4, and of 0 and 1.
    spread = 1.96 * math.sqrt((4 * 100 / 99 + 0.25 * 100 / 99) / 100)
    assert part.effect.upper - part.effect.value == pytest.approx(spread, rel=1e-4)
    assert part.margin.value == pytest.approx(1.5 * 100 * 2 * 0.5)


def test_what_winning_costs_is_before_and_after_and_no_margin() -> None:
    part = acquisition_part((20_000.0, 40), (14_000.0, 40))

    assert part.effect.value == pytest.approx(350 - 500)
    spread = 1.96 * math.hypot(500, 350) / math.sqrt(40)
    assert part.effect.lower == pytest.approx(-150 - spread, rel=1e-4)
    assert (part.verdict, math.isnan(part.margin.value)) == ("before_and_after", True)
    assert acquisition_part((20_000.0, 29), (14_000.0, 40)).verdict == "too_early"


def test_errors_of_parts_add_up_as_if_independent() -> None:
    nothing = Estimate(0, 0, 0)
    parts = [
        Part(
            1,
            1,
            nothing,
            Estimate(value, value - 3 * scale, value + 4 * scale),
            "helps",
        )
        for value, scale in ((10, 1.0), (20, 0.0))
    ]

    assert together(parts) == Estimate(30, 27, 34)


def test_worth_is_margin_over_churn_and_nothing_where_nobody_left() -> None:
    # ARPA x margin / churn: 5.2 to 3.5 % alone is 48.6 % more.
    before, after = (
        lifetime_value(130.0, Estimate(share, share / 2, share * 2)).value
        for share in (0.052, 0.035)
    )
    assert before == pytest.approx(2_500)
    assert after / before == pytest.approx(1.486, abs=5e-4)
    worth = lifetime_value(130.0, Estimate(0.052, 0.026, 0.104))
    assert (worth.lower, worth.upper) == (1_250, 5_000)
    assert math.isnan(lifetime_value(130.0, Estimate(0, 0, 0.1)).value)
