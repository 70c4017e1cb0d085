"""Which discount for quiet customers earns its cost."""

from __future__ import annotations

import numpy as np
import pytest

from ml_assets.measurement.discounts import QuietCustomers, weigh_discounts

QUIET = QuietCustomers(1_000, 80)


def test_a_discount_has_to_bring_back_as_many_as_its_cost_by_hand() -> None:
    found = weigh_discounts(QUIET, 0.4).set_index("discount_percent")

    assert found["return_rate"].tolist() == [0.08] * 4
    # Of 40 cents 35, 30, 25 and 20 are left: .08 * 40 / 35 and so on.
    needed = pytest.approx([0.091429, 0.106667, 0.128, 0.16], abs=1e-6)
    assert found["needed_rate"].tolist() == needed
    # (1.645 sqrt(2 * .09333 * .90667) + .8416 sqrt(.0736 + .095289))^2 / .026667^2
    assert found["group_size"][10.0] == 1_471
    assert found["result"].tolist() == ["untested"] * 4
    assert found["is_smallest"].tolist() == [True, False, False, False]


def test_where_the_needed_share_comes_back_the_margin_is_the_same() -> None:
    margin = 0.37
    found = weigh_discounts(QUIET, margin)

    kept = found["needed_rate"] * (margin - found["discount_percent"] / 100)
    assert kept.tolist() == pytest.approx([0.08 * margin] * 4)


def test_a_discount_that_leaves_nothing_or_asks_for_everybody_is_too_dear() -> None:
    many = weigh_discounts(QuietCustomers(1_000, 600), 0.12)

    # .6 * 12 / 7 is 1.03, and 15 and 20 are more than the margin.
    assert many["result"].tolist() == ["too_dear"] * 4
    assert many["needed_rate"].isna().all()
    assert many["group_size"].isna().all()
    assert not many["is_smallest"].any()


def test_what_was_tried_is_told_and_what_lost_is_not_the_smallest() -> None:
    found = weigh_discounts(QUIET, 0.4, {5.0: "lost", 12.0: "gained", 50.0: "lost"})

    told = dict(zip(found["discount_percent"], found["result"], strict=True))
    untested = dict.fromkeys((10, 15, 20), "untested")
    assert told == {5: "lost", 12: "gained", 50: "lost", **untested}
    assert found.loc[found["is_smallest"], "discount_percent"].tolist() == [10.0]


def test_without_a_margin_or_customers_enough_nothing_is_advised() -> None:
    without, few = (
        weigh_discounts(QUIET, None),
        weigh_discounts(QuietCustomers(99, 8), 0.4),
    )
    nobody = weigh_discounts(QuietCustomers(0, 0), 0.4)

    assert set(without["result"]) == {"no_margin"}
    assert without["needed_rate"].isna().all()
    assert set(few["result"]) == set(nobody["result"]) == {"too_few"}
    assert np.isnan(nobody["return_rate"]).all()
    assert not (without["is_smallest"] | few["is_smallest"]).any()


def test_where_nobody_came_back_no_group_would_show_it() -> None:
    none = weigh_discounts(QuietCustomers(500, 0), 0.4)

    assert none["needed_rate"].tolist() == [0.0] * 4
    assert none["group_size"].isna().all()
    assert none["return_rate_upper"].gt(0).all()
