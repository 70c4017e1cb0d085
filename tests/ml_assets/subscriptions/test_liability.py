"""What points are worth is what the standards' examples say, to the cent."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.liability import (
    allocated_to_points,
    cost_provision,
    point_value,
    recognised,
    ultimate_redemption,
)

NAN = float("nan")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def test_a_sale_of_2000_puts_off_what_its_points_are_of_both() -> None:
    put_off = allocated_to_points(
        Decimal(2000), 2000, value=Decimal("0.10"), redemption=Decimal("0.85")
    )

    assert cents(put_off) == Decimal("156.68")


def test_breakage_is_recognised_as_in_kpmgs_example_10() -> None:
    first = recognised(Decimal(9000), 4500, 9700)
    second = recognised(Decimal(9000), 8500, 9900)

    assert [round(one) for one in (first, second, second - first)] == [4175, 7727, 3552]
    assert recognised(Decimal(9000), 9900, 9900) == 9000


def test_points_of_behaviour_cost_what_will_be_redeemed() -> None:
    kept = {"cost": Decimal("0.08"), "redemption": Decimal("0.5")}

    assert cost_provision(1_000, **kept) == 40
    assert cost_provision(-100, **kept) == 0


def test_young_points_wait_and_are_carried_on_by_the_old() -> None:
    # By hand: 60/40 and 90/60 of what is known; the youngest is carried on by both.
    redeemed = np.array([[20.0, 30.0, 45.0], [20.0, 30.0, NAN], [24.0, NAN, NAN]])

    found = ultimate_redemption([100, 100, 100], redeemed)

    assert found == pytest.approx((45 + 45 + 24 * 1.5 * 1.5) / 300)
    assert found > (45 + 30 + 24) / 300
    assert ultimate_redemption([100] * 3, redeemed, tail=1.1) == pytest.approx(
        found * 1.1
    )


def test_no_cohort_redeems_more_than_it_earned() -> None:
    redeemed = np.array([[10.0, 90.0], [50.0, NAN]])

    assert ultimate_redemption([100, 100], redeemed) == pytest.approx(1.9 / 2)


def test_a_point_is_worth_what_is_redeemed_and_the_range_is_told() -> None:
    rewards = {
        "credit": (100, Decimal(10)),
        "upgrade_month": (500, Decimal(100)),
        "course": (300, Decimal(15)),
    }

    seen = point_value(rewards, {"credit": 300, "course": 100})
    unseen = point_value(rewards, {})

    assert seen.value == (3 * Decimal("0.10") + Decimal("0.05")) / 4
    assert (seen.least, seen.most) == (Decimal("0.05"), Decimal("0.2"))
    assert cents(unseen.value) == Decimal("0.12")


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidSetting):
        recognised(Decimal(1), 11, 10)
    with pytest.raises(InvalidSetting):
        cost_provision(1, cost=Decimal(1), redemption=Decimal("1.1"))
    with pytest.raises(InvalidSetting, match="cumulated"):
        ultimate_redemption([100], np.array([[20.0, 10.0]]))
    with pytest.raises(InvalidSetting, match="hole"):
        ultimate_redemption([100], np.array([[20.0, NAN, 30.0]]))
    with pytest.raises(InvalidSetting):
        ultimate_redemption([100], np.array([[20.0]]), tail=2.0)
    with pytest.raises(InvalidSetting):
        point_value({"credit": (100, Decimal(10))}, {"trip": 5})
